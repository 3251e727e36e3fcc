#include "weir/aggregate_expression.hpp"

#include <gtest/gtest.h>

#include "tests/stages/expressions/table.hpp"

namespace weir {
namespace {

using testing::Table;

Schema flights() {
  return Schema({{"origin", Type::string},
                 {"delay", Type::int64},
                 {"distance", Type::float64},
                 {"date", Type::timestamp}});
}
Schema keys() { return Schema({{"origin", Type::string}, {"year(date)", Type::int64}}); }

AggregateExpression bind(std::string_view text) {
  return AggregateExpression::bind(Expression::parse(text), flights(), keys());
}

TEST(AggregateExpression, SplitsIntoCallsAndAResult) {
  const AggregateExpression bound = bind("round(sum(delay) / count(*), 1) || origin || sum(delay)");
  ASSERT_EQ(bound.calls().size(), 2u);
  EXPECT_EQ(bound.calls()[0].function, AggregateFunction::sum);
  EXPECT_EQ(bound.calls()[0].argument->plain_column(), 1u);
  EXPECT_EQ(bound.calls()[0].result, Type::int64);
  EXPECT_EQ(bound.calls()[1].function, AggregateFunction::count_rows);
  EXPECT_FALSE(bound.calls()[1].argument.has_value());

  const Table groups = Table()
                           .strings("origin", {"LAX"})
                           .integers("year", {2001})
                           .integers("sum", {10})
                           .integers("count", {4});
  RowErrors errors;
  EXPECT_EQ(bound.result().evaluate(groups.batch(), errors)->text(0), "2.5LAX10");
  EXPECT_EQ(bound.result().columns(), (std::vector<std::size_t>{0, 2, 3}));
}

TEST(AggregateExpression, KnowsTheTypesOfCalls) {
  struct Case {
    std::string_view text;
    Type type;
  };
  const Case cases[] = {{"count(*)", Type::int64},      {"count(origin)", Type::int64},
                        {"sum(delay)", Type::int64},    {"sum(distance)", Type::float64},
                        {"avg(delay)", Type::float64},  {"min(origin)", Type::string},
                        {"max(date)", Type::timestamp}, {"max(delay + 0.5)", Type::float64}};
  for (const Case& each : cases) {
    const AggregateExpression bound = bind(each.text);
    ASSERT_EQ(bound.calls().size(), 1u);
    EXPECT_EQ(to_string(bound.calls()[0].result), to_string(each.type)) << each.text;
    EXPECT_EQ(bound.result().plain_column(), 2u) << each.text;
  }
}

TEST(AggregateExpression, GivesNullOfAnyTypeForAColumnWithoutValues) {
  struct Case {
    std::string_view text;
    Type call;
    bool always_null;
  };
  const Case cases[] = {{"count(gone)", Type::int64, false}, {"sum(gone)", Type::float64, true},
                        {"avg(gone)", Type::float64, false}, {"min(gone)", Type::string, true},
                        {"max(gone)", Type::string, true},   {"sum(gone + 1)", Type::int64, false}};
  const Schema schema({{"gone", Type::string, true}});
  const Schema keys({{"gone", Type::string, true}});
  for (const Case& each : cases) {
    const auto bound = AggregateExpression::bind(Expression::parse(each.text), schema, keys);
    ASSERT_EQ(bound.calls().size(), 1u);
    EXPECT_EQ(to_string(bound.calls()[0].result), to_string(each.call)) << each.text;
    EXPECT_EQ(bound.calls()[0].argument->columns(), std::vector<std::size_t>{0}) << each.text;
    EXPECT_EQ(bound.result().always_null(), each.always_null) << each.text;
    EXPECT_EQ(bound.result().plain_column(), 1u) << each.text;
  }
  for (const std::string_view text :
       {"sum(gone) // 2", "max(gone) > 15", "year(min(gone))", "round(sum(gone) / count(*), 1)", "gone + 1"})
    EXPECT_NO_THROW(AggregateExpression::bind(Expression::parse(text), schema, keys)) << text;
}

TEST(AggregateExpression, TakesAKeyForAKeyHoweverItIsWritten) {
  EXPECT_EQ(bind("origin").result().plain_column(), 0u);
  EXPECT_EQ(bind("year(date)").result().plain_column(), 1u);
  EXPECT_EQ(bind("\"year(date)\"").result().plain_column(), 1u);
  EXPECT_EQ(bind("year(date) + count(*)").result().columns(), (std::vector<std::size_t>{1, 2}));
}

TEST(AggregateExpression, RefusesWhatHasNoValueInAGroup) {
  struct Case {
    std::string_view text;
    std::size_t offset;
    std::string_view message;
    std::string_view mend;
  };
  const Case cases[] = {
      {"count(*) + delay", 11, "`delay` differs within a group: it is no key, and stands in no aggregate",
       "aggregate it, as in max(delay), or add it to `group_by`"},
      {"sum(avg(delay))", 4, "`avg` stands inside of another aggregate",
       "aggregate twice: one `aggregate` stage behind another"},
      {"sum(origin)", 4, "`sum` takes numbers, not string", "cast it: sum(cast(... as double))"},
      {"sum(*)", 0, "`sum` takes a value, not *", "only count(*) counts rows"},
      {"max(delay, distance)", 0, "`max` takes one value, not 2",
       "of several values in one row it is least() and greatest()"},
      {"stddev(origin)", 7, "`stddev` takes numbers, not string", "cast it: stddev(cast(... as double))"},
      {"median(origin)", 7, "`median` takes numbers, dates and timestamps, not string",
       "cast it: median(cast(... as double))"},
      {"arg_min(origin)", 0, "`arg_min` takes two values, not 1", "write it as arg_min(x, key)"},
      {"quantile_cont(delay, 95)", 21, "the fraction of `quantile_cont` is from 0 to 1, not 95",
       "write percents as 0.95"},
      {"quantile_disc(delay, distance)", 21, "the fraction of `quantile_disc` must be a constant",
       "write the value itself, or a `$variable`"},
      {"string_agg(origin, origin)", 19, "the separator of `string_agg` must be a constant",
       "write the value itself, or a `$variable`"},
      {"first(distinct origin)", 0, "`distinct` has no meaning in `first`", "leave `distinct` out"},
      {"count(*) filter (where delay)", 23, "`filter (where ...)` wants bool, not int64",
       "compare it, as in `x <> 0`"},
      {"upper(distinct origin)", 0, "`upper` is no aggregate function, and `distinct` is of aggregates",
       "leave it out"},
      {"stdev(delay)", 0, "there is no function `stdev`", "did you mean `stddev`?"},
      {"sum(delai)", 4, "there is no column `delai`", "did you mean `delay`?"},
      {"detour", 0, "there is no column `detour`", "one of: origin, delay, distance, date"},
  };
  for (const Case& each : cases) {
    try {
      bind(each.text);
      ADD_FAILURE() << each.text;
    } catch (const ExpressionError& error) {
      EXPECT_EQ(error.what(), std::string(each.message)) << each.text;
      EXPECT_EQ(error.mend(), each.mend) << each.text;
      EXPECT_EQ(error.offset(), each.offset) << each.text;
    }
  }
}

}  // namespace
}  // namespace weir
