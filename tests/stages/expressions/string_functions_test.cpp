// Strings: characters of all alphabets, parts, paddings and regular expressions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stages/expressions/refusals.hpp"
#include "tests/stages/expressions/scalar_cases.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::evaluate;
using testing::expect_refusals;
using testing::expect_values;
using testing::Table;

TEST(StringFunctions, KnowTheLettersOfAllAlphabets) {
  expect_values({
      {"lower('ÄÖÜ ΣΑΣ ЖЁ ß')", "äöü σασ жё ß"},
      {"upper('äöü σας жё ÿ')", "ÄÖÜ ΣΑΣ ЖЁ Ÿ"},
      {"upper('a ﬁ 漢 🙂')", "A ﬁ 漢 🙂"},
      {"lower('')", ""},
      {"'ä' ilike 'Ä'", "true"},
      {"'Straße in ZÜRICH' ilike '%zürich'", "true"},
      {"'straße' ilike 'STRASSE'", "false"},
      {"'жёлтый' ilike 'ЖЁ_ТЫЙ'", "true"},
  });
}

TEST(StringFunctions, LeaveBytesThatAreNoUtf8) {
  const Table table = Table().strings("s", {"\xE9T\xC3\x89", "A\xFF"});
  EXPECT_THAT(evaluate("lower(s)", table), ElementsAre("\xE9t\xC3\xA9", "a\xFF"));
  EXPECT_THAT(evaluate("upper(s)", table), ElementsAre("\xE9T\xC3\x89", "A\xFF"));
}

TEST(StringFunctions, CountFromBothEnds) {
  expect_values({
      {"left('Zürich', 2)", "Zü"},
      {"left('abc', -1)", "ab"},
      {"left('abc', -5)", ""},
      {"left('abc', 9)", "abc"},
      {"left('abc', 0)", ""},
      {"right('Zürich', 3)", "ich"},
      {"right('abc', -1)", "bc"},
      {"right('abc', -5)", ""},
      {"right('aü', 1)", "ü"},
      {"right('abc', -9223372036854775808)", ""},
      {"left('abc', -9223372036854775808)", ""},
      {"reverse('Zürich')", "hcirüZ"},
      {"strpos('Zürich', 'r')", "3"},
      {"strpos('abc', 'x')", "0"},
      {"strpos('abc', '')", "1"},
      {"position('b' in 'abc')", "2"},
      {"position('b' || 'c' in 'abc')", "2"},
  });
}

TEST(StringFunctions, PadAndRepeatUpToALimit) {
  expect_values({
      {"lpad('ab', 5, 'xy')", "xyxab"},
      {"lpad('abcdef', 3, 'x')", "abc"},
      {"lpad('ab', -1, 'x')", ""},
      {"lpad('Zü', 4, 'é')", "ééZü"},
      {"rpad('ab', 5, 'ü')", "abüüü"},
      {"rpad('abcdef', 3, 'x')", "abc"},
      {"lpad('ab', 5, '')", "error: nothing to pad with: lpad('ab', 5, '')"},
      {"rpad('ab', 9223372036854775807, 'x')", "error: too long: rpad('ab', 9223372036854775807, 'x')"},
      {"repeat('ab', 3)", "ababab"},
      {"repeat('ab', -1)", ""},
      {"repeat('', 9223372036854775807)", ""},
      {"length(repeat('0123456789', 100))", "1000"},
      {"repeat('ab', 9223372036854775807)", "error: too long: repeat('ab', 9223372036854775807)"},
  });
}

TEST(StringFunctions, GiveThePartsBetweenDelimiters) {
  expect_values({
      {"split_part('a-b-c', '-', 2)", "b"},  {"split_part('a-b-c', '-', 1)", "a"},
      {"split_part('a-b-c', '-', 3)", "c"},  {"split_part('a-b-c', '-', 4)", ""},
      {"split_part('a-b-c', '-', -1)", "c"}, {"split_part('a-b-c', '-', -3)", "a"},
      {"split_part('a-b-c', '-', -4)", ""},  {"split_part('a-b-c', '-', 0)", ""},
      {"split_part('a--b', '-', 2)", ""},    {"split_part('a::b::c', '::', -1)", "c"},
      {"split_part('aübüc', 'ü', 2)", "b"},  {"split_part('a-b-c', '', 2)", "-"},
      {"split_part('ü!', '', 1)", "ü"},      {"split_part('', '-', 1)", ""},
      {"split_part('abc', '-', 1)", "abc"},  {"split_part('a-', '-', 2)", ""},
      {"split_part(null, '-', 1)", "NULL"},  {"concat_ws('-', 'a', null, 'b')", "a-b"},
      {"concat_ws('-', 1, true)", "1-true"}, {"concat_ws('-', null, 'a')", "a"},
      {"concat_ws(null, 'a', 'b')", "NULL"}, {"concat_ws('-', null, null)", ""},
  });
}

