// What is said of expressions that make no sense for a schema, and what binding knows of those that do.

#include <gtest/gtest.h>

#include <algorithm>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/literals.hpp"
#include "tests/stages/expressions/table.hpp"

namespace weir {
namespace {

using testing::evaluate;
using testing::Table;

Schema flights() {
  return Schema({{"date", Type::timestamp},
                 {"delay", Type::int64},
                 {"distance", Type::float64},
                 {"origin", Type::string},
                 {"cancelled", Type::boolean},
                 {"day", Type::date}});
}

TEST(Binder, SaysWhatDoesNotFitAndTheMend) {
  struct Case {
    std::string_view text;
    std::size_t offset;
    std::size_t length;
    std::string_view message;
    std::string_view mend;
  };
  const Case cases[] = {
      {"delai > 15", 0, 5, "there is no column `delai`", "did you mean `delay`?"},
      {"origin = \"LAX\"", 9, 5, "there is no column `LAX`", "a text stands in single quotes: 'LAX'"},
      {"ruond(distance)", 0, 5, "there is no function `ruond`", "did you mean `round`?"},
      {"1 + $late", 4, 5, "there is no variable `$late`", "give it under `vars`, or by --var"},
      {"delay > '15'", 0, 12, "`>` compares int64 with string '15'",
       "a number stands without quotes; a string is made by cast(... as string)"},
      {"delay > origin", 0, 14, "`>` compares int64 with string", "cast the string: cast(... as int64)"},
      {"date > origin", 0, 13, "`>` compares timestamp with string",
       "cast the string: cast(... as timestamp)"},
      {"date > delay", 0, 12, "`>` compares timestamp with int64", "cast one of them: cast(... as string)"},
      {"date > 'soon'", 7, 6, "this is no timestamp: 'soon'", "write it as 'YYYY-MM-DD HH:MM:SS'"},
      {"day > 'soon'", 6, 6, "this is no date: 'soon'", "write it as 'YYYY-MM-DD'"},
      {"day > '2001-01-01 10:00'", 6, 18, "this is no date: '2001-01-01 10:00'",
       "write timestamp '2001-01-01 10:00'"},
      {"day > origin", 0, 12, "`>` compares date with string", "cast the string: cast(... as date)"},
      {"day - date", 4, 1, "`-` does not take (date, timestamp)",
       "a date takes days, as in d + 3; between two times is date_diff('second', t, u)"},
      {"'5' + 3", 4, 1, "`+` does not take (string '5', int64)",
       "strings are joined by `||`; a number is made by cast(... as int64)"},
      {"delay in (1, 'x')", 0, 17, "`in` wants values of one type, not int64, int64, string 'x'",
       "a number stands without quotes; a string is made by cast(... as string)"},
      {"delay + origin", 6, 1, "`+` does not take (int64, string)",
       "strings are joined by `||`; a number is made by cast(... as int64)"},
      {"distance // 2", 9, 2, "`//` does not take (double, int64)",
       "it divides integers; for doubles write floor(x / y)"},
      {"delay and true", 6, 3, "`and` does not take (int64, bool)",
       "it takes bools: compare the value, as in `x <> 0`"},
      {"round(origin)", 0, 5, "`round` does not take (string)",
       "it takes round(int64) or round(double) or round(int64, int64) or round(double, int64)"},
      {"sqrt()", 0, 4, "`sqrt` does not take ()", "it takes sqrt(double)"},
      {"lower(*)", 0, 8, "`lower` does not take ()", "it takes lower(string)"},
      {"case when delay then 1 end", 10, 5, "`when` wants bool, not int64", "compare it, as in `x <> 0`"},
      {"case when cancelled then 1 else 'x' end", 0, 39,
       "the branches of `case` want values of one type, not int64, string 'x'",
       "a number stands without quotes; a string is made by cast(... as string)"},
      {"cast(date as int64)", 0, 19, "there is no cast from timestamp to int64", ""},
      {"date_trunc('moth', date)", 11, 6, "date_trunc knows no unit 'moth'", "did you mean `month`?"},
      {"date_trunc(origin, date)", 11, 6, "date_trunc wants its unit as a text, not computed",
       "as in 'month'"},
      {"sum(delay) > 1", 0, 3, "`sum` is an aggregate function, and this is computed row by row",
       "aggregates stand in the `select` of an `aggregate` stage"},
  };
  for (const Case& each : cases) {
    try {
      Expression::parse(each.text).bind(flights());
      ADD_FAILURE() << each.text;
    } catch (const ExpressionError& error) {
      EXPECT_EQ(error.what(), std::string(each.message)) << each.text;
      EXPECT_EQ(error.mend(), each.mend) << each.text;
      EXPECT_EQ(error.offset(), each.offset) << each.text;
      EXPECT_EQ(error.length(), each.length) << each.text;
    }
  }
}

TEST(Binder, KnowsTheTypesOfResults) {
  struct Case {
    std::string_view text;
    Type type;
  };
  const Case cases[] = {
      {"delay + 1", Type::int64},
      {"delay + 1.0", Type::float64},
      {"delay / 2", Type::float64},
      {"delay % 2", Type::int64},
      {"round(delay)", Type::int64},
      {"round(distance)", Type::float64},
      {"delay > 1", Type::boolean},
      {"null", Type::string},
      {"null + 1", Type::int64},
      {"case when cancelled then null else delay end", Type::int64},
      {"coalesce(delay, distance)", Type::float64},
      {"coalesce(date, '2001-01-01')", Type::timestamp},
      {"nullif(delay, 0.5)", Type::float64},
      {"origin || delay", Type::string},
      {"date_trunc('day', date)", Type::timestamp},
      {"year(date)", Type::int64},
      {"day + delay", Type::date},
      {"day - day", Type::int64},
      {"coalesce(day, date)", Type::timestamp},
      {"coalesce(day, '2001-01-01')", Type::date},
  };
  for (const Case& each : cases)
    EXPECT_EQ(to_string(Expression::parse(each.text).bind(flights()).type()), to_string(each.type))
        << each.text;
}

TEST(Binder, LetsAColumnWithoutValuesBeOfAnyType) {
  std::vector<Field> fields = flights().fields();
  fields.push_back({"gone", Type::string, true});
  const Schema schema(std::move(fields));
  struct Case {
    std::string_view text;
    Type type;
    bool always_null = false;
  };
  const Case cases[] = {
      {"gone", Type::string, true},
      {"gone > 15", Type::boolean},
      {"gone > 'LAX'", Type::boolean},
      {"date > gone", Type::boolean},
      {"gone = gone", Type::boolean},
      {"gone and cancelled", Type::boolean},
      {"not gone", Type::boolean},
      {"gone is null", Type::boolean},
      {"gone in (1, 2)", Type::boolean},
      {"delay in (gone, 2)", Type::boolean},
      {"gone between delay and distance", Type::boolean},
      {"gone like 'a%'", Type::boolean},
      {"gone + 1", Type::int64},
      {"gone + 0.5", Type::float64},
      {"gone / 2", Type::float64},
      {"gone // 2", Type::int64},
      {"round(distance, gone)", Type::float64},
      {"year(gone)", Type::int64},
      {"date_trunc('day', gone)", Type::timestamp},
      {"lower(gone)", Type::string},
      {"gone || delay", Type::string},
      {"coalesce(gone, delay)", Type::int64},
      {"coalesce(gone, null)", Type::string, true},
      {"greatest(gone, gone)", Type::string, true},
      {"nullif(gone, 1)", Type::int64},
      {"case when gone then gone end", Type::string, true},
      {"case gone when 1 then delay end", Type::int64},
      {"cast(gone as timestamp)", Type::timestamp},
      {"cast(gone as string)", Type::string},
      {"try_cast(gone as double)", Type::float64},
  };
  for (const Case& each : cases) {
    const BoundExpression bound = Expression::parse(each.text).bind(schema);
    EXPECT_EQ(to_string(bound.type()), to_string(each.type)) << each.text;
    EXPECT_EQ(bound.always_null(), each.always_null) << each.text;
    const std::vector<std::size_t>& read = bound.columns();
    EXPECT_TRUE(std::find(read.begin(), read.end(), schema.size() - 1) != read.end())
        << each.text << ": whoever fills `gone` must know that somebody relies on it";
  }
  EXPECT_EQ(Expression::parse("gone").bind(schema).plain_column(), schema.size() - 1);
}

TEST(Binder, ComputesWithAColumnWithoutValuesAsWithNull) {
  const Table table = Table().integers("delay", {0, 20}).nulls("gone", 2);
  const auto values = [](std::string_view a, std::string_view b) {
    return std::vector<std::string>{std::string(a), std::string(b)};
  };
  EXPECT_EQ(evaluate("gone > 15", table), values("NULL", "NULL"));
  EXPECT_EQ(evaluate("gone is null and delay > 15", table), values("false", "true"));
  EXPECT_EQ(evaluate("gone and delay > 15", table), values("false", "NULL"));
  EXPECT_EQ(evaluate("coalesce(gone, delay) + 1", table), values("1", "21"));
  EXPECT_EQ(evaluate("concat(gone, 'x')", table), values("x", "x"));
  EXPECT_EQ(evaluate("case when 10 // delay > 0 then gone end", table),
            values("error: division by zero: 10 // 0", "NULL"));
}

TEST(Binder, SaysNullOfAColumnWithoutValues) {
  try {
    Expression::parse("coalesce(gone, delay, 'x')")
        .bind(Table().nulls("gone", 1).integers("delay", {1}).schema());
    ADD_FAILURE();
  } catch (const ExpressionError& error) {
    EXPECT_STREQ(error.what(), "`coalesce` wants values of one type, not NULL, int64, string 'x'");
    EXPECT_EQ(error.mend(), "a number stands without quotes; a string is made by cast(... as string)");
  }
}

TEST(Binder, ConvertsAResultToATypeThatItBecomesByItself) {
  const auto bind = [](std::string_view text) { return Expression::parse(text).bind(flights()); };
  EXPECT_EQ(bind("delay").as(Type::float64)->type(), Type::float64);
  EXPECT_EQ(bind("delay").as(Type::int64)->plain_column(), 1u);
  EXPECT_EQ(bind("null").as(Type::boolean)->type(), Type::boolean);
  EXPECT_EQ(bind("'2001-01-01'").as(Type::timestamp)->type(), Type::timestamp);
  EXPECT_FALSE(bind("'soon'").as(Type::timestamp).has_value());
  EXPECT_FALSE(bind("distance").as(Type::int64).has_value());
}

TEST(Binder, KnowsWhichColumnsAreRead) {
  const BoundExpression bound = Expression::parse("origin || delay || coalesce(delay, 0)").bind(flights());
  EXPECT_EQ(bound.columns(), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(bound.plain_column(), std::nullopt);
  EXPECT_EQ(Expression::parse("(\"Origin\")").bind(flights()).plain_column(), 3u);
  EXPECT_TRUE(Expression::parse("1 + 1").bind(flights()).columns().empty());
}

TEST(Binder, GivesVariablesTheirTypes) {
  const VariableLookup variables = [](std::string_view name) -> std::optional<Literal> {
    if (name == "late") return expressions::int64_literal(15);
    if (name == "since") return expressions::string_literal("2001-01-02");
    if (name == "none") return Literal{};
    return std::nullopt;
  };
  const Table table = Table().integers("delay", {10, 20}).times("date", {"2001-01-01", "2001-01-03"});
  const RowSet rows = RowSet::range(0, 2);
  EXPECT_EQ(evaluate("delay > $late", table, rows, variables), (std::vector<std::string>{"false", "true"}));
  EXPECT_EQ(evaluate("date > $since", table, rows, variables), (std::vector<std::string>{"false", "true"}));
  EXPECT_EQ(evaluate("coalesce($none, delay)", table, rows, variables),
            (std::vector<std::string>{"10", "20"}));
}

TEST(FunctionTable, DescribesEachFunction) {
  for (const auto& [name, function] : expressions::FunctionTable::builtin().all()) {
    EXPECT_FALSE(function.section.empty()) << name;
    EXPECT_FALSE(function.usage.empty()) << name;
    EXPECT_FALSE(function.summary.empty()) << name;
    EXPECT_TRUE(function.make != nullptr) << name;
    EXPECT_EQ(function.conversion == expressions::Conversion::to_parameters, function.arguments_max == 0)
        << name;
  }
}

}  // namespace
}  // namespace weir
