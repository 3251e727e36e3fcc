#include "stages/transforms/window_call.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "stages/expressions/parser.hpp"
#include "stages/expressions/syntax.hpp"
#include "weir/diagnostic.hpp"

namespace weir {
namespace {

using expressions::Call;
using expressions::Node;
using expressions::Span;

struct Known {
  std::string_view name;
  WindowFunction function;
  std::size_t arguments_min;
  std::size_t arguments_max;
};

constexpr std::array<Known, 12> kFunctions = {{
    {"row_number", WindowFunction::row_number, 0, 0},
    {"rank", WindowFunction::rank, 0, 0},
    {"dense_rank", WindowFunction::dense_rank, 0, 0},
    {"lag", WindowFunction::lag, 1, 2},
    {"lead", WindowFunction::lead, 1, 2},
    {"first_value", WindowFunction::first_value, 1, 1},
    {"last_value", WindowFunction::last_value, 1, 1},
    {"count", WindowFunction::count, 1, 1},
    {"sum", WindowFunction::sum, 1, 1},
    {"avg", WindowFunction::avg, 1, 1},
    {"min", WindowFunction::min, 1, 1},
    {"max", WindowFunction::max, 1, 1},
}};

std::string suggested_function(std::string_view name) {
  std::vector<std::string> names;
  for (const Known& known : kFunctions)
    names.emplace_back(known.name);
  return suggest_name(name, names);
}

const Known& known_function(const Call& call) {
  const auto known = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const Known& each) { return each.name == call.name; });
  if (known != kFunctions.end()) return *known;
  const bool is_operator = call.name_span.length != call.name.size();
  const std::string nearest = is_operator ? std::string() : suggested_function(call.name);
  throw ExpressionError(
      call.name_span.offset, call.name_span.length, "`" + call.name + "` is no window function",
      !nearest.starts_with("did you mean") && nearest.size() > 0
          ? "compute with the results in a `derive` behind this stage; window functions are " +
                nearest.substr(nearest.find(": ") + 2)
          : nearest);
}

std::string text_of(const std::string& written, Span span) {
  return written.substr(span.offset, span.length);
}

// An argument, whose errors count in the whole text.
BoundExpression bind_argument(const std::string& written, const Node& node, const Schema& input,
                              const VariableLookup& variables) {
  try {
    return Expression::parse(text_of(written, node.span)).bind(input, variables);
  } catch (const ExpressionError& error) {
    throw ExpressionError(node.span.offset + error.offset(), error.length(), error.what(), error.mend());
  }
}

std::int64_t distance_of(const std::string& name, const Node& node) {
  const auto* literal = std::get_if<Literal>(&node.form);
  if (literal == nullptr || literal->type != Type::int64 || literal->int64 < 0) {
    throw ExpressionError(node.span.offset, node.span.length,
                          "`" + name + "` looks a fixed number of records away: 0, 1, 2 ...",
                          "write it as in " + name + "(x, 2)");
  }
  return literal->int64;
}

// Sums and averages are of numbers; an average is one of doubles or of exact sums.
void settle_numbers(const std::string& name, const Node& node, WindowCall& call) {
  const bool is_sum = call.function == WindowFunction::sum;
  if (call.argument->always_null()) {
    call.argument = call.argument->as(Type::int64);
  } else if (call.argument->type() != Type::int64 && call.argument->type() != Type::float64) {
    throw ExpressionError(node.span.offset, node.span.length,
                          "`" + name + "` adds numbers, not " + std::string(to_string(call.argument->type())),
                          "cast it: " + name + "(cast(... as double))");
  }
  call.result.type = is_sum ? call.argument->type() : Type::float64;
}

}  // namespace

bool WindowCall::is_a_value() const noexcept {
  switch (function) {
    case WindowFunction::lag:
    case WindowFunction::lead:
    case WindowFunction::first_value:
    case WindowFunction::last_value:
    case WindowFunction::min:
    case WindowFunction::max:
      return true;
    default:
      return false;
  }
}

WindowCall bind_window_call(const ConfiguredExpression& configured, const Schema& input,
                            const VariableLookup& variables) {
  const std::string& written = configured.written;
  const expressions::NodePtr root = expressions::parse_expression(written);
  const auto* call = std::get_if<Call>(&root->form);
  if (call == nullptr) {
    throw ExpressionError(root->span.offset, root->span.length, "this is no window function",
                          "compute with columns in a `derive`; " + suggested_function({}));
  }
  const Known& known = known_function(*call);
  if (call->distinct || call->filter != nullptr) {
    throw ExpressionError(
        root->span.offset, root->span.length, "a window function takes neither `distinct` nor `filter`",
        call->filter != nullptr
            ? "put the condition into the value: " + call->name + "(case when ... then x end)"
            : "");
  }
  WindowCall bound;
  bound.function = known.function;
  bound.result = {configured.name, Type::int64};
  if (call->star && known.function == WindowFunction::count) return bound;
  const std::size_t count = call->arguments.size();
  if (call->star || count < known.arguments_min || count > known.arguments_max) {
    const std::string takes = known.arguments_max == 0   ? "nothing"
                              : known.arguments_max == 1 ? "one value"
                                                         : "a value, and how many records away";
    throw ExpressionError(root->span.offset, root->span.length, "`" + call->name + "` takes " + takes);
  }
  if (count == 0) return bound;
  const Node& argument = *call->arguments[0];
  bound.argument = bind_argument(written, argument, input, variables);
  if (count == 2) bound.distance = distance_of(call->name, *call->arguments[1]);
  if (bound.is_a_value()) bound.result = bound.argument->field(configured.name);
  if (known.function == WindowFunction::sum || known.function == WindowFunction::avg)
    settle_numbers(call->name, argument, bound);
  return bound;
}

}  // namespace weir