TEST(StringFunctions, MatchPatternsWithPercentsAtTheirEndsAlone) {
  const Table table = Table().strings("s", {"SFO to LAX", "to", "", std::nullopt, "LAX to", "a % sign"});
  EXPECT_THAT(evaluate("s like '%to%'", table),
              ElementsAre("true", "true", "false", "NULL", "true", "false"));
  EXPECT_THAT(evaluate("s like 'to%'", table),
              ElementsAre("false", "true", "false", "NULL", "false", "false"));
  EXPECT_THAT(evaluate("s like '%to'", table),
              ElementsAre("false", "true", "false", "NULL", "true", "false"));
  EXPECT_THAT(evaluate("s like '%'", table), ElementsAre("true", "true", "true", "NULL", "true", "true"));
  EXPECT_THAT(evaluate("s like '%%'", table), ElementsAre("true", "true", "true", "NULL", "true", "true"));
  EXPECT_THAT(evaluate("s like 'to'", table),
              ElementsAre("false", "true", "false", "NULL", "false", "false"));
  EXPECT_THAT(evaluate("s like '%_o%'", table),
              ElementsAre("true", "true", "false", "NULL", "true", "false"));
}

TEST(RegularExpressions, MatchExtractAndReplace) {
  expect_values({
      {"regexp_matches('abc123', '[0-9]+')", "true"},
      {"regexp_matches('abc', '^b')", "false"},
      {"regexp_matches('ABC', 'b')", "false"},
      {"regexp_matches('ABC', 'b', 'i')", "true"},
      {"regexp_matches('ZÜRICH', 'zü', 'i')", "true"},
      {"regexp_matches('a' || null, 'b')", "NULL"},
      {"regexp_full_match('abc', 'b')", "false"},
      {"regexp_full_match('abc', '.b.')", "true"},
      {"regexp_extract('abc123', '[0-9]+')", "123"},
      {"regexp_extract('abc', '[0-9]+')", ""},
      {"regexp_extract('2001-02', '(\\d+)-(\\d+)', 2)", "02"},
      {"regexp_extract('2001-02', '(\\d+)-(\\d+)', 0)", "2001-02"},
      {"regexp_extract('ab', '(x)?b', 1)", ""},
      {"regexp_extract('AB', '(b)', 1, 'i')", "B"},
      {"regexp_extract('a text that is longer than a slot is', 'text.*slot')",
       "text that is longer than a slot"},
      {"regexp_replace('a1b2', '[0-9]', 'X')", "aXb2"},
      {"regexp_replace('a1b2', '[0-9]', 'X', 'g')", "aXbX"},
      {"regexp_replace('a1b2', '([0-9])', '<\\1>', 'g')", "a<1>b<2>"},
      {"regexp_replace('ABC', 'b', 'x', 'i')", "AxC"},
      {"regexp_replace('a text that nothing is found in', 'x{9}', '')", "a text that nothing is found in"},
  });
  EXPECT_THAT(evaluate("regexp_matches(s, 'a.b', 's')", Table().strings("s", {"a\nb"})), ElementsAre("true"));
  EXPECT_THAT(evaluate("regexp_matches(s, 'a.b')", Table().strings("s", {"a\nb"})), ElementsAre("false"));
}

TEST(RegularExpressions, WorkOnColumnsWithNulls) {
  const Table table = Table().strings("s", {"flight 12", std::nullopt, "a text without any of these", "7"});
  EXPECT_THAT(evaluate("regexp_extract(s, '[0-9]+')", table), ElementsAre("12", "NULL", "", "7"));
  EXPECT_THAT(evaluate("regexp_replace(s, '[a-z]+', '*')", table),
              ElementsAre("* 12", "NULL", "* text without any of these", "7"));
  EXPECT_THAT(evaluate("regexp_matches(s, '^[0-9]')", table), ElementsAre("false", "NULL", "false", "true"));
}

TEST(RegularExpressions, AreConstantsThatMakeSense) {
  expect_refusals(
      Table().strings("s", {"x"}),
      {
          {"regexp_matches(s, 'a[')", 18, 4, "this is no regular expression: 'a[': missing ]: ["},
          {"regexp_matches(s, s)", 18, 1, "regexp_matches wants its pattern as a text, not computed"},
          {"regexp_matches(s, 'a', 'q')", 23, 3, "regexp_matches knows no option 'q'"},
          {"regexp_matches(s, 'a', 'g')", 23, 3, "regexp_matches knows no option 'g'"},
          {"regexp_extract(s, '(a)', 2)", 25, 1, "the pattern has no group 2"},
          {"regexp_replace(s, 'a', '\\1')", 23, 4,
           "this cannot replace a match: '\\1': Rewrite schema requests 1 matches, but the regexp only has 0 "
           "parenthesized subexpressions."},
          {"regexp_replace(s, 'a', s)", 23, 1,
           "regexp_replace wants its replacement as a text, not computed"},
      });
}

}  // namespace
}  // namespace weir
