// Functions of strings. Where the result is a part of an argument it points into it; else it is copied.

#include <algorithm>
#include <limits>
#include <utility>

#include "stages/expressions/characters.hpp"
#include "stages/expressions/function_table.hpp"
#include "stages/expressions/letter_case.hpp"
#include "stages/expressions/like.hpp"
#include "stages/expressions/literals.hpp"
#include "stages/expressions/operation_kernel.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;
using Int = std::int64_t;
using Text = std::string_view;

struct Lower {
  static void compute(Text text, std::string& result) { append_lower(result, text); }
};
struct Upper {
  static void compute(Text text, std::string& result) { append_upper(result, text); }
};
struct Length {
  static void compute(Text text, Int& result) { result = static_cast<Int>(count_characters(text)); }
};

enum Side : unsigned { kLeft = 1, kRight = 2, kBoth = 3 };

// Whether one of the characters of a set is `character`, whole.
bool holds(Text set, Text character) noexcept {
  for (std::size_t at = 0; at < set.size();) {
    const std::size_t end = next_character(set, at);
    if (set.substr(at, end - at) == character) return true;
    at = end;
  }
  return false;
}

template <Side kSide>
struct TrimOf {
  static void compute(Text text, Text characters, Text& result) {
    std::size_t begin = 0;
    std::size_t end = text.size();
    while ((kSide & kLeft) != 0 && begin < end) {
      const std::size_t next = next_character(text, begin);
      if (!holds(characters, text.substr(begin, next - begin))) break;
      begin = next;
    }
    while ((kSide & kRight) != 0 && begin < end) {
      const std::size_t last = std::max(begin, previous_character(text, end));
      if (!holds(characters, text.substr(last, end - last))) break;
      end = last;
    }
    result = text.substr(begin, end - begin);
  }
};
template <Side kSide>
struct Trim {
  static void compute(Text text, Text& result) {
    if ((kSide & kLeft) != 0) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if ((kSide & kRight) != 0) text = text.substr(0, text.find_last_not_of(' ') + 1);
    result = text;
  }
};

// The bytes of `count` characters after `skipped` of them.
Text characters_of(Text text, Int skipped, Int count) noexcept {
  std::size_t begin = 0;
  for (; skipped > 0 && begin < text.size(); --skipped)
    begin = next_character(text, begin);
  std::size_t end = begin;
  for (; count > 0 && end < text.size(); --count)
    end = next_character(text, end);
  return text.substr(begin, end - begin);
}

// DuckDB's rules: the window of `length` characters from `start` on, or before it where the length is
// negative, as far as it covers the text. `start` counts from 1, or from the end where it is negative; 0 is
// the place before the first character.
struct SubstringOf {
  static void compute(Text text, Int start, Int length, Text& result) {
    constexpr Int kFar = Int{1} << 40;  // further than any text reaches
    start = std::clamp(start, -kFar, kFar);
    length = std::clamp(length, -kFar, kFar);
    Int begin = start >= 0 ? start - 1 : static_cast<Int>(count_characters(text)) + start;
    Int end = begin + length;
    if (end < begin) std::swap(begin, end);
    begin = std::max<Int>(begin, 0);
    result = characters_of(text, begin, end - begin);
  }
};
struct Substring {
  static void compute(Text text, Int start, Text& result) {
    SubstringOf::compute(text, start == 0 ? 1 : start, std::numeric_limits<Int>::max(), result);
  }
};

