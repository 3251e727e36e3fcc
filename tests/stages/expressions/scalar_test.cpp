// What single values come to: one table for each part of the language.

#include <gtest/gtest.h>

#include "tests/stages/expressions/scalar_cases.hpp"

namespace weir {
namespace {

using testing::expect_values;

TEST(Scalar, BindsOperatorsAsSqlDoes) {
  expect_values({
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"10 - 3 - 2", "5"},
      {"7 // 2 * 2", "6"},
      {"-2 * -3", "6"},
      {"- - 2", "2"},
      {"1 + 1 = 2 and not 1 > 2", "true"},
      {"not false and false", "false"},
      {"not (false and false)", "true"},
      {"true or true and false", "true"},
      {"1 = 1 is null", "false"},
      {"not null is null", "false"},
      {"2 between 1 and 3 and true", "true"},
      {"not 2 between 1 and 3 or true", "true"},
      {"'a' || 1 + 2", "a3"},
      {"-1.5::int64", "-2"},
      {"'1' || '2'::int64 + 1", "13"},
      {"1 in (1, 2) = true", "true"},
  });
}

TEST(Scalar, ComputesWithIntegersChecked) {
  expect_values({
      {"7 // 2", "3"},
      {"-7 // 2", "-3"},
      {"7 % -3", "1"},
      {"-7 % 3", "-1"},
      {"mod(7, 4)", "3"},
      {"7 / 2", "3.5"},
      {"1 / 0", "error: division by zero: 1 / 0"},
      {"1 // 0", "error: division by zero: 1 // 0"},
      {"1 % 0", "error: division by zero: 1 % 0"},
      {"1.5 % 0", "error: division by zero: 1.5 % 0"},
      {"9223372036854775807 + 1", "error: integer overflow: 9223372036854775807 + 1"},
      {"-9223372036854775808 - 1", "error: integer overflow: -9223372036854775808 - 1"},
      {"9223372036854775807 * 2", "error: integer overflow: 9223372036854775807 * 2"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"-(-9223372036854775808)", "error: integer overflow: -(-9223372036854775808)"},
      {"-9223372036854775808 // -1", "error: integer overflow: -9223372036854775808 // -1"},
      {"-9223372036854775808 % -1", "0"},
      {"abs(-9223372036854775808)", "error: integer overflow: abs(-9223372036854775808)"},
      {"9223372036854775807 + 1.0", "9223372036854775808"},
      {"1 + null", "NULL"},
  });
}

TEST(Scalar, RoundsAsDuckDbDoes) {
  expect_values({
      {"round(2.5)", "3"},
      {"round(-2.5)", "-3"},
      {"round(1.255, 2)", "1.25"},
      {"round(1234.5, -2)", "1200"},
      {"round(1250, -2)", "1300"},
      {"round(-1250, -2)", "-1300"},
      {"round(1249, -2)", "1200"},
      {"round(5, -1)", "10"},
      {"round(4, -19)", "0"},
      {"round(7)", "7"},
      {"floor(-1.5)", "-2"},
      {"ceil(-1.5)", "-1"},
      {"floor(3)", "3"},
      {"sqrt(9)", "3"},
      {"pow(2, 10)", "1024"},
      {"ln(1)", "0"},
      {"abs(-3)", "3"},
      {"abs(-3.5)", "3.5"},
      {"sqrt(-1)", "error: no square root of a negative number: sqrt(-1)"},
      {"ln(0)", "error: no logarithm of a number not above zero: ln(0)"},
      {"round(9223372036854775807, -1)", "error: integer overflow: round(9223372036854775807, -1)"},
  });
}

TEST(Scalar, CastsBetweenTypes) {
  expect_values({
      {"cast('12' as int64)", "12"},
      {"' 12 '::bigint", "12"},
      {"cast('abc' as int64)", "error: cannot cast 'abc' to int64"},
      {"try_cast('abc' as int64)", "NULL"},
      {"try_cast('12' as double)", "12"},
      {"cast(2.5 as int64)", "2"},
      {"cast(3.5 as int64)", "4"},
      {"cast(1e30 as int64)", "error: cannot cast 1e+30 to int64"},
      {"cast('nan' as double)::int64", "error: cannot cast nan to int64"},
      {"cast(true as int64) + 1", "2"},
      {"cast(0 as bool)", "false"},
      {"'t'::bool", "true"},
      {"'0'::bool", "false"},
      {"'maybe'::bool", "error: cannot cast 'maybe' to bool"},
      {"cast(1.5 as string)", "1.5"},
      {"cast('2001-02-03T04:05:06Z' as timestamp)", "2001-02-03 04:05:06"},
      {"timestamp '2001-02-03'::string", "2001-02-03 00:00:00"},
      {"'2001-02-30'::timestamp", "error: cannot cast '2001-02-30' to timestamp"},
      {"null::int64 is null", "true"},
  });
}

TEST(Scalar, ComparesWithThreeValues) {
  expect_values({
      {"null = null", "NULL"},
      {"null is distinct from null", "false"},
      {"1 is distinct from null", "true"},
      {"1 is not distinct from 1", "true"},
      {"1 is distinct from 2", "true"},
      {"1 == 1", "true"},
      {"1 != 2", "true"},
      {"1 < 1.5", "true"},
      {"'a' < 'b'", "true"},
      {"'Z' < 'a'", "true"},
      {"'abc' < 'abcd'", "true"},
      {"false < true", "true"},
      {"'nan'::double = 'nan'::double", "true"},
      {"'nan'::double > 'inf'::double", "true"},
      {"'nan'::double >= 1", "true"},
      {"1 in (2, null)", "NULL"},
      {"2 in (2, null)", "true"},
      {"1 not in (2, 3)", "true"},
      {"1 not in (2, null)", "NULL"},
      {"null in (1)", "NULL"},
      {"1.0 in (1, 2)", "true"},
      {"'b' in ('a', 'b')", "true"},
      {"9 in (1,2,3,4,5,6,7,8,9,10)", "true"},
      {"11 in (1,2,3,4,5,6,7,8,9,10)", "false"},
      {"5 between 1 and null", "NULL"},
      {"5 between 6 and null", "false"},
      {"5 not between 1 and 3", "true"},
      {"timestamp '2001-01-01' < '2001-01-02'", "true"},
      {"true is true", "true"},
      {"null is true", "false"},
      {"null is not true", "true"},
      {"false is false", "true"},
      {"null is not null", "false"},
  });
}

TEST(Scalar, KnowsTheTruthTables) {
  expect_values({
      {"true and true", "true"},   {"true and false", "false"},  {"true and null", "NULL"},
      {"false and true", "false"}, {"false and false", "false"}, {"false and null", "false"},
      {"null and true", "NULL"},   {"null and false", "false"},  {"null and null", "NULL"},
      {"true or true", "true"},    {"true or false", "true"},    {"true or null", "true"},
      {"false or true", "true"},   {"false or false", "false"},  {"false or null", "NULL"},
      {"null or true", "true"},    {"null or false", "NULL"},    {"null or null", "NULL"},
      {"not true", "false"},       {"not false", "true"},        {"not null", "NULL"},
  });
}

TEST(Scalar, MatchesLike) {
  expect_values({
      {"'abc' like 'abc'", "true"},
      {"'abc' like 'a%'", "true"},
      {"'abc' like '%c'", "true"},
      {"'abc' like '%b%'", "true"},
      {"'abc' like 'a_c'", "true"},
      {"'abc' like '_'", "false"},
      {"'' like ''", "true"},
      {"'' like '%'", "true"},
      {"'' like '_'", "false"},
      {"'abc' like ''", "false"},
      {"'aab' like '%ab'", "true"},
      {"'mississippi' like '%iss%ip%i'", "true"},
      {"'mississippi' like '%iss%ss%ss%'", "false"},
      {"'ü' like '_'", "true"},
      {"'zü' like '%_ü'", "true"},
      {"'ab' like '%__%'", "true"},
      {"'ü' like '%__'", "false"},
      {"'ABC' like 'abc'", "false"},
      {"'ABC' ilike 'a%C'", "true"},
      {"'abc' not like 'b%'", "true"},
      {"null like '%'", "NULL"},
      {"'100%' like '100%%'", "true"},
  });
}

TEST(Scalar, WorksOnStrings) {
  expect_values({
      {"'it''s'", "it's"},
      {"lower('ABCÜ')", "abcü"},
      {"upper('abcü')", "ABCÜ"},
      {"length('Zürich')", "6"},
      {"trim('  a b ')", "a b"},
      {"ltrim('  a ')", "a "},
      {"rtrim(' a  ')", " a"},
      {"trim('xxayx', 'xy')", "a"},
      {"ltrim('üüa', 'ü')", "a"},
      {"rtrim('aüü', 'ü')", "a"},
      {"trim('   ')", ""},
      {"substr('Zürich', 2, 3)", "üri"},
      {"substring('hello', 2)", "ello"},
      {"substr('hello', 0, 2)", "h"},
      {"substr('hello', 0)", "hello"},
      {"substr('hello', -3, 2)", "ll"},
      {"substr('hello', -3)", "llo"},
      {"substr('hello', -9, 3)", ""},
      {"substr('hello', -9, 6)", "he"},
      {"substr('hello', -9)", "hello"},
      {"substr('hello', 7, -3)", "lo"},
      {"substr('hello', 0, -2)", ""},
      {"substr('hello', -2, -2)", "el"},
      {"substr('hello', 3, -1)", "e"},
      {"substr('hello', 3, -9)", "he"},
      {"substr('hello', 9, 2)", ""},
      {"substr('hello', 2, 0)", ""},
      {"substr('hello', 2, 9223372036854775807)", "ello"},
      {"substr('hello', -9223372036854775808, 2)", ""},
      {"replace('aXbX', 'X', '--')", "a--b--"},
      {"replace('abc', '', 'x')", "abc"},
      {"'a' || 'b' || 1", "ab1"},
      {"'a' || null", "NULL"},
      {"concat('a', null, 1, true)", "a1true"},
      {"contains('abc', 'bc')", "true"},
      {"contains('abc', '')", "true"},
      {"starts_with('abc', 'ab')", "true"},
      {"starts_with('a', 'ab')", "false"},
      {"ends_with('abc', 'bc')", "true"},
      {"ends_with('c', 'bc')", "false"},
      {"lower('A STRING THAT IS LONGER THAN A SLOT')", "a string that is longer than a slot"},
      {"substr('a string that is longer than a slot', 3, 20)", "string that is longe"},
  });
}

TEST(Scalar, ChoosesByConditions) {
  expect_values({
      {"case when false then 1 when true then 2 else 3 end", "2"},
      {"case when null then 1 end", "NULL"},
      {"case 3 when 1 then 'one' when 3 then 'three' end", "three"},
      {"case when true then 1 else 2.5 end", "1"},
      {"case when true then 1 else 1 / 0 end", "1"},
      {"coalesce(null, 2, 1 / 0)", "2"},
      {"coalesce(null, null)", "NULL"},
      {"nullif(1, 1)", "NULL"},
      {"nullif(1, 2)", "1"},
      {"greatest(1, null, 3.5)", "3.5"},
      {"least('b', 'a')", "a"},
      {"greatest(null, null)", "NULL"},
      {"false and 1 / 0 > 1", "false"},
      {"true or 1 / 0 > 1", "true"},
      {"true and 1 / 0 > 1", "error: division by zero: 1 / 0"},
      {"case when true then timestamp '2001-01-01' else '2002-01-01' end", "2001-01-01 00:00:00"},
  });
}

TEST(Scalar, TakesTimesApart) {
  expect_values({
      {"year(timestamp '2001-08-07 06:05:04')", "2001"},
      {"quarter(timestamp '2001-08-07 06:05:04')", "3"},
      {"month(timestamp '2001-08-07 06:05:04')", "8"},
      {"day(timestamp '2001-08-07 06:05:04')", "7"},
      {"hour(timestamp '2001-08-07 06:05:04')", "6"},
      {"minute(timestamp '2001-08-07 06:05:04')", "5"},
      {"second(timestamp '2001-08-07 06:05:04')", "4"},
      {"dayofweek(timestamp '2001-08-07')", "2"},
      {"hour(timestamp '1969-12-31 23:00:00')", "23"},
      {"date_trunc('year', timestamp '2001-08-07 06:05:04')", "2001-01-01 00:00:00"},
      {"date_trunc('quarter', timestamp '2001-08-07 06:05:04')", "2001-07-01 00:00:00"},
      {"date_trunc('MONTH', timestamp '2001-08-07 06:05:04')", "2001-08-01 00:00:00"},
      {"date_trunc('week', timestamp '2001-08-07 06:05:04')", "2001-08-06 00:00:00"},
      {"date_trunc('week', timestamp '2001-08-06')", "2001-08-06 00:00:00"},
      {"date_trunc('day', timestamp '1969-12-31 23:00:00')", "1969-12-31 00:00:00"},
      {"date_trunc('hour', timestamp '2001-08-07 06:05:04')", "2001-08-07 06:00:00"},
      {"date_trunc('minute', timestamp '2001-08-07 06:05:04')", "2001-08-07 06:05:00"},
      {"date_trunc('second', timestamp '2001-08-07 06:05:04.5')", "2001-08-07 06:05:04"},
      {"date_trunc('millisecond', timestamp '2001-08-07 06:05:04.123456')", "2001-08-07 06:05:04.123000"},
      {"date_trunc('year', null) is null", "true"},
      {"year('2001-08-07')", "2001"},
  });
}

}  // namespace
}  // namespace weir
