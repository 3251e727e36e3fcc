#include "stages/expressions/binder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "stages/expressions/aggregate_forms.hpp"
#include "stages/expressions/casting.hpp"
#include "stages/expressions/coercion.hpp"
#include "stages/expressions/conditional.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/records/value_text.hpp"
#include "weir/diagnostic.hpp"

namespace weir::expressions {
namespace {

[[noreturn]] void fail(Span at, const std::string& message, std::string mend = {}) {
  throw ExpressionError(at.offset, at.length, message, std::move(mend));
}

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

std::string type_text(const Kernel& value) {
  if (value.is_untyped_null()) return "NULL";
  const Constant* constant = value.constant();
  std::string text(to_string(value.type()));
  if (constant != nullptr && constant->flavour == Constant::Flavour::text_literal)
    text += " " + shown(constant->column->text(0));
  return text;
}

std::string type_list(const Arguments& values) {
  std::string text;
  for (const KernelPtr& value : values)
    text += (text.empty() ? "" : ", ") + type_text(*value);
  return text;
}

bool is_number(Type type) noexcept { return type == Type::int64 || type == Type::float64; }
bool is_time(Type type) noexcept { return type == Type::timestamp || type == Type::date; }

// What to do where two values have no type in common.
std::string mend_types(const Arguments& values) {
  const auto find_if = [&](auto&& predicate) {
    const auto found = std::find_if(values.begin(), values.end(), [&](const KernelPtr& value) {
      return !value->is_untyped_null() && predicate(value);
    });
    return found == values.end() ? nullptr : found->get();
  };
  const Kernel* number = find_if([](const KernelPtr& value) { return is_number(value->type()); });
  const Kernel* text = find_if([](const KernelPtr& value) { return value->type() == Type::string; });
  const Kernel* time = find_if([](const KernelPtr& value) { return is_time(value->type()); });
  if (number != nullptr && text != nullptr) {
    if (text->constant() != nullptr)
      return "a number stands without quotes; a string is made by cast(... as string)";
    return "cast the string: cast(... as " + std::string(to_string(number->type())) + ")";
  }
  if (time != nullptr && text != nullptr)
    return "cast the string: cast(... as " + std::string(to_string(time->type())) + ")";
  return "cast one of them: cast(... as string)";
}

[[noreturn]] void throw_no_common_type(const Node& node, const Call& call, const Arguments& values) {
  const bool compares = call.name_span.offset != node.span.offset && values.size() == 2;
  const std::string message =
      compares ? quoted(call.name) + " compares " + type_text(*values[0]) + " with " + type_text(*values[1])
               : quoted(call.name) + " wants values of one type, not " + type_list(values);
  fail(node.span, message, mend_types(values));
}

[[noreturn]] void throw_no_form(const Node& node, const Call& call, const std::vector<const Function*>& forms,
                                const Arguments& values) {
  const bool adds_interval = call.name == kAddInterval || call.name == kSubtractInterval;
  const Type added_to = values.empty() ? Type::string : values.front()->type();
  if (adds_interval && (added_to == Type::date || added_to == Type::timestamp))
    fail(node.span, "an interval is a whole number of its unit",
         "write it in a smaller one: 36 hour for 1.5 day");
  if (adds_interval)
    fail(node.span, "an interval is added to a date or a timestamp, not to " + type_text(*values.front()),
         values.front()->type() == Type::string ? "cast the string: cast(... as timestamp)" : "");
  const std::string message = quoted(call.name) + " does not take (" + type_list(values) + ")";
  std::string mend = "it takes " + signatures(forms);
  if (call.name == "and" || call.name == "or" || call.name == "not")
    mend = "it takes bools: compare the value, as in `x <> 0`";
  const bool is_sum = call.name == "+" || call.name == "-";
  if (call.name == "//") mend = "it divides integers; for doubles write floor(x / y)";
  if (is_sum && std::any_of(values.begin(), values.end(),
                            [](const KernelPtr& value) { return is_time(value->type()); })) {
    mend = "a date takes days, as in d + 3; between two times is date_diff('second', t, u)";
  } else if (call.name == "+" && std::any_of(values.begin(), values.end(), [](const KernelPtr& value) {
               return value->type() == Type::string;
             })) {
    mend = "strings are joined by `||`; a number is made by cast(... as int64)";
  }
  fail(call.star ? node.span : call.name_span, message, mend);
}

// What gives something else at each run. Pipelines do not: their output follows from their input.
bool is_unpredictable(std::string_view name) noexcept {
  constexpr auto kNames =
      std::to_array<std::string_view>({"now", "today", "current_date", "current_time", "current_timestamp",
                                       "localtimestamp", "random", "uuid", "gen_random_uuid"});
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}
[[noreturn]] void throw_unpredictable(Span at, const std::string& name) {
  const bool random = name == "random" || name.ends_with("uuid");
  fail(at, quoted(name) + " gives something else at each run, and the output of a pipeline must not",
       random ? "hash(...) of a column looks random, and is the same each time"
              : "hand the time in: --var now='2024-02-29 12:00:00', and in the expression $now::timestamp");
}

[[noreturn]] void throw_unknown_function(const Call& call) {
  if (is_unpredictable(call.name)) throw_unpredictable(call.name_span, call.name);
  std::vector<std::string> names = FunctionTable::builtin().function_names();
  for (const AggregateForm& form : aggregate_forms())
    names.emplace_back(form.name);
  names.insert(names.end(), {"cast", "try_cast"});
  fail(call.name_span, "there is no function " + quoted(call.name), suggest_name(call.name, names));
}

[[noreturn]] void throw_no_aggregate(const Call& call) {
  fail(call.name_span,
       quoted(call.name) + " is no aggregate function, and " +
           (call.distinct ? "`distinct`" : "`filter (where ...)`") + " is of aggregates",
       "leave it out");
}

Type parameter_type(const Function& form, std::size_t argument, Type common) {
  switch (form.conversion) {
    case Conversion::to_parameters:
      return form.parameters[argument];
    case Conversion::to_string:
      return Type::string;
    case Conversion::to_common_type:
    case Conversion::none:
      break;
  }
  return common;
}

[[noreturn]] void throw_no_time(const Node& node, const Kernel& text, Type wanted) {
  const std::string_view written = text.constant()->column->text(0);
  const bool is_date = wanted == Type::date;
  std::string mend = is_date ? "write it as 'YYYY-MM-DD'" : "write it as 'YYYY-MM-DD HH:MM:SS'";
  if (is_date && parse_timestamp(written)) mend = "write timestamp " + shown(written);
  fail(node.span, (is_date ? "this is no date: " : "this is no timestamp: ") + shown(written), mend);
}

KernelPtr as_string(KernelPtr value) {
  return folded(make_cast(std::move(value), Type::string, CastFailure::error));
}

// The arguments as the form wants them.
Arguments converted_arguments(const Node& node, const Call& call, const Function& form, Arguments values) {
  if (form.conversion == Conversion::none) return values;
  Type common = Type::string;
  if (form.conversion == Conversion::to_common_type) {
    const std::optional<Type> found = common_type(values);
    if (!found) throw_no_common_type(node, call, values);
    common = *found;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Type type = parameter_type(form, i, common);
    const KernelPtr before = values[i];
    values[i] = form.conversion == Conversion::to_string ? as_string(before) : converted(before, type);
    if (!values[i]) throw_no_time(*call.arguments[i], *before, type);
  }
  return values;
}

bool is_null_constant(const KernelPtr& value) {
  return value->constant() != nullptr && value->constant()->is_null();
}

bool are_untyped_nulls(const Arguments& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const KernelPtr& value) { return value->is_untyped_null(); });
}

}  // namespace

