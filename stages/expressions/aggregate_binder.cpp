// Splits an expression over aggregates into the calls in it and what is computed of their results.

#include <utility>

#include "stages/expressions/aggregate_forms.hpp"
#include "stages/expressions/binder.hpp"
#include "stages/expressions/casting.hpp"
#include "stages/expressions/coercion.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/syntax.hpp"
#include "weir/aggregate_expression.hpp"

namespace weir {
namespace {

using namespace expressions;

// Outside of calls only keys have values. Calls become columns behind the keys.
class GroupScope final : public Scope {
 public:
  /// `text_at` gives the text of a node's span.
  GroupScope(const Schema& schema, const Schema& keys, const VariableLookup& variables, std::string_view text,
             std::size_t text_offset)
      : schema_(schema), keys_(keys), variables_(variables), text_(text), text_offset_(text_offset) {}

  struct FoundCall {
    AggregateForm form;
    KernelPtr argument;  ///< null for count(*)
    KernelPtr key;       ///< null where the form has none
    KernelPtr filter;    ///< null where it has none
    bool distinct = false;
    double fraction = 0;
    std::string separator;
    Field result;  ///< the column that it becomes
    std::string_view text;
  };
  std::vector<FoundCall>& calls() noexcept { return calls_; }

  // An expression that is a key, written alike, is that key.
  KernelPtr known(const Node& node) override {
    const bool computed = std::holds_alternative<Call>(node.form) ||
                          std::holds_alternative<Cast>(node.form) || std::holds_alternative<Case>(node.form);
    if (!computed) return nullptr;
    for (std::size_t key = 0; key < keys_.size(); ++key)
      if (keys_[key].name == text_of(node.span)) return make_column_kernel(keys_[key], key);
    return nullptr;
  }

  KernelPtr column(const Node& node, const ColumnName& name) override {
    if (const auto key = keys_.find(name.name)) return make_column_kernel(keys_[*key], *key);
    if (!schema_.find(name.name)) throw_unknown_column(node, name, schema_);
    throw ExpressionError(
        node.span.offset, node.span.length,
        "`" + name.name + "` differs within a group: it is no key, and stands in no aggregate",
        "aggregate it, as in max(" + name.name + "), or add it to `group_by`");
  }

  KernelPtr aggregate(const Node& node, const Call& call) override {
    const std::string_view text = text_of(node.span);
    std::size_t place = 0;
    while (place < calls_.size() && calls_[place].text != text)
      ++place;
    if (place == calls_.size()) calls_.push_back(bound_call(node, call, text));
    return make_column_kernel(calls_[place].result, keys_.size() + place);
  }

 private:
  std::string_view text_of(Span span) const { return text_.substr(span.offset - text_offset_, span.length); }

  FoundCall bound_call(const Node& node, const Call& call, std::string_view text) {
    const AggregateForm& form = *aggregate_form(call.name);
    FoundCall bound{form, nullptr, nullptr, nullptr, call.distinct, form.fraction, ",", {}, text};
    if (call.filter) bound.filter = bound_of_row(*call.filter, Type::boolean, "`filter (where ...)`");
    if (call.star) {
      if (form.function != AggregateFunction::count)
        fail(node.span, named(call) + " takes a value, not *", "only count(*) counts rows");
      bound.form.function = AggregateFunction::count_rows;
      bound.result = {{}, Type::int64};
      return bound;
    }
    check_call(node, call, form);
    const KernelPtr value = bound_of_row(*call.arguments[0]);
    bound.argument = taken(form, call, value);
    bind_parameter(form, call, bound);
    bound.result = result_of(form, *bound.argument, value->is_untyped_null());
    return bound;
  }

  static void check_call(const Node& node, const Call& call, const AggregateForm& form) {
    using Parameter = AggregateForm::Parameter;
    const std::size_t given = call.arguments.size();
    const std::size_t most = form.parameter == Parameter::none ? 1 : 2;
    const std::size_t least = form.parameter == Parameter::separator ? 1 : most;
    if (given < least || given > most) {
      const bool of_one_row = call.name == "min" || call.name == "max";
      fail(node.span,
           named(call) + " takes " + (most == 1 ? "one value" : "two values") + ", not " +
               std::to_string(given),
           of_one_row && given > 1 ? "of several values in one row it is least() and greatest()"
           : most == 1             ? ""
                                   : "write it as " + std::string(form.usage));
    }
    if (call.distinct && !form.may_be_distinct)
      fail(node.span, "`distinct` has no meaning in " + named(call), "leave `distinct` out");
  }

  KernelPtr bound_of_row(const Node& node) {
    RowScope rows = row_scope();
    return Binder(rows, variables_).bind(node);
  }
  KernelPtr bound_of_row(const Node& node, Type type, std::string_view wanted_by) {
    RowScope rows = row_scope();
    return Binder(rows, variables_).bind_as(node, type, wanted_by);
  }
  RowScope row_scope() const {
    return RowScope(schema_, {" stands inside of another aggregate",
                              "aggregate twice: one `aggregate` stage behind another"});
  }

