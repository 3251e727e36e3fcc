// Functions that count, cut and pad by characters.

#include <algorithm>
#include <limits>

#include "stages/expressions/characters.hpp"
#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;
using Text = std::string_view;

// What repeat and the pads may make of one value: more is a mistake, and would take all memory.
constexpr std::size_t kMadeBytesMax = std::size_t{16} << 20;

// Where the character number `count` begins; the end where there are fewer.
std::size_t skip_characters(Text text, Int count) noexcept {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count)
    at = next_character(text, at);
  return at;
}

// The same from the end backwards.
std::size_t skip_characters_back(Text text, Int count) noexcept {
  std::size_t at = text.size();
  for (; count > 0 && at > 0; --count)
    at = previous_character(text, at);
  return at;
}

// The opposite, as near as it can be had.
Int negated(Int value) noexcept { return value == std::numeric_limits<Int>::min() ? ~value : -value; }

struct Left {
  static void compute(Text text, Int count, Text& result) {
    result = text.substr(
        0, count >= 0 ? skip_characters(text, count) : skip_characters_back(text, negated(count)));
  }
};
struct Right {
  static void compute(Text text, Int count, Text& result) {
    result =
        text.substr(count >= 0 ? skip_characters_back(text, count) : skip_characters(text, negated(count)));
  }
};

struct Reverse {
  static void compute(Text text, std::string& result) {
    result.reserve(text.size());
    for (std::size_t end = text.size(); end > 0;) {
      const std::size_t begin = previous_character(text, end);
      result.append(text, begin, end - begin);
      end = begin;
    }
  }
};

struct Repeat {
  static bool compute(Text text, Int count, std::string& result) {
    if (count <= 0 || text.empty()) return true;
    if (static_cast<std::uint64_t>(count) > kMadeBytesMax / text.size()) return false;
    result.reserve(text.size() * static_cast<std::size_t>(count));
    for (Int i = 0; i < count; ++i)
      result += text;
    return true;
  }
  static std::string failure(Text text, Int count) {
    return "too long: repeat(" + shown(text) + ", " + shown(count) + ")";
  }
};

enum class Padding : unsigned char { left, right };

template <Padding kPadding>
struct Pad {
  static bool compute(Text text, Int length, Text padding, std::string& result) {
    const Int missing = length - static_cast<Int>(count_characters(text));
    if (missing <= 0) {
      result = text.substr(0, skip_characters(text, length));
      return true;
    }
    if (padding.empty() || static_cast<std::uint64_t>(missing) > kMadeBytesMax / 4) return false;
    if (kPadding == Padding::right) result = text;
    std::size_t at = 0;
    for (Int i = 0; i < missing; ++i) {
      const std::size_t end = next_character(padding, at);
      result.append(padding, at, end - at);
      at = end == padding.size() ? 0 : end;
    }
    if (kPadding == Padding::left) result += text;
    return true;
  }
  static std::string failure(Text text, Int length, Text padding) {
    return (padding.empty() ? "nothing to pad with: " : "too long: ") +
           std::string(kPadding == Padding::left ? "lpad(" : "rpad(") + shown(text) + ", " + shown(length) +
           ", " + shown(padding) + ")";
  }
};

// The place of a part in characters, from 1; 0 where it is not.
struct Position {
  static void compute(Text text, Text part, Int& result) {
    const std::size_t found = text.find(part);
    result = found == Text::npos ? 0 : static_cast<Int>(count_characters(text.substr(0, found))) + 1;
  }
};

// Part `number` (from 0) of a text that is not empty; empty where there are fewer. Without a delimiter its
// characters are the parts.
Text part_of(Text text, Text delimiter, Int number) noexcept {
  std::size_t begin = 0;
  for (; number > 0; --number) {
    const std::size_t found = delimiter.empty() ? next_character(text, begin) : text.find(delimiter, begin);
    if (found >= text.size()) return {};
    begin = found + delimiter.size();
    if (delimiter.empty() && begin == text.size()) return {};
  }
  const std::size_t end = delimiter.empty() ? next_character(text, begin) : text.find(delimiter, begin);
  return text.substr(begin, std::min(end, text.size()) - begin);
}

Int count_parts(Text text, Text delimiter) noexcept {
  if (delimiter.empty()) return static_cast<Int>(count_characters(text));
  Int parts = 1;
  for (std::size_t at = 0; (at = text.find(delimiter, at)) != Text::npos; at += delimiter.size())
    ++parts;
  return parts;
}

