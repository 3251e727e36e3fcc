#include "stages/expressions/parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "stages/expressions/lexer.hpp"
#include "weir/expression.hpp"

namespace weir {
namespace {

using expressions::parse_expression;

TEST(Lexer, GivesEachTokenItsPlace) {
  const auto tokens = expressions::tokenize("a1 >= \"b \"\"c\" || 'it''s' + 1.5e-3 - $late");
  struct Case {
    std::string_view written;
    std::size_t offset;
  };
  const Case cases[] = {{"a1", 0}, {">=", 3},      {"\"b \"\"c\"", 6}, {"||", 14},    {"'it''s'", 17},
                        {"+", 25}, {"1.5e-3", 27}, {"-", 34},          {"$late", 36}, {"", 41}};
  ASSERT_EQ(tokens.size(), std::size(cases));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(tokens[i].written, cases[i].written);
    EXPECT_EQ(tokens[i].span.offset, cases[i].offset) << cases[i].written;
  }
  EXPECT_EQ(expressions::unquoted(tokens[2]), "b \"c");
  EXPECT_EQ(expressions::unquoted(tokens[4]), "it's");
}

TEST(Parser, PointsAtWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::size_t offset;
    std::string_view message;
    bool ended_early;
  };
  const Case cases[] = {
      {"", 0, "the expression is empty", true},
      {"a +", 3, "a value is missing after `+`: got the end", true},
      {"a + * b", 4, "a value is missing after `+`: got `*`", false},
      {"* b", 0, "a value is missing: got `*`", false},
      {"(a + b", 0, "this parenthesis is not closed", true},
      {"round(a", 5, "this parenthesis is not closed", true},
      {"round(a, ", 5, "this parenthesis is not closed", true},
      {"a in (1, 2", 5, "this parenthesis is not closed", true},
      {"a in ()", 6, "`in` needs at least one value", false},
      {"a in 1", 5, "`(` is missing after `in`: got `1`", false},
      {"a)", 1, "this parenthesis was never opened", false},
      {"a = 'LAX", 4, "the quote of this text is not closed: 'LAX", true},
      {"\"a", 0, "the quote of this name is not closed: \"a", true},
      {"a b", 2, "an operator is missing before `b`", false},
      {"a, b", 1, "there is room for one expression here, not for several", false},
      {"(a, b)", 2, "there is room for one expression between these parentheses", false},
      {"a as b", 2, "an expression has no `as` here", false},
      {"a between 1", 11, "`and` is missing after the lower bound of `between`: got the end", true},
      {"a between 1 or 2", 12, "`and` is missing after the lower bound of `between`: got `or`", false},
      {"1 < a < 3", 6, "comparisons cannot be chained", false},
      {"a is 3", 5, "`is` takes null, true, false or distinct from: got `3`", false},
      {"a is distinct b", 14, "`from` is missing after `is distinct`: got `b`", false},
      {"case a end", 7, "`case` needs a `when`: got `end`", false},
      {"case when a then 1", 0, "this `case` has no `end`", true},
      {"case when a 1 end", 12, "`then` is missing after the condition of `when`: got `1`", false},
      {"cast(a, int64)", 6, "`as` and a type are missing before `,`", false},
      {"cast(a as integr)", 10, "there is no type `integr`", false},
      {"a::", 3, "the name of a type is missing", true},
      {"timestamp '2001-13-01'", 10, "this is no timestamp: '2001-13-01'", false},
      {"date '2001-02-30'", 5, "this is no date: '2001-02-30'", false},
      {"day '2001-01-01'", 4, "a text cannot follow `day`", false},
      {"99999999999999999999", 0, "this number does not fit int64: 99999999999999999999", false},
      {"1e999", 0, "this number does not fit double: 1e999", false},
      {"12abc", 0, "this is neither a number nor a name: 12abc", false},
      {"a @ b", 2, "`@` is no part of an expression", false},
      {"a && b", 2, "`&&` is not an operator of SQL", false},
      {"!a", 0, "`!` is not an operator of SQL", false},
      {"a -- b", 2, "`--` begins a comment in SQL, and expressions hold none", false},
      {"${late} > 1", 0, "`${...}` is not replaced inside expressions", false},
      {"a.b", 1, "columns have no qualified names: got `a.`", false},
      {"end + 1", 0, "a value is missing: got the keyword `end`", false},
      {"count(distinct)", 14, "`count` needs at least one value", false},
      {"sum(a) filter (a > 1)", 15, "`where` is missing after `filter (`: got `a`", false},
      {"sum(a) filter (where a > 1", 14, "this parenthesis is not closed", true},
  };
  for (const Case& each : cases) {
    try {
      parse_expression(each.text);
      ADD_FAILURE() << each.text;
    } catch (const ExpressionError& error) {
      EXPECT_EQ(error.what(), std::string(each.message)) << each.text;
      EXPECT_EQ(error.offset(), each.offset) << each.text;
      EXPECT_EQ(error.ended_early(), each.ended_early) << each.text;
    }
  }
}

