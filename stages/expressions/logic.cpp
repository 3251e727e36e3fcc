#include "stages/expressions/logic.hpp"

#include <cstdint>
#include <utility>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;

// `and` is decided by false, `or` by true: then the other side counts for nothing, be it NULL or an error.
template <Bool kDeciding>
class LogicKernel final : public Kernel {
 public:
  LogicKernel(KernelPtr left, KernelPtr right) : Kernel(Type::boolean, {std::move(left), std::move(right)}) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand left = arguments()[0]->evaluate(frame);
    if (!arguments()[1]->may_fail()) return combined(frame, left, arguments()[1]->evaluate(frame));
    const RowSet open = select_rows(frame.rows, [&](std::size_t row) { return !decides(left, row); });
    if (open.size() == 0) return left;
    return combined(frame, left, arguments()[1]->evaluate(frame.with_rows(open)));
  }

 private:
  static bool decides(const Operand& operand, std::size_t row) {
    const Bool value = operand.column().values<Bool>()[operand.place(row)];
    return value == kDeciding && operand.is_valid(row);
  }

  // Both sides hold 0 or 1 everywhere, so that bits combine them, also where the right side was not computed.
  static Operand combined(const Frame& frame, const Operand& left, const Operand& right) {
    ColumnBuilder builder(Type::boolean, frame.physical_rows());
    Bool* const out = builder.values<Bool>();
    const Reader<Bool, -1> left_values(left);
    const Reader<Bool, -1> right_values(right);
    frame.rows.for_each([&](std::size_t row) {
      out[row] = static_cast<Bool>(kDeciding == 0 ? left_values[row] & right_values[row]
                                                  : left_values[row] | right_values[row]);
    });
    if (left.has_nulls() || right.has_nulls()) {
      frame.rows.for_each([&](std::size_t row) {
        if (left.is_valid(row) && right.is_valid(row)) return;
        if (decides(left, row) || decides(right, row)) {
          out[row] = kDeciding;
        } else {
          builder.set_null(row);
        }
      });
    }
    return Operand::of_column(std::move(builder).finish());
  }
};

struct Not {
  static void compute(Bool a, Bool& result) {
    result = a ^ Bool { 1 };
  }
};

// Tests that know NULL: their results never are.
class IsNullKernel final : public Kernel {
 public:
  explicit IsNullKernel(KernelPtr value) : Kernel(Type::boolean, {std::move(value)}) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand value = arguments()[0]->evaluate(frame);
    ColumnBuilder builder(Type::boolean, frame.physical_rows());
    if (value.has_nulls()) {
      Bool* const out = builder.values<Bool>();
      frame.rows.for_each([&](std::size_t row) { out[row] = value.is_valid(row) ? 0 : 1; });
    }
    return Operand::of_column(std::move(builder).finish());
  }
};

template <Bool kWanted>
class IsBooleanKernel final : public Kernel {
 public:
  explicit IsBooleanKernel(KernelPtr value) : Kernel(Type::boolean, {std::move(value)}) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand value = arguments()[0]->evaluate(frame);
    ColumnBuilder builder(Type::boolean, frame.physical_rows());
    Bool* const out = builder.values<Bool>();
    const Reader<Bool, -1> values(value);
    frame.rows.for_each(
        [&](std::size_t row) { out[row] = values[row] == kWanted && value.is_valid(row) ? 1 : 0; });
    return Operand::of_column(std::move(builder).finish());
  }
};

template <class KernelType>
KernelPtr make_unary(Type, Arguments arguments) {
  return std::make_shared<KernelType>(std::move(arguments[0]));
}

template <Bool kDeciding>
KernelPtr make_logic(Type, Arguments arguments) {
  return std::make_shared<LogicKernel<kDeciding>>(std::move(arguments[0]), std::move(arguments[1]));
}

// Halves, so that long lists make no deep trees.
KernelPtr any_of(const Arguments& arguments, std::size_t begin, std::size_t end) {
  if (end - begin == 1) return arguments[begin];
  const std::size_t middle = begin + (end - begin) / 2;
  return make_or(any_of(arguments, begin, middle), any_of(arguments, middle, end));
}

Function logic_function(std::string_view name, std::string_view usage, std::string_view summary,
                        std::string_view example, std::vector<Type> parameters,
                        KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = "Logic";
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.parameters = std::move(parameters);
  function.result = Type::boolean;
  function.null_gives_null = false;
  function.make = make;
  return function;
}

}  // namespace

KernelPtr make_and(KernelPtr left, KernelPtr right) {
  return std::make_shared<LogicKernel<0>>(std::move(left), std::move(right));
}

KernelPtr make_or(KernelPtr left, KernelPtr right) {
  return std::make_shared<LogicKernel<1>>(std::move(left), std::move(right));
}

KernelPtr make_any(Arguments arguments) { return any_of(arguments, 0, arguments.size()); }

void add_logic(FunctionTable& table) {
  const std::vector<Type> one(1, Type::boolean);
  const std::vector<Type> two(2, Type::boolean);
  table.add(logic_function("and", "x and y", "False where either is false, whatever the other is.",
                           "null and false", two, make_logic<0>));
  table.add(logic_function("or", "x or y", "True where either is true, whatever the other is.",
                           "null or true", two, make_logic<1>));
  Function negation =
      logic_function("not", "not x", "The opposite; of NULL, NULL.", "not true", one, make_operation<Not>);
  negation.null_gives_null = true;
  table.add(std::move(negation));
  table.add(logic_function("is true", "x is true", "Whether x is true; false for NULL.", "null is true", one,
                           make_unary<IsBooleanKernel<1>>));
  table.add(logic_function("is false", "x is false", "Whether x is false; false for NULL.", "null is false",
                           one, make_unary<IsBooleanKernel<0>>));
  Function is_null = logic_function("is null", "x is null", "Whether x is NULL.", "null is null", {},
                                    make_unary<IsNullKernel>);
  is_null.conversion = Conversion::none;
  is_null.arguments_min = is_null.arguments_max = 1;
  table.add(std::move(is_null));
}

}  // namespace weir::expressions