struct SplitPart {
  static void compute(Text text, Text delimiter, Int number, Text& result) {
    result = {};
    if (text.empty() || number == 0) return;
    if (number < 0) number = count_parts(text, delimiter) + number + 1;
    if (number > 0) result = part_of(text, delimiter, number - 1);
  }
};

// Passes over NULLs behind the delimiter, which itself must be there.
class ConcatWithKernel final : public Kernel {
 public:
  explicit ConcatWithKernel(Arguments values) : Kernel(Type::string, std::move(values)) {}

  Operand evaluate(const Frame& frame) const override {
    std::vector<Operand> operands;
    for (const KernelPtr& argument : arguments())
      operands.push_back(argument->evaluate(frame));
    ColumnBuilder builder(Type::string, frame.physical_rows());
    std::string joined;
    frame.rows.for_each([&](std::size_t row) {
      if (!operands[0].is_valid(row)) return builder.set_null(row);
      const Text delimiter = operands[0].column().text(operands[0].place(row));
      joined.clear();
      bool first = true;
      for (std::size_t i = 1; i < operands.size(); ++i) {
        if (!operands[i].is_valid(row)) continue;
        if (!first) joined += delimiter;
        first = false;
        joined += operands[i].column().text(operands[i].place(row));
      }
      builder.set_copy(row, joined);
    });
    return Operand::of_column(std::move(builder).finish());
  }
};

KernelPtr make_concat_with(Type, Arguments arguments) {
  return std::make_shared<ConcatWithKernel>(std::move(arguments));
}

Function part(std::string_view name, std::string_view usage, std::string_view summary,
              std::string_view example, std::vector<Type> parameters, Type result,
              KernelPtr (*make)(Type, Arguments)) {
  return plain_function("Strings", name, usage, summary, example, std::move(parameters), result, make);
}

}  // namespace

void add_string_parts(FunctionTable& table) {
  constexpr Type kText = Type::string;
  constexpr Type kInt = Type::int64;
  table.add(part("left", "left(s, count)", "The first characters; count < 0: all but the last ones.",
                 "left('hello', 2)", {kText, kInt}, kText, make_operation<Left>));
  table.add(part("right", "right(s, count)", "The last characters; count < 0: all but the first ones.",
                 "right('hello', 2)", {kText, kInt}, kText, make_operation<Right>));
  table.add(part("lpad", "lpad(s, length, padding)",
                 "Filled up to a length from the left, or cut to it from the right.", "lpad('7', 3, '0')",
                 {kText, kInt, kText}, kText, make_operation<Pad<Padding::left>>));
  table.add(part("rpad", "rpad(s, length, padding)", "Filled up to a length from the right, or cut to it.",
                 "rpad('ab', 4, '.')", {kText, kInt, kText}, kText, make_operation<Pad<Padding::right>>));
  table.add(part("reverse", "reverse(s)", "The characters from the last to the first.", "reverse('abc')",
                 {kText}, kText, make_operation<Reverse>));
  table.add(part("repeat", "repeat(s, count)", "So many times, one after the other; up to 16 MiB.",
                 "repeat('ab', 3)", {kText, kInt}, kText, make_operation<Repeat>));
  table.add(part(
      "strpos", "strpos(s, part)",
      "Where part first stands in s, in characters from 1; 0: nowhere. Also written position(part in s).",
      "strpos('hello', 'l')", {kText, kText}, kInt, make_operation<Position>));
  table.add(
      part("split_part", "split_part(s, delimiter, number)",
           "The part of that number (from 1; negative: from the end) between delimiters; empty where there "
           "are fewer.",
           "split_part('SFO-LAX', '-', 2)", {kText, kText, kInt}, kText, make_operation<SplitPart>));

  Function concat_ws = part("concat_ws", "concat_ws(delimiter, s, ...)",
                            "All, with the delimiter between them; NULLs are passed over.",
                            "concat_ws('-', 'a', null, 1)", {}, kText, make_concat_with);
  concat_ws.conversion = Conversion::to_string;
  concat_ws.arguments_min = 2;
  concat_ws.arguments_max = std::numeric_limits<std::size_t>::max();
  concat_ws.null_gives_null = false;
  table.add(std::move(concat_ws));
}

}  // namespace weir::expressions