  // The argument as the function takes it.
  static KernelPtr taken(const AggregateForm& form, const Call& call, const KernelPtr& value) {
    using Takes = AggregateForm::Takes;
    switch (form.takes) {
      case Takes::anything:
        return value;
      case Takes::texts:
        return as_text(value);
      case Takes::conditions:
        if (conversion_cost(*value, Type::boolean)) return converted(value, Type::boolean);
        throw_does_not_take(call, *value, "conditions");
      case Takes::numbers:
      case Takes::ordered:
        if (value->type() == Type::int64 && !value->is_untyped_null()) return value;
        [[fallthrough]];
      case Takes::doubles:
      case Takes::continuous:
        break;
    }
    const bool times = form.takes == Takes::ordered || form.takes == Takes::continuous;
    if (times && value->type() == Type::timestamp) return value;
    if (form.takes == Takes::ordered && value->type() == Type::date) return value;
    if (form.takes == Takes::continuous && value->type() == Type::date)
      return converted(value, Type::timestamp);
    if (!conversion_cost(*value, Type::float64))
      throw_does_not_take(call, *value, times ? "numbers, dates and timestamps" : "numbers");
    return converted(value, Type::float64);
  }

  static KernelPtr as_text(const KernelPtr& value) {
    if (conversion_cost(*value, Type::string)) return converted(value, Type::string);
    return folded(make_cast(value, Type::string, CastFailure::error));
  }

  [[noreturn]] static void throw_does_not_take(const Call& call, const Kernel& value,
                                               const std::string& wanted) {
    const Type type = value.type();
    fail(call.arguments[0]->span, named(call) + " takes " + wanted + ", not " + std::string(to_string(type)),
         type == Type::string    ? "cast it: " + call.name + "(cast(... as double))"
         : type == Type::boolean ? "cast it: " + call.name + "(cast(... as int64))"
                                 : "");
  }

  // What stands behind the value.
  void bind_parameter(const AggregateForm& form, const Call& call, FoundCall& bound) {
    using Parameter = AggregateForm::Parameter;
    if (call.arguments.size() < 2) return;
    const Node& node = *call.arguments[1];
    switch (form.parameter) {
      case Parameter::none:
        return;
      case Parameter::key:
        bound.key = bound_of_row(node);
        return;
      case Parameter::fraction:
        bound.fraction = constant(node, Type::float64, "the fraction of " + named(call)).values<double>()[0];
        if (!(bound.fraction >= 0 && bound.fraction <= 1))
          fail(node.span, "the fraction of " + named(call) + " is from 0 to 1, not " + shown(bound.fraction),
               bound.fraction > 1 && bound.fraction <= 100
                   ? "write percents as " + shown(bound.fraction / 100)
                   : "");
        return;
      case Parameter::separator:
        bound.separator = constant(node, Type::string, "the separator of " + named(call)).text(0);
        return;
    }
  }

  // A value that is known before anything is read, and not NULL.
  const Column& constant(const Node& node, Type type, const std::string& what) {
    constants_.push_back(bound_of_row(node, type, what));
    const Constant* known = constants_.back()->constant();
    if (known == nullptr || known->is_null())
      fail(node.span, what + " must be a constant", "write the value itself, or a `$variable`");
    return *known->column;
  }

  static Field result_of(const AggregateForm& form, const Kernel& argument, bool always_null) {
    switch (form.gives) {
      case AggregateForm::Gives::int64:
        return {{}, Type::int64};
      case AggregateForm::Gives::float64:
        return {{}, Type::float64};
      case AggregateForm::Gives::the_same:
        break;
    }
    return {{}, argument.type(), always_null};
  }

  static std::string named(const Call& call) { return "`" + call.name + "`"; }
  [[noreturn]] static void fail(Span at, const std::string& message, std::string mend = {}) {
    throw ExpressionError(at.offset, at.length, message, std::move(mend));
  }

  const Schema& schema_;
  const Schema& keys_;
  const VariableLookup& variables_;
  std::string_view text_;
  std::size_t text_offset_;
  std::vector<FoundCall> calls_;
  std::vector<KernelPtr> constants_;  ///< kept alive while their values are looked at
};

}  // namespace

AggregateExpression AggregateExpression::bind(const Expression& expression, const Schema& schema,
                                              const Schema& keys, const VariableLookup& variables) {
  GroupScope scope(schema, keys, variables, expression.text_, expression.offset_);
  AggregateExpression bound;
  bound.result_.kernel_ = Binder(scope, variables).bind(*expression.root_);
  const auto expression_of = [](KernelPtr kernel) {
    std::optional<BoundExpression> made;
    if (kernel) made.emplace().kernel_ = std::move(kernel);
    return made;
  };
  for (GroupScope::FoundCall& call : scope.calls()) {
    bound.calls_.push_back({call.form.function, expression_of(std::move(call.argument)),
                            expression_of(std::move(call.key)), expression_of(std::move(call.filter)),
                            call.distinct, call.fraction, std::move(call.separator), call.result.type,
                            std::string(call.text)});
  }
  return bound;
}

}  // namespace weir
