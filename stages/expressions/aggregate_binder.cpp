// Splits an expression over aggregates into the calls in it and what is computed of their results.

#include <utility>

#include "stages/expressions/binder.hpp"
#include "stages/expressions/coercion.hpp"
#include "stages/expressions/syntax.hpp"
#include "weir/expression.hpp"

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
    AggregateFunction function;
    KernelPtr argument;  ///< null for count(*)
    Field result;        ///< the column that it becomes
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
    const AggregateFunction function = *aggregate_named(call.name);
    if (call.star) {
      if (function != AggregateFunction::count)
        throw ExpressionError(node.span.offset, node.span.length, "`" + call.name + "` takes a value, not *",
                              "only count(*) counts rows");
      return {AggregateFunction::count_rows, nullptr, {{}, Type::int64}, text};
    }
    if (call.arguments.size() != 1)
      throw ExpressionError(
          node.span.offset, node.span.length,
          "`" + call.name + "` takes one value, not " + std::to_string(call.arguments.size()),
          call.arguments.size() > 1 && (call.name == "min" || call.name == "max")
              ? "of several values in one row it is least() and greatest()"
              : "");
    RowScope rows(schema_, {" stands inside of another aggregate",
                            "aggregate twice: one `aggregate` stage behind another"});
    const KernelPtr argument = Binder(rows, variables_).bind(*call.arguments[0]);
    return with_result(function, argument, call, text);
  }

  static FoundCall with_result(AggregateFunction function, const KernelPtr& argument, const Call& call,
                               std::string_view text) {
    const Type type = argument->type();
    const bool is_null = argument->is_untyped_null();
    if (function == AggregateFunction::count) return {function, argument, {{}, Type::int64}, text};
    if (function == AggregateFunction::min || function == AggregateFunction::max)
      return {function, argument, {{}, type, is_null}, text};
    if (!conversion_cost(*argument, Type::float64)) {
      const Span at = call.arguments[0]->span;
      throw ExpressionError(at.offset, at.length,
                            "`" + call.name + "` adds numbers, not " + std::string(to_string(type)),
                            type == Type::string    ? "cast it: " + call.name + "(cast(... as double))"
                            : type == Type::boolean ? "cast it: " + call.name + "(cast(... as int64))"
                                                    : "");
    }
    const KernelPtr number = type == Type::int64 ? argument : converted(argument, Type::float64);
    if (function == AggregateFunction::avg) return {function, number, {{}, Type::float64}, text};
    return {function, number, {{}, number->type(), is_null}, text};
  }

  const Schema& schema_;
  const Schema& keys_;
  const VariableLookup& variables_;
  std::string_view text_;
  std::size_t text_offset_;
  std::vector<FoundCall> calls_;
};

}  // namespace

AggregateExpression AggregateExpression::bind(const Expression& expression, const Schema& schema,
                                              const Schema& keys, const VariableLookup& variables) {
  GroupScope scope(schema, keys, variables, expression.text_, expression.offset_);
  AggregateExpression bound;
  bound.result_.kernel_ = Binder(scope, variables).bind(*expression.root_);
  for (GroupScope::FoundCall& call : scope.calls()) {
    std::optional<BoundExpression> argument;
    if (call.argument) {
      argument.emplace();
      argument->kernel_ = std::move(call.argument);
    }
    bound.calls_.push_back({call.function, std::move(argument), call.result.type});
  }
  return bound;
}

}  // namespace weir
