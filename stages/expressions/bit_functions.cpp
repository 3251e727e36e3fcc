// & | << >> ~ and what counts bits: integers as words of 64 bits.

#include <bit>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;
constexpr Int kBits = 64;

struct BitAnd {
  static constexpr bool kSpecialised = true;
  static void compute(Int a, Int b, Int& result) { result = a & b; }
};
struct BitOr {
  static constexpr bool kSpecialised = true;
  static void compute(Int a, Int b, Int& result) { result = a | b; }
};
struct BitXor {
  static constexpr bool kSpecialised = true;
  static void compute(Int a, Int b, Int& result) { result = a ^ b; }
};
struct BitNot {
  static void compute(Int a, Int& result) { result = ~a; }
};
struct BitCount {
  static void compute(Int a, Int& result) { result = std::popcount(static_cast<std::uint64_t>(a)); }
};

// As in DuckDB, what a shift would push out of the word is an error, and so is a negative number or distance.
struct ShiftLeft {
  static bool compute(Int a, Int by, Int& result) {
    if (a < 0 || by < 0 || by >= kBits) return a == 0 && by >= 0 ? (result = 0, true) : false;
    result = static_cast<Int>(static_cast<std::uint64_t>(a) << by);
    return by < std::countl_zero(static_cast<std::uint64_t>(a));
  }
  static std::string failure(Int a, Int by) { return "integer overflow: " + shown(a) + " << " + shown(by); }
};
struct ShiftRight {
  static void compute(Int a, Int by, Int& result) { result = by < 0 || by >= kBits ? 0 : a >> by; }
};

}  // namespace

void add_bit_functions(FunctionTable& table) {
  const auto add = [&](std::string_view name, std::string_view usage, std::string_view summary,
                       std::string_view example, std::size_t arguments, KernelPtr (*make)(Type, Arguments)) {
    Function function;
    function.name = name;
    function.section = "Bits";
    function.usage = usage;
    function.summary = summary;
    function.example = example;
    function.parameters.assign(arguments, Type::int64);
    function.result = Type::int64;
    function.make = make;
    table.add(std::move(function));
  };
  add("&", "x & y", "The bits that are set in both.", "6 & 3", 2, make_operation<BitAnd>);
  add("|", "x | y", "The bits that are set in one or both.", "6 | 3", 2, make_operation<BitOr>);
  add("xor", "xor(x, y)", "The bits that are set in one of them alone.", "xor(6, 3)", 2,
      make_operation<BitXor>);
  add("~", "~x", "Every bit turned over.", "~5", 1, make_operation<BitNot>);
  add("<<", "x << y", "The bits moved up by y places.", "1 << 4", 2, make_operation<ShiftLeft>);
  add(">>", "x >> y", "The bits moved down by y places.", "16 >> 2", 2, make_operation<ShiftRight>);
  add("bit_count", "bit_count(x)", "How many bits are set.", "bit_count(7)", 1, make_operation<BitCount>);
}

}  // namespace weir::expressions
