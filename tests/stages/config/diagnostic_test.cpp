#include "weir/diagnostic.hpp"

#include <gtest/gtest.h>

#include "stages/config/diagnostic_text.hpp"
#include "stages/config/expression_text.hpp"

namespace weir {
namespace {

TEST(NearestName, ForgivesSlipsAndNotMore) {
  const std::vector<std::string> names = {"read_csv", "filter", "select", "sort", "group_by", "on", "x"};
  const std::vector<std::pair<std::string, std::string>> table = {
      {"filtre", "filter"}, {"fliter", "filter"},
      {"Filter", "filter"}, {"read-csv", "read_csv"},
      {"selct", "select"},  {"group", "group_by"},
      {"no", "on"},         {"y", ""},
      {"aggregate", ""},    {"", ""},
  };
  for (const auto& [wrong, nearest] : table)
    EXPECT_EQ(nearest_name(wrong, names), nearest) << wrong;
}

TEST(SuggestName, ListsTheNamesWhereNoneIsNear) {
  EXPECT_EQ(suggest_name("slect", {"select", "sort"}), "did you mean `select`?");
  EXPECT_EQ(suggest_name("join", {"select", "sort"}), "one of: select, sort");
  EXPECT_EQ(suggest_name("join", {}), "");
}

TEST(DiagnosticText, PutsTheCaretUnderCharactersNotBytes) {
  std::vector<Diagnostic> diagnostics = {{{"x.yaml", 2, 10}, "a.b", "wrong", "right", 3}};
  add_excerpts(diagnostics, "x.yaml", "one\n\té: ä 'xyz'\n");
  EXPECT_EQ(diagnostics[0].where.column, 8u);
  EXPECT_EQ(to_text(diagnostics, Colour::never),
            "x.yaml:2:8: a.b: wrong\n    2 | \té: ä 'xyz'\n      | \t      ^~~\n      = right\n");
}

TEST(DiagnosticText, NeverMarksBeyondTheLine) {
  std::vector<Diagnostic> diagnostics = {{{"x.yaml", 1, 3}, "", "wrong", "", 99},
                                         {{"x.yaml", 1, 50}, "", "far", ""}};
  add_excerpts(diagnostics, "x.yaml", "abcd");
  EXPECT_EQ(to_text(diagnostics, Colour::never),
            "x.yaml:1:3: wrong\n    1 | abcd\n      |   ^~\nx.yaml:1:5: far\n    1 | abcd\n      |     ^\n");
}

TEST(DiagnosticText, ColoursOnlyWhenAsked) {
  const std::vector<Diagnostic> diagnostics = {{{"x.yaml", 1, 1}, "", "wrong", "right"}};
  EXPECT_EQ(to_text(diagnostics, Colour::never).find('\x1b'), std::string::npos);
  EXPECT_NE(to_text(diagnostics, Colour::always).find('\x1b'), std::string::npos);
}

TEST(Inside, FollowsTheLinesOfABlock) {
  const Location where{"x.yaml", 5, 7};
  EXPECT_EQ(inside(where, "abc", 2).column, 9u);
  EXPECT_EQ(inside(where, "abc\ndef", 5).line, 6u);
  EXPECT_EQ(inside(where, "abc\ndef", 5).column, 8u);
}

TEST(ExpressionText, KnowsWhatIsBalanced) {
  for (const char* text : {"", "a", "f(a, b)", "'('", "\")\"", "'it''s'", "a[1]"})
    EXPECT_TRUE(is_balanced(text)) << text;
  for (const char* text : {"f(a", "b)", "'a", "\"a", ")(", "('"})
    EXPECT_FALSE(is_balanced(text)) << text;
}

TEST(ExpressionText, SplitsAtTheCommasOutside) {
  std::vector<std::string> parts;
  for (const TextPart& part : split_at_commas(" a, f(b, c) desc ,', '\n"))
    parts.emplace_back(part.text);
  EXPECT_EQ(parts, (std::vector<std::string>{"a", "f(b, c) desc", "', '"}));
}

TEST(ExpressionText, QuotesAsYamlNeedsIt) {
  EXPECT_EQ(yaml_quoted("f(a, 'b')"), "\"f(a, 'b')\"");
  EXPECT_EQ(yaml_quoted("f(\"a b\", 'b')"), "'f(\"a b\", ''b'')'");
}

}  // namespace
}  // namespace weir