void throw_unknown_column(const Node& node, const ColumnName& name, const Schema& schema) {
  if (!name.quoted && is_unpredictable(to_lower(name.name)))
    throw_unpredictable(node.span, to_lower(name.name));
  std::string mend = nearest_name(name.name, schema.names());
  if (!mend.empty()) {
    mend = "did you mean " + quoted(mend) + "?";
  } else {
    mend = name.quoted ? "a text stands in single quotes: '" + name.name + "'"
                       : suggest_name(name.name, schema.names());
  }
  fail(node.span, "there is no column " + quoted(name.name), std::move(mend));
}

KernelPtr RowScope::column(const Node& node, const ColumnName& name) {
  const std::optional<std::size_t> column = schema_.find(name.name);
  if (!column) throw_unknown_column(node, name, schema_);
  return make_column_kernel(schema_[*column], *column);
}

KernelPtr RowScope::aggregate(const Node&, const Call& call) {
  fail(call.name_span, quoted(call.name) + std::string(refusal_.message), std::string(refusal_.mend));
}

KernelPtr Binder::bind(const Node& node) {
  if (KernelPtr known = scope_.known(node)) return known;
  if (const auto* literal = std::get_if<Literal>(&node.form)) return make_literal(*literal);
  if (const auto* name = std::get_if<ColumnName>(&node.form)) return scope_.column(node, *name);
  if (const auto* name = std::get_if<VariableName>(&node.form)) return bind_variable(node, *name);
  if (const auto* cast = std::get_if<Cast>(&node.form)) return bind_cast(node, *cast);
  if (const auto* form = std::get_if<Case>(&node.form)) return bind_case(node, *form);
  if (std::holds_alternative<Interval>(node.form))
    fail(node.span, "an interval is no value of its own", "add it to a time, as in t + interval 3 day");
  const Call& call = std::get<Call>(node.form);
  return aggregate_form(call.name) != nullptr ? scope_.aggregate(node, call) : bind_call(node, call);
}

