// What expressions make of dates.

#include <gtest/gtest.h>

#include <limits>

#include "tests/stages/expressions/scalar_cases.hpp"

namespace weir {
namespace {

using testing::evaluate;
using testing::expect_values;
using testing::Table;
using testing::Values;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(DateExpression, CastsFromAndToOtherTypes) {
  expect_values({
      {"cast('2024-02-29' as date)", "2024-02-29"},
      {"' 2024-02-29 '::date", "2024-02-29"},
      {"date '2024-02-29'", "2024-02-29"},
      {"DATE '0001-01-01'", "0001-01-01"},
      {"'2024-02-29 23:59:59'::date", "2024-02-29"},
      {"'2023-02-29'::date", "error: cannot cast '2023-02-29' to date"},
      {"try_cast('2023-02-29' as date)", "NULL"},
      {"timestamp '1969-12-31 23:00:00'::date", "1969-12-31"},
      {"timestamp '1970-01-01 00:00:00'::date", "1970-01-01"},
      {"date '2024-02-29'::timestamp", "2024-02-29 00:00:00"},
      {"date '2024-02-29'::string || '!'", "2024-02-29!"},
      {"'on ' || date '2024-02-29'", "on 2024-02-29"},
  });
}

TEST(DateExpression, ComparesWithDatesTextsAndTimestamps) {
  expect_values({
      {"date '2024-02-29' < date '2024-03-01'", "true"},
      {"date '2024-02-29' = '2024-02-29'", "true"},
      {"date '2024-02-29' between '2024-02-01' and '2024-03-01'", "true"},
      {"date '2024-02-29' in ('2024-02-28', '2024-02-29')", "true"},
      {"date '2024-02-29' = timestamp '2024-02-29 00:00:00'", "true"},
      {"date '2024-02-29' < timestamp '2024-02-29 00:00:01'", "true"},
      {"greatest(date '2024-02-29', '2025-01-01')", "2025-01-01"},
      {"coalesce(null, date '2024-02-29')", "2024-02-29"},
      {"coalesce(date '2024-02-29', timestamp '2024-02-29 10:00:00')", "2024-02-29 00:00:00"},
      {"case when true then date '2024-02-29' else '2024-01-01' end", "2024-02-29"},
      {"nullif(date '2024-02-29', '2024-02-29')", "NULL"},
      {"date '2024-02-29' is distinct from null", "true"},
  });
}

TEST(DateExpression, CountsDays) {
  expect_values({
      {"date '2024-02-29' + 1", "2024-03-01"},
      {"1 + date '2024-02-29'", "2024-03-01"},
      {"date '2024-03-01' - 1", "2024-02-29"},
      {"date '2024-03-01' - date '2024-02-01'", "29"},
      {"date '1969-12-31' + null", "NULL"},
      {"date '294246-12-31' + 1", "error: date out of range: '294246-12-31' + 1"},
      {"date '-290307-01-01' - 9223372036854775807",
       "error: date out of range: '-290307-01-01' - 9223372036854775807"},
  });
}

TEST(DateExpression, StaysADateWhereDaysDoNotFit) {
  const Table table = Table().with("d", Type::date, Values<std::int64_t>{0, 1}).integers("n", {1, kMost});
  const std::string error = "error: date out of range: '1970-01-02' + 9223372036854775807";
  EXPECT_EQ(evaluate("(d + n)::timestamp", table), (std::vector<std::string>{"1970-01-02 00:00:00", error}));
  EXPECT_EQ(evaluate("last_day(d + n)", table), (std::vector<std::string>{"1970-01-31", error}));
  EXPECT_EQ(evaluate("(d + n) - d", table), (std::vector<std::string>{"1", error}));
}

TEST(DateExpression, IsTakenApartAsATimestampIs) {
  expect_values({
      {"year(date '2024-02-29')", "2024"},
      {"dayofweek(date '2024-02-29')", "4"},
      {"hour(date '2024-02-29')", "0"},
      {"date_trunc('month', date '2024-02-29')", "2024-02-01 00:00:00"},
  });
}

}  // namespace
}  // namespace weir