TEST(Parser, RefusesWhatIsNestedTooDeeply) {
  const std::string open(100'000, '(');
  EXPECT_THROW(parse_expression(open), ExpressionError);
  std::string minuses;
  for (int i = 0; i < 100'000; ++i)
    minuses += "- ";
  EXPECT_THROW(parse_expression(minuses + "1"), ExpressionError);
  std::string sum = "1";
  for (std::size_t i = 0; i < expressions::kDepthMax; ++i)
    sum += " + 1";
  EXPECT_THROW(parse_expression(sum), ExpressionError);
  EXPECT_NO_THROW(parse_expression(std::string(300, '(') + "1" + std::string(300, ')')));
}

// Whatever comes, it is parsed or refused; the sanitizers watch.
TEST(Parser, SurvivesAnyTokens) {
  constexpr std::string_view kPieces[] = {
      "a",    "1",    "'x'",  "\"c\"", "$v",    "(",  ")",         ",",    "+",        "-",
      "and",  "or",   "not",  "is",    "null",  "in", "between",   "like", "case",     "when",
      "then", "else", "end",  "cast",  "as",    "::", "int64",     "=",    "distinct", "from",
      "*",    ".",    "true", "round", "count", "||", "timestamp", "'",    "$",        "1e"};
  std::mt19937 random(20'010'114);
  std::size_t parsed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t length = random() % 12; length > 0; --length)
      (text += kPieces[random() % std::size(kPieces)]) += ' ';
    try {
      parse_expression(text);
      ++parsed;
    } catch (const ExpressionError& error) {
      EXPECT_LE(error.offset(), text.size()) << text;
    }
  }
  EXPECT_GT(parsed, 0u);
}

TEST(Expression, IsNamedByItsColumnOrItsText) {
  EXPECT_EQ(Expression::parse(" \"mean delay\" ").default_name(), "mean delay");
  EXPECT_EQ(Expression::parse("(delay)").default_name(), "delay");
  EXPECT_EQ(Expression::parse("  delay  / 60 ").default_name(), "delay  / 60");
  EXPECT_EQ(Expression::parse("(a + b) * (c)").default_name(), "(a + b) * (c)");
}

TEST(Expression, ListsCarryNamesAndTheirPlaces) {
  const std::string text = "origin, round(delay / 60, 1) as hours, 1 as \"as\"";
  const auto list = Expression::parse_list(text);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].first.default_name(), "origin");
  EXPECT_EQ(list[0].second, "");
  EXPECT_EQ(list[1].first.text(), "round(delay / 60, 1)");
  EXPECT_EQ(list[1].second, "hours");
  EXPECT_EQ(list[2].second, "as");
  try {
    list[1].first.bind(Schema({{"dela", Type::int64}}));
    FAIL();
  } catch (const ExpressionError& error) {
    EXPECT_EQ(error.offset(), text.find("delay"));
  }
}

}  // namespace
}  // namespace weir
