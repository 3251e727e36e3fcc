// Logarithms, angles and what there is of doubles that are no numbers.

#include <cmath>
#include <numbers>
#include <utility>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/literals.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;
using Int = std::int64_t;

struct Trunc {
  static void compute(double x, double& result) { result = std::trunc(x); }
};
struct SignOfInteger {
  static void compute(Int x, Int& result) { result = (x > 0) - (x < 0); }
};
struct SignOfDouble {
  static void compute(double x, Int& result) { result = (x > 0) - (x < 0); }
};

std::string no_logarithm(const std::string& call) {
  return "no logarithm of a number not above zero: " + call;
}

struct Log10 {
  static bool compute(double x, double& result) {
    result = std::log10(x);
    return !(x <= 0);
  }
  static std::string failure(double x) { return no_logarithm("log10(" + shown(x) + ")"); }
};
struct Log2 {
  static bool compute(double x, double& result) {
    result = std::log2(x);
    return !(x <= 0);
  }
  static std::string failure(double x) { return no_logarithm("log2(" + shown(x) + ")"); }
};
struct LogToBase {
  static bool compute(double base, double x, double& result) {
    result = std::log10(x) / std::log10(base);
    return !(x <= 0) && !(base <= 0) && base != 1;
  }
  static std::string failure(double base, double x) {
    const std::string call = "log(" + shown(base) + ", " + shown(x) + ")";
    return base == 1 ? "no logarithm to the base 1: " + call : no_logarithm(call);
  }
};

template <double (*kFunction)(double)>
struct OfDouble {
  static void compute(double x, double& result) { result = kFunction(x); }
};
struct Atan2 {
  static void compute(double y, double x, double& result) { result = std::atan2(y, x); }
};

double exponential(double x) { return std::exp(x); }
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double tangent(double x) { return std::tan(x); }
double arc_tangent(double x) { return std::atan(x); }
double to_degrees(double x) { return x * (180 / std::numbers::pi); }
double to_radians(double x) { return x * (std::numbers::pi / 180); }

// Sines and cosines lie between -1 and 1.
struct ArcSine {
  static bool compute(double x, double& result) {
    result = std::asin(x);
    return !(std::fabs(x) > 1);
  }
  static std::string failure(double x) { return "no sine is outside of -1 to 1: asin(" + shown(x) + ")"; }
};
struct ArcCosine {
  static bool compute(double x, double& result) {
    result = std::acos(x);
    return !(std::fabs(x) > 1);
  }
  static std::string failure(double x) { return "no cosine is outside of -1 to 1: acos(" + shown(x) + ")"; }
};

struct IsNan {
  static void compute(double x, Bool& result) { result = std::isnan(x); }
};
struct IsInfinite {
  static void compute(double x, Bool& result) { result = std::isinf(x); }
};
struct IsFinite {
  static void compute(double x, Bool& result) { result = std::isfinite(x); }
};

KernelPtr make_pi(Type, Arguments) { return make_literal(double_literal(std::numbers::pi)); }
KernelPtr make_identity(Type, Arguments arguments) { return std::move(arguments.front()); }

}  // namespace

void add_mathematics(FunctionTable& table) {
  constexpr Type kDouble = Type::float64;
  constexpr Type kInt = Type::int64;
  const auto add = [&](std::string_view name, std::string_view usage, std::string_view summary,
                       std::string_view example, std::vector<Type> parameters, Type result,
                       KernelPtr (*make)(Type, Arguments)) {
    table.add(plain_function("Numbers", name, usage, summary, example, std::move(parameters), result, make));
  };
  add("trunc", "trunc(x)", "Without what stands behind the point.", "trunc(-1.7)", {kInt}, kInt,
      make_identity);
  add("trunc", "trunc(x)", "Without what stands behind the point.", "trunc(-1.7)", {kDouble}, kDouble,
      make_operation<Trunc>);
  add("sign", "sign(x)", "-1, 0 or 1, as x is below, at or above zero.", "sign(-2.5)", {kInt}, kInt,
      make_operation<SignOfInteger>);
  add("sign", "sign(x)", "-1, 0 or 1, as x is below, at or above zero.", "sign(-2.5)", {kDouble}, kInt,
      make_operation<SignOfDouble>);
  add("exp", "exp(x)", "e to the power of x.", "exp(0)", {kDouble}, kDouble,
      make_operation<OfDouble<exponential>>);
  add("log10", "log10(x)", "The logarithm to the base 10.", "log10(1000)", {kDouble}, kDouble,
      make_operation<Log10>);
  add("log", "log(x)", "The logarithm to the base 10.", "log(1000)", {kDouble}, kDouble,
      make_operation<Log10>);
  add("log", "log(base, x)", "The logarithm to a base.", "log(2, 8)", {kDouble, kDouble}, kDouble,
      make_operation<LogToBase>);
  add("log2", "log2(x)", "The logarithm to the base 2.", "log2(8)", {kDouble}, kDouble, make_operation<Log2>);
  add("pi", "pi()", "The number pi.", "round(pi(), 5)", {}, kDouble, make_pi);
  add("sin", "sin(x)", "The sine of an angle in radians.", "sin(0)", {kDouble}, kDouble,
      make_operation<OfDouble<sine>>);
  add("cos", "cos(x)", "The cosine of an angle in radians.", "cos(0)", {kDouble}, kDouble,
      make_operation<OfDouble<cosine>>);
  add("tan", "tan(x)", "The tangent of an angle in radians.", "tan(0)", {kDouble}, kDouble,
      make_operation<OfDouble<tangent>>);
  add("asin", "asin(x)", "The angle in radians of which x is the sine.", "asin(0)", {kDouble}, kDouble,
      make_operation<ArcSine>);
  add("acos", "acos(x)", "The angle in radians of which x is the cosine.", "acos(1)", {kDouble}, kDouble,
      make_operation<ArcCosine>);
  add("atan", "atan(x)", "The angle in radians of which x is the tangent.", "atan(0)", {kDouble}, kDouble,
      make_operation<OfDouble<arc_tangent>>);
  add("atan2", "atan2(y, x)", "The angle in radians of the point (x, y).", "degrees(atan2(1, 0))",
      {kDouble, kDouble}, kDouble, make_operation<Atan2>);
  add("degrees", "degrees(x)", "An angle of radians in degrees.", "degrees(pi())", {kDouble}, kDouble,
      make_operation<OfDouble<to_degrees>>);
  add("radians", "radians(x)", "An angle of degrees in radians.", "round(radians(180), 5)", {kDouble},
      kDouble, make_operation<OfDouble<to_radians>>);
  add("isnan", "isnan(x)", "Whether x is NaN, no number.", "isnan('nan'::double)", {kDouble}, Type::boolean,
      make_operation<IsNan>);
  add("isinf", "isinf(x)", "Whether x is infinite.", "isinf('-inf'::double)", {kDouble}, Type::boolean,
      make_operation<IsInfinite>);
  add("isfinite", "isfinite(x)", "Whether x is neither NaN nor infinite.", "isfinite(1.5)", {kDouble},
      Type::boolean, make_operation<IsFinite>);
  table.add_alias("power", "pow", "power(x, y)", "power(2, 10)");
  table.add_alias("^", "pow", "x ^ y", "2 ^ 10");
  table.add_alias("ceiling", "ceil", "ceiling(x)", "ceiling(1.2)");
}

}  // namespace weir::expressions
