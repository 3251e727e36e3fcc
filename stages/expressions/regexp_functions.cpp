// Functions of regular expressions.

#include <re2/re2.h>

#include <array>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/expressions/regular_expression.hpp"

namespace weir::expressions {
namespace {

using Text = std::string_view;

re2::StringPiece piece(Text text) noexcept { return {text.data(), text.size()}; }

// Computes at each row of a text that is not NULL: `body(row, text, builder)`.
template <class Body>
Operand for_each_text(const Frame& frame, const Kernel& argument, Type type, Body&& body) {
  const Operand texts = argument.evaluate(frame);
  ColumnBuilder builder(type, frame.physical_rows());
  const bool nulls = texts.has_nulls();
  frame.rows.for_each([&](std::size_t row) {
    if (nulls && !texts.is_valid(row)) return builder.set_null(row);
    body(row, texts.column().text(texts.place(row)), builder);
  });
  builder.keep(texts.column());
  return Operand::of_column(std::move(builder).finish());
}

class MatchKernel final : public Kernel {
 public:
  MatchKernel(KernelPtr text, RegularExpression expression, re2::RE2::Anchor anchor)
      : Kernel(Type::boolean, {std::move(text)}), expression_(std::move(expression)), anchor_(anchor) {}

  Operand evaluate(const Frame& frame) const override {
    return for_each_text(frame, *arguments()[0], Type::boolean,
                         [&](std::size_t row, Text text, ColumnBuilder& builder) {
                           builder.values<std::uint8_t>()[row] =
                               expression_.pattern->Match(piece(text), 0, text.size(), anchor_, nullptr, 0);
                         });
  }

 private:
  RegularExpression expression_;
  re2::RE2::Anchor anchor_;
};

class ExtractKernel final : public Kernel {
 public:
  static constexpr int kGroupsMax = 9;

  ExtractKernel(KernelPtr text, RegularExpression expression, int group)
      : Kernel(Type::string, {std::move(text)}), expression_(std::move(expression)), group_(group) {}

  Operand evaluate(const Frame& frame) const override {
    std::array<re2::StringPiece, kGroupsMax + 1> groups;
    return for_each_text(frame, *arguments()[0], Type::string,
                         [&](std::size_t row, Text text, ColumnBuilder& builder) {
                           if (!expression_.pattern->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED,
                                                           groups.data(), group_ + 1))
                             return;
                           const re2::StringPiece& found = groups[static_cast<std::size_t>(group_)];
                           builder.set_view(row, {found.data(), found.size()});
                         });
  }

 private:
  RegularExpression expression_;
  int group_;
};

class ReplaceKernel final : public Kernel {
 public:
  ReplaceKernel(KernelPtr text, RegularExpression expression, std::string replacement)
      : Kernel(Type::string, {std::move(text)}),
        expression_(std::move(expression)),
        replacement_(std::move(replacement)) {}

  Operand evaluate(const Frame& frame) const override {
    std::string replaced;
    return for_each_text(
        frame, *arguments()[0], Type::string, [&](std::size_t row, Text text, ColumnBuilder& builder) {
          replaced.assign(text);
          const bool found = expression_.everywhere
                                 ? re2::RE2::GlobalReplace(&replaced, *expression_.pattern, replacement_) > 0
                                 : re2::RE2::Replace(&replaced, *expression_.pattern, replacement_);
          if (found)
            builder.set_copy(row, replaced);
          else
            builder.set_view(row, text);
        });
  }