struct Replace {
  static void compute(Text text, Text from, Text to, std::string& result) {
    if (from.empty()) {
      result.assign(text);
      return;
    }
    std::size_t begin = 0;
    for (std::size_t found = 0; (found = text.find(from, begin)) != Text::npos; begin = found + from.size())
      result.append(text, begin, found - begin).append(to);
    result.append(text, begin);
  }
};
struct Contains {
  static void compute(Text text, Text part, Bool& result) { result = text.find(part) != Text::npos; }
};
struct StartsWith {
  static void compute(Text text, Text part, Bool& result) { result = text.substr(0, part.size()) == part; }
};
struct EndsWith {
  static void compute(Text text, Text part, Bool& result) {
    result = text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
  }
};
struct Like {
  static void compute(Text text, Text pattern, Bool& result) { result = is_like(text, pattern); }
};
struct LikeIgnoringCase {
  static void compute(Text text, Text pattern, Bool& result) {
    result = is_like_ignoring_case(text, pattern);
  }
};
// A pattern that is known, and is but a text with `%` at its ends, need not be gone through at each row.
KernelPtr make_like(Type type, Arguments arguments) {
  const Constant* constant = arguments[1]->constant();
  if (constant == nullptr) return make_operation<Like>(type, std::move(arguments));
  const Text pattern = constant->column->text(0);
  const bool any_before = pattern.starts_with('%');
  const bool any_behind = pattern.size() > 1 && pattern.ends_with('%');
  const Text part =
      pattern.substr(any_before ? 1 : 0, pattern.size() - (any_before ? 1 : 0) - (any_behind ? 1 : 0));
  const bool only_at_ends = part.find_first_of("%_") == Text::npos;
  if (!only_at_ends || (!any_before && !any_behind)) return make_operation<Like>(type, std::move(arguments));
  Arguments with_part = {std::move(arguments[0]), make_literal(string_literal(std::string(part)))};
  if (!any_behind) return make_operation<EndsWith>(type, std::move(with_part));
  if (!any_before) return make_operation<StartsWith>(type, std::move(with_part));
  return make_operation<Contains>(type, std::move(with_part));
}
struct Concatenate {
  static void compute(Text left, Text right, std::string& result) { result.append(left).append(right); }
};

// concat passes over NULLs, unlike `||`.
class ConcatKernel final : public Kernel {
 public:
  explicit ConcatKernel(Arguments values) : Kernel(Type::string, std::move(values)) {}

  Operand evaluate(const Frame& frame) const override {
    std::vector<Operand> operands;
    for (const KernelPtr& argument : arguments())
      operands.push_back(argument->evaluate(frame));
    ColumnBuilder builder(Type::string, frame.physical_rows());
    std::string joined;
    frame.rows.for_each([&](std::size_t row) {
      joined.clear();
      for (const Operand& operand : operands)
        if (operand.is_valid(row)) joined += operand.column().text(operand.place(row));
      builder.set_copy(row, joined);
    });
    return Operand::of_column(std::move(builder).finish());
  }
};

KernelPtr make_concat(Type, Arguments arguments) {
  return std::make_shared<ConcatKernel>(std::move(arguments));
}

Function string_function(std::string_view name, std::string_view usage, std::string_view summary,
                         std::string_view example, std::vector<Type> parameters, Type result,
                         KernelPtr (*make)(Type, Arguments)) {
  return plain_function("Strings", name, usage, summary, example, std::move(parameters), result, make);
}

constexpr Type kText = Type::string;

void add_trims(FunctionTable& table) {
  const std::vector<Type> one(1, kText);
  const std::vector<Type> two(2, kText);
  table.add(string_function("trim", "trim(s)", "Without the spaces at both ends.", "trim('  a b ')", one,
                            kText, make_operation<Trim<kBoth>>));
  table.add(string_function("ltrim", "ltrim(s)", "Without the spaces at the left end.", "ltrim('  a')", one,
                            kText, make_operation<Trim<kLeft>>));
  table.add(string_function("rtrim", "rtrim(s)", "Without the spaces at the right end.", "rtrim('a  ')", one,
                            kText, make_operation<Trim<kRight>>));
  table.add(string_function("trim", "trim(s, characters)", "Without any of these characters at both ends.",
                            "trim('--a--', '-')", two, kText, make_operation<TrimOf<kBoth>>));
  table.add(string_function("ltrim", "ltrim(s, characters)",
                            "Without any of these characters at the left end.", "ltrim('007', '0')", two,
                            kText, make_operation<TrimOf<kLeft>>));
  table.add(string_function("rtrim", "rtrim(s, characters)",
                            "Without any of these characters at the right end.", "rtrim('1.500', '0')", two,
                            kText, make_operation<TrimOf<kRight>>));
}