KernelPtr Binder::bind_as(const Node& node, Type type, std::string_view wanted_by) {
  KernelPtr value = bind(node);
  if (!conversion_cost(*value, type)) {
    fail(node.span,
         std::string(wanted_by) + " wants " + std::string(to_string(type)) + ", not " + type_text(*value),
         type == Type::boolean ? "compare it, as in `x <> 0`" : "");
  }
  KernelPtr result = converted(value, type);
  if (!result) throw_no_time(node, *value, type);
  return result;
}

KernelPtr Binder::bind_variable(const Node& node, const VariableName& name) {
  const std::optional<Literal> value = variables_ ? variables_(name.name) : std::nullopt;
  if (!value)
    fail(node.span, "there is no variable " + quoted("$" + name.name), "give it under `vars`, or by --var");
  return make_literal(*value);
}

KernelPtr Binder::bind_call(const Node& node, const Call& call) {
  const std::vector<const Function*> forms = FunctionTable::builtin().find(call.name);
  if (forms.empty()) throw_unknown_function(call);
  if (call.distinct || call.filter) throw_no_aggregate(call);
  Arguments values;
  for (const NodePtr& argument : call.arguments)
    values.push_back(bind(*argument));
  const Function* form = call.star ? nullptr : best_form(forms, values);
  if (form == nullptr) throw_no_form(node, call, forms, values);

  // Of NULLs alone, a function that gives one of its arguments gives NULL.
  const bool gives_untyped_null =
      form->conversion == Conversion::to_common_type && !form->result && are_untyped_nulls(values);
  values = converted_arguments(node, call, *form, std::move(values));
  const Type type = form->result ? *form->result : values.front()->type();
  if (form->null_gives_null && std::any_of(values.begin(), values.end(), is_null_constant))
    return make_null(type);
  try {
    KernelPtr result = folded(form->make(type, std::move(values)));
    return gives_untyped_null ? make_untyped_null(std::move(result)) : result;
  } catch (const BadArgument& bad) {
    fail(call.arguments[bad.argument()]->span, bad.what(), bad.mend());
  }
}

KernelPtr Binder::bind_cast(const Node& node, const Cast& cast) {
  KernelPtr value = bind(*cast.value);
  if (is_null_constant(value) || value->is_untyped_null())
    return make_typed_null(std::move(value), cast.type);
  const std::string from = type_text(*value);
  KernelPtr result =
      make_cast(std::move(value), cast.type, cast.null_on_failure ? CastFailure::null : CastFailure::error);
  if (!result) fail(node.span, "there is no cast from " + from + " to " + std::string(to_string(cast.type)));
  return folded(std::move(result));
}

KernelPtr Binder::bind_case(const Node& node, const Case& form) {
  Arguments conditions;
  Arguments values;
  std::vector<const Node*> value_nodes;
  for (const Case::Branch& branch : form.branches) {
    conditions.push_back(bind_as(*branch.condition, Type::boolean, "`when`"));
    values.push_back(bind(*branch.value));
    value_nodes.push_back(branch.value.get());
  }
  values.push_back(form.otherwise ? bind(*form.otherwise) : make_literal({}));
  value_nodes.push_back(form.otherwise.get());

  const bool gives_untyped_null = are_untyped_nulls(values);
  const std::optional<Type> type = common_type(values);
  if (!type)
    fail(node.span, "the branches of `case` want values of one type, not " + type_list(values),
         mend_types(values));
  Arguments parts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i < conditions.size()) parts.push_back(std::move(conditions[i]));
    KernelPtr value = converted(values[i], *type);
    if (!value) throw_no_time(*value_nodes[i], *values[i], *type);
    parts.push_back(std::move(value));
  }
  KernelPtr result = folded(make_case(*type, std::move(parts)));
  return gives_untyped_null ? make_untyped_null(std::move(result)) : result;
}

}  // namespace weir::expressions