 private:
  RegularExpression expression_;
  std::string replacement_;
};

KernelPtr make_matches(Type, Arguments arguments) {
  RegularExpression compiled = compile_pattern("regexp_matches", arguments, {1, 2, "cis"});
  return std::make_shared<MatchKernel>(std::move(arguments[0]), std::move(compiled), re2::RE2::UNANCHORED);
}

KernelPtr make_full_match(Type, Arguments arguments) {
  RegularExpression compiled = compile_pattern("regexp_full_match", arguments, {1, 2, "cis"});
  return std::make_shared<MatchKernel>(std::move(arguments[0]), std::move(compiled), re2::RE2::ANCHOR_BOTH);
}

KernelPtr make_extract(Type, Arguments arguments) {
  RegularExpression compiled = compile_pattern("regexp_extract", arguments, {1, 3, "cis"});
  int group = 0;
  if (arguments.size() > 2) {
    const Constant* constant = arguments[2]->constant();
    if (constant == nullptr)
      throw BadArgument(2, "regexp_extract wants its group as a number, not computed", "as in 1");
    const std::int64_t number = constant->column->values<std::int64_t>()[0];
    const int groups = std::min(compiled.pattern->NumberOfCapturingGroups(), ExtractKernel::kGroupsMax);
    if (number < 0 || number > groups)
      throw BadArgument(2, "the pattern has no group " + shown(number),
                        groups == 0
                            ? "a group is what stands between ( and )"
                            : "0 is the whole match, and its groups go from 1 to " + std::to_string(groups));
    group = static_cast<int>(number);
  }
  return std::make_shared<ExtractKernel>(std::move(arguments[0]), std::move(compiled), group);
}

KernelPtr make_replace(Type, Arguments arguments) {
  RegularExpression compiled = compile_pattern("regexp_replace", arguments, {1, 3, "cisg"});
  const Constant* replacement = arguments[2]->constant();
  if (replacement == nullptr)
    throw BadArgument(2, "regexp_replace wants its replacement as a text, not computed", "as in '<\\1>'");
  const Text text = replacement->column->text(0);
  std::string error;
  if (!compiled.pattern->CheckRewriteString(piece(text), &error))
    throw BadArgument(2, "this cannot replace a match: " + shown(text) + ": " + error,
                      "\\1 is the first group, and \\\\ a backslash");
  return std::make_shared<ReplaceKernel>(std::move(arguments[0]), std::move(compiled), std::string(text));
}

}  // namespace

void add_regular_expressions(FunctionTable& table) {
  constexpr Type kText = Type::string;
  const auto add = [&](std::string_view name, std::string_view usage, std::string_view summary,
                       std::string_view example, std::vector<Type> parameters, Type result,
                       KernelPtr (*make)(Type, Arguments)) {
    Function function;
    function.name = name;
    function.section = "Regular expressions";
    function.usage = usage;
    function.summary = summary;
    function.example = example;
    function.parameters = std::move(parameters);
    function.result = result;
    function.make = make;
    table.add(std::move(function));
  };
  add("regexp_matches", "regexp_matches(s, pattern)", "Whether the pattern matches anywhere in s.",
      "regexp_matches('flight 12', '[0-9]+')", {kText, kText}, Type::boolean, make_matches);
  add("regexp_matches", "regexp_matches(s, pattern, options)",
      "The same with options: i for letters of any size, s where a dot is also a newline.",
      "regexp_matches('FLIGHT', 'light', 'i')", {kText, kText, kText}, Type::boolean, make_matches);
  add("regexp_full_match", "regexp_full_match(s, pattern)", "Whether the pattern matches all of s.",
      "regexp_full_match('flight 12', '[0-9]+')", {kText, kText}, Type::boolean, make_full_match);
  add("regexp_full_match", "regexp_full_match(s, pattern, options)", "The same with options.",
      "regexp_full_match('AB', '[a-z]+', 'i')", {kText, kText, kText}, Type::boolean, make_full_match);
  add("regexp_extract", "regexp_extract(s, pattern)", "The first part that matches; empty where none does.",
      "regexp_extract('flight 12', '[0-9]+')", {kText, kText}, kText, make_extract);
  add("regexp_extract", "regexp_extract(s, pattern, group)",
      "What a group (...) of the pattern matches there; group 0 is the whole.",
      "regexp_extract('2001-02', '([0-9]+)-([0-9]+)', 2)", {kText, kText, Type::int64}, kText, make_extract);
  add("regexp_extract", "regexp_extract(s, pattern, group, options)", "The same with options.",
      "regexp_extract('Flight AB12', '([a-z]+)[0-9]', 1, 'i')", {kText, kText, Type::int64, kText}, kText,
      make_extract);
  add("regexp_replace", "regexp_replace(s, pattern, replacement)",
      "The first match replaced; \\1 stands for what the first group matched.",
      "regexp_replace('a1b2', '([0-9])', '<\\1>')", {kText, kText, kText}, kText, make_replace);
  add("regexp_replace", "regexp_replace(s, pattern, replacement, options)",
      "The same with options, of which g replaces every match.", "regexp_replace('a1b2', '[0-9]', '#', 'g')",
      {kText, kText, kText, kText}, kText, make_replace);
}

}  // namespace weir::expressions