void add_substrings(FunctionTable& table) {
  const std::vector<Type> two = {kText, Type::int64};
  const std::vector<Type> three = {kText, Type::int64, Type::int64};
  table.add(string_function("substr", "substr(s, start)",
                            "From a character on, counted from 1, or from the end.", "substr('hello', -3)",
                            two, kText, make_operation<Substring>));
  table.add(string_function("substr", "substr(s, start, length)", "That many characters from there on.",
                            "substr('hello', 2, 3)", three, kText, make_operation<SubstringOf>));
  table.add(string_function("substring", "substring(s, start)", "The same as substr.",
                            "substring('hello', 2)", two, kText, make_operation<Substring>));
  table.add(string_function("substring", "substring(s, start, length)", "The same as substr.",
                            "substring('hello', 2, 3)", three, kText, make_operation<SubstringOf>));
}

void add_joins(FunctionTable& table) {
  Function joined = string_function("||", "s || t", "Both, one after the other.", "'a' || 1", {}, kText,
                                    make_operation<Concatenate>);
  joined.conversion = Conversion::to_string;
  joined.arguments_min = joined.arguments_max = 2;
  table.add(joined);
  Function concat =
      string_function("concat", "concat(s, t, ...)", "All, one after the other; NULLs are passed over.",
                      "concat('a', null, 1)", {}, kText, make_concat);
  concat.conversion = Conversion::to_string;
  concat.arguments_min = 1;
  concat.arguments_max = std::numeric_limits<std::size_t>::max();
  concat.null_gives_null = false;
  table.add(std::move(concat));
}

}  // namespace

void add_string_functions(FunctionTable& table) {
  const std::vector<Type> one(1, kText);
  const std::vector<Type> two(2, kText);
  const std::vector<Type> three(3, kText);
  table.add(string_function("lower", "lower(s)", "With small letters, of all alphabets.", "lower('ZÜRICH')",
                            one, kText, make_operation<Lower>));
  table.add(string_function("upper", "upper(s)", "With capitals, of all alphabets.", "upper('Zürich')", one,
                            kText, make_operation<Upper>));
  table.add(string_function("length", "length(s)", "How many characters.", "length('Zürich')", one,
                            Type::int64, make_operation<Length>));
  add_trims(table);
  add_substrings(table);
  add_joins(table);
  table.add(string_function("replace", "replace(s, from, to)", "Every `from` replaced by `to`.",
                            "replace('a-b-c', '-', '+')", three, kText, make_operation<Replace>));
  table.add(string_function("contains", "contains(s, part)", "Whether part stands anywhere in s.",
                            "contains('hello', 'ell')", two, Type::boolean, make_operation<Contains>));
  table.add(string_function("starts_with", "starts_with(s, part)", "Whether s begins with part.",
                            "starts_with('hello', 'he')", two, Type::boolean, make_operation<StartsWith>));
  table.add(string_function("ends_with", "ends_with(s, part)", "Whether s ends with part.",
                            "ends_with('hello', 'lo')", two, Type::boolean, make_operation<EndsWith>));
  table.add(string_function("like", "s like pattern", "`%` stands for any text, `_` for one character.",
                            "'hello' like 'h%_o'", two, Type::boolean, make_like));
  table.add(string_function("ilike", "s ilike pattern", "The same, whatever the size of letters.",
                            "'HELLO' ilike 'h%o'", two, Type::boolean, make_operation<LikeIgnoringCase>));
}

}  // namespace weir::expressions
