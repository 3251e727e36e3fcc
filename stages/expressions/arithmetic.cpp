// + - * / // % and the signs. Integers are checked: an overflow or a division by zero is the record's error.

#include <cmath>
#include <limits>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

template <class T>
std::string between(T a, std::string_view symbol, T b) {
  return shown(a) + " " + std::string(symbol) + " " + shown(b);
}

struct AddIntegers {
  static constexpr bool kSpecialised = true;
  static bool compute(Int a, Int b, Int& result) { return !__builtin_add_overflow(a, b, &result); }
  static std::string failure(Int a, Int b) { return "integer overflow: " + between(a, "+", b); }
};
struct SubtractIntegers {
  static constexpr bool kSpecialised = true;
  static bool compute(Int a, Int b, Int& result) { return !__builtin_sub_overflow(a, b, &result); }
  static std::string failure(Int a, Int b) { return "integer overflow: " + between(a, "-", b); }
};
struct MultiplyIntegers {
  static constexpr bool kSpecialised = true;
  static bool compute(Int a, Int b, Int& result) { return !__builtin_mul_overflow(a, b, &result); }
  static std::string failure(Int a, Int b) { return "integer overflow: " + between(a, "*", b); }
};

struct AddDoubles {
  static constexpr bool kSpecialised = true;
  static void compute(double a, double b, double& result) { result = a + b; }
};
struct SubtractDoubles {
  static constexpr bool kSpecialised = true;
  static void compute(double a, double b, double& result) { result = a - b; }
};
struct MultiplyDoubles {
  static constexpr bool kSpecialised = true;
  static void compute(double a, double b, double& result) { result = a * b; }
};
struct DivideDoubles {
  static constexpr bool kSpecialised = true;
  static bool compute(double a, double b, double& result) {
    result = a / b;
    return b != 0;
  }
  static std::string failure(double a, double b) { return "division by zero: " + between(a, "/", b); }
};

// The one quotient of two integers that does not fit.
bool quotient_overflows(Int a, Int b) noexcept { return a == std::numeric_limits<Int>::min() && b == -1; }

struct DivideIntegers {
  static constexpr bool kSpecialised = true;
  static bool compute(Int a, Int b, Int& result) {
    if (b == 0 || quotient_overflows(a, b)) return false;
    result = a / b;
    return true;
  }
  static std::string failure(Int a, Int b) {
    return (b == 0 ? "division by zero: " : "integer overflow: ") + between(a, "//", b);
  }
};
struct RemainderOfIntegers {
  static constexpr bool kSpecialised = true;
  static bool compute(Int a, Int b, Int& result) {
    if (b == 0) return false;
    result = b == -1 ? 0 : a % b;
    return true;
  }
  static std::string failure(Int a, Int b) { return "division by zero: " + between(a, "%", b); }
};
struct RemainderOfDoubles {
  static bool compute(double a, double b, double& result) {
    result = std::fmod(a, b);
    return b != 0;
  }
  static std::string failure(double a, double b) { return "division by zero: " + between(a, "%", b); }
};

struct NegateInteger {
  static bool compute(Int a, Int& result) { return !__builtin_sub_overflow(Int{0}, a, &result); }
  static std::string failure(Int a) { return "integer overflow: -(" + shown(a) + ")"; }
};
struct NegateDouble {
  static void compute(double a, double& result) { result = -a; }
};

KernelPtr make_identity(Type, Arguments arguments) { return std::move(arguments.front()); }

constexpr std::string_view kSection = "Arithmetic";

template <class OfIntegers, class OfDoubles>
void add_binary(FunctionTable& table, std::string_view name, std::string_view usage, std::string_view summary,
                std::string_view example) {
  Function function;
  function.name = name;
  function.section = kSection;
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.parameters = {Type::int64, Type::int64};
  function.result = Type::int64;
  function.make = make_operation<OfIntegers>;
  table.add(function);
  function.parameters = {Type::float64, Type::float64};
  function.result = Type::float64;
  function.make = make_operation<OfDoubles>;
  table.add(std::move(function));
}

void add_exact(FunctionTable& table, std::string_view name, std::string_view usage, std::string_view summary,
               std::string_view example, std::vector<Type> parameters, KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = kSection;
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.result = parameters.front();
  function.parameters = std::move(parameters);
  function.make = make;
  table.add(std::move(function));
}

}  // namespace

void add_arithmetic(FunctionTable& table) {
  add_binary<AddIntegers, AddDoubles>(table, "+", "x + y", "The sum.", "2 + 3");
  add_binary<SubtractIntegers, SubtractDoubles>(table, "-", "x - y", "The difference.", "5 - 3");
  add_binary<MultiplyIntegers, MultiplyDoubles>(table, "*", "x * y", "The product.", "2 * 3");
  add_exact(table, "/", "x / y", "The quotient, always a double.", "7 / 2", {Type::float64, Type::float64},
            make_operation<DivideDoubles>);
  add_exact(table, "//", "x // y", "The quotient of integers, cut towards zero.", "7 // 2",
            {Type::int64, Type::int64}, make_operation<DivideIntegers>);
  add_binary<RemainderOfIntegers, RemainderOfDoubles>(
      table, "%", "x % y", "What the division leaves over, with the sign of x.", "-7 % 3");
  add_binary<RemainderOfIntegers, RemainderOfDoubles>(table, "mod", "mod(x, y)", "The same as x % y.",
                                                      "mod(7, 4)");
  add_exact(table, "-", "-x", "The opposite.", "-(3)", {Type::int64}, make_operation<NegateInteger>);
  add_exact(table, "-", "-x", "The opposite.", "-(3)", {Type::float64}, make_operation<NegateDouble>);
  add_exact(table, "+", "+x", "x itself.", "+3", {Type::int64}, make_identity);
  add_exact(table, "+", "+x", "x itself.", "+3", {Type::float64}, make_identity);
}

}  // namespace weir::expressions
