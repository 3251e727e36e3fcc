// Functions of numbers.

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

struct AbsoluteInteger {
  static bool compute(Int a, Int& result) {
    result = a;
    return a >= 0 || !__builtin_sub_overflow(Int{0}, a, &result);
  }
  static std::string failure(Int a) { return "integer overflow: abs(" + shown(a) + ")"; }
};
struct AbsoluteDouble {
  static void compute(double a, double& result) { result = std::fabs(a); }
};
struct Round {
  static void compute(double a, double& result) { result = std::round(a); }
};
// 10 to the magnitude of an exponent. Those that a double holds exactly are looked up: std::pow would
// be most of the time that rounding takes.
double power_of_ten(Int exponent) noexcept {
  constexpr std::array<double, 23> kExact = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const std::uint64_t magnitude =
      exponent < 0 ? 0 - static_cast<std::uint64_t>(exponent) : static_cast<std::uint64_t>(exponent);
  return magnitude < kExact.size() ? kExact[magnitude] : std::pow(10.0, static_cast<double>(magnitude));
}

// As DuckDB computes it: through a power of ten, halves away from zero.
struct RoundToDigits {
  static void compute(double a, Int digits, double& result) {
    const double power = power_of_ten(digits);
    if (digits < 0) {
      result = std::round(a / power) * power;
      if (!std::isfinite(result)) result = 0;
      return;
    }
    result = std::round(a * power) / power;
    if (!std::isfinite(result)) result = a;
  }
};
struct RoundIntegerToDigits {
  static bool compute(Int a, Int digits, Int& result) {
    result = digits < -kDigitsMax ? 0 : a;
    if (digits >= 0 || digits < -kDigitsMax) return true;
    Int power = 1;
    for (Int i = digits; i < 0; ++i)
      power *= 10;
    const Int cut = a % power;
    result = a - cut;
    const bool up = std::abs(cut) >= power - std::abs(cut);
    return !up || !__builtin_add_overflow(result, a < 0 ? -power : power, &result);
  }
  static std::string failure(Int a, Int digits) {
    return "integer overflow: round(" + shown(a) + ", " + shown(digits) + ")";
  }

 private:
  static constexpr Int kDigitsMax = 18;  // 10^18 is the largest power that fits
};
struct Floor {
  static void compute(double a, double& result) { result = std::floor(a); }
};
struct Ceil {
  static void compute(double a, double& result) { result = std::ceil(a); }
};
struct SquareRoot {
  static bool compute(double a, double& result) {
    result = std::sqrt(a);
    return !(a < 0);
  }
  static std::string failure(double a) {
    return "no square root of a negative number: sqrt(" + shown(a) + ")";
  }
};
struct Logarithm {
  static bool compute(double a, double& result) {
    result = std::log(a);
    return !(a <= 0);
  }
  static std::string failure(double a) {
    return "no logarithm of a number not above zero: ln(" + shown(a) + ")";
  }
};
struct Power {
  static void compute(double a, double b, double& result) { result = std::pow(a, b); }
};

KernelPtr make_identity(Type, Arguments arguments) { return std::move(arguments.front()); }

void add(FunctionTable& table, std::string_view name, std::string_view usage, std::string_view summary,
         std::string_view example, std::vector<Type> parameters, KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = "Numbers";
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.result = parameters.front();
  function.parameters = std::move(parameters);
  function.make = make;
  table.add(std::move(function));
}

}  // namespace

void add_numeric_functions(FunctionTable& table) {
  constexpr Type kInt = Type::int64;
  constexpr Type kDouble = Type::float64;
  add(table, "abs", "abs(x)", "The magnitude.", "abs(-3)", {kInt}, make_operation<AbsoluteInteger>);
  add(table, "abs", "abs(x)", "The magnitude.", "abs(-3)", {kDouble}, make_operation<AbsoluteDouble>);
  add(table, "round", "round(x)", "The nearest whole number, halves away from zero.", "round(2.5)", {kInt},
      make_identity);
  add(table, "round", "round(x)", "The nearest whole number, halves away from zero.", "round(2.5)", {kDouble},
      make_operation<Round>);
  add(table, "round", "round(x, digits)", "Rounded behind the point, or before it where digits < 0.",
      "round(3.14159, 2)", {kInt, kInt}, make_operation<RoundIntegerToDigits>);
  add(table, "round", "round(x, digits)", "Rounded behind the point, or before it where digits < 0.",
      "round(3.14159, 2)", {kDouble, kInt}, make_operation<RoundToDigits>);
  add(table, "floor", "floor(x)", "The next whole number below.", "floor(-1.5)", {kInt}, make_identity);
  add(table, "floor", "floor(x)", "The next whole number below.", "floor(-1.5)", {kDouble},
      make_operation<Floor>);
  add(table, "ceil", "ceil(x)", "The next whole number above.", "ceil(-1.5)", {kInt}, make_identity);
  add(table, "ceil", "ceil(x)", "The next whole number above.", "ceil(-1.5)", {kDouble},
      make_operation<Ceil>);
  add(table, "sqrt", "sqrt(x)", "The square root.", "sqrt(9)", {kDouble}, make_operation<SquareRoot>);
  add(table, "ln", "ln(x)", "The natural logarithm.", "ln(1)", {kDouble}, make_operation<Logarithm>);
  add(table, "pow", "pow(x, y)", "x to the power of y.", "pow(2, 10)", {kDouble, kDouble},
      make_operation<Power>);
}

}  // namespace weir::expressions
