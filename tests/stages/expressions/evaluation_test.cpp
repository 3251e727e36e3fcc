// Whole columns: NULLs, chosen rows, errors of rows, and what results keep alive.

#include <gtest/gtest.h>

#include "tests/stages/expressions/table.hpp"

namespace weir {
namespace {

using testing::evaluate;
using testing::row_list;
using testing::Table;
using Texts = std::vector<std::string>;

Table numbers() {
  return Table()
      .integers("x", {1, 0, std::nullopt, 4, -5})
      .integers("y", {10, 20, 30, std::nullopt, 50})
      .doubles("d", {0.5, std::nullopt, 2.5, 3.5, 4.5})
      .booleans("b", {true, false, std::nullopt, true, false})
      .strings("s",
               {"short", "a string longer than a slot", std::nullopt, "", "another string that is long"});
}

TEST(Evaluation, CarriesNullsThrough) {
  EXPECT_EQ(evaluate("x + y", numbers()), (Texts{"11", "20", "NULL", "NULL", "45"}));
  EXPECT_EQ(evaluate("x * d", numbers()), (Texts{"0.5", "NULL", "NULL", "14", "-22.5"}));
  EXPECT_EQ(evaluate("x > 0", numbers()), (Texts{"true", "false", "NULL", "true", "false"}));
  EXPECT_EQ(evaluate("0 < x", numbers()), (Texts{"true", "false", "NULL", "true", "false"}));
  EXPECT_EQ(evaluate("x < y", numbers()), (Texts{"true", "true", "NULL", "NULL", "true"}));
  EXPECT_EQ(evaluate("s = 'a string longer than a slot'", numbers()),
            (Texts{"false", "true", "NULL", "false", "false"}));
  EXPECT_EQ(evaluate("x is null or d is null", numbers()),
            (Texts{"false", "true", "true", "false", "false"}));
  EXPECT_EQ(evaluate("x in (1, 4, null)", numbers()), (Texts{"true", "NULL", "NULL", "true", "NULL"}));
  EXPECT_EQ(evaluate("x in (x, y)", numbers()), (Texts{"true", "true", "NULL", "true", "true"}));
  EXPECT_EQ(evaluate("b and x > 0", numbers()), (Texts{"true", "false", "NULL", "true", "false"}));
  EXPECT_EQ(evaluate("x is distinct from y - 9", numbers()),
            (Texts{"false", "true", "true", "true", "true"}));
  EXPECT_EQ(evaluate("greatest(x, y, 15)", numbers()), (Texts{"15", "20", "30", "15", "50"}));
}

TEST(Evaluation, ComputesOnlyTheRowsOfTheBatch) {
  EXPECT_EQ(evaluate("10 // x", numbers(), RowSet::range(2, 3)), (Texts{"NULL", "2", "-2"}));
  EXPECT_EQ(evaluate("10 // x", numbers(), row_list({0, 3, 4})), (Texts{"10", "2", "-2"}));
  EXPECT_EQ(evaluate("upper(s)", numbers(), row_list({0, 4})),
            (Texts{"SHORT", "ANOTHER STRING THAT IS LONG"}));
  EXPECT_EQ(evaluate("7", numbers(), row_list({0, 4})), (Texts{"7", "7"}));
  EXPECT_EQ(evaluate("x", numbers(), RowSet::range(5, 0)), Texts{});
}

TEST(Evaluation, MakesRowsThatFailErrors) {
  EXPECT_EQ(evaluate("10 // x", numbers()),
            (Texts{"10", "error: division by zero: 10 // 0", "NULL", "2", "-2"}));
  EXPECT_EQ(evaluate("coalesce(10 // x, 0)", numbers()),
            (Texts{"10", "error: division by zero: 10 // 0", "0", "2", "-2"}));
  EXPECT_EQ(evaluate("cast(s as int64)", Table().strings("s", {"1", "one", std::nullopt})),
            (Texts{"1", "error: cannot cast 'one' to int64", "NULL"}));
  EXPECT_EQ(evaluate("try_cast(s as int64)", Table().strings("s", {"1", "one", std::nullopt})),
            (Texts{"1", "NULL", "NULL"}));
  EXPECT_EQ(evaluate("1 // 0 + x", numbers(), RowSet::range(0, 1)), Texts{"error: division by zero: 1 // 0"});
}

TEST(Evaluation, TellsTheFirstErrorOfARow) {
  RowErrors errors;
  errors.add(3, "first");
  errors.add(1, "other");
  errors.add(3, "second");
  ASSERT_EQ(errors.entries().size(), 2u);
  EXPECT_EQ(errors.entries()[0].message, "first");
  EXPECT_TRUE(errors.contains(1));
  EXPECT_FALSE(errors.contains(2));
  EXPECT_FALSE(errors.contains(1000));
}

TEST(Evaluation, PassesOverErrorsWhereTheOtherSideDecides) {
  EXPECT_EQ(evaluate("x <> 0 and 10 // x > 1", numbers()), (Texts{"true", "false", "NULL", "true", "false"}));
  EXPECT_EQ(evaluate("x = 0 or 10 // x > 1", numbers()), (Texts{"true", "true", "NULL", "true", "false"}));
  EXPECT_EQ(evaluate("case when x = 0 then -1 else 10 // x end", numbers()),
            (Texts{"10", "-1", "NULL", "2", "-2"}));
  EXPECT_EQ(evaluate("10 // nullif(x, 0)", numbers()), (Texts{"10", "NULL", "NULL", "2", "-2"}));
  EXPECT_EQ(evaluate("coalesce(y, 1 // 0)", numbers(), RowSet::range(0, 3)), (Texts{"10", "20", "30"}));
}

TEST(Evaluation, ChoosesBranchesRowByRow) {
  EXPECT_EQ(evaluate("case when x > 0 then s when x < 0 then 'less' end", numbers()),
            (Texts{"short", "NULL", "NULL", "", "less"}));
  EXPECT_EQ(evaluate("case x when 1 then y when 4 then y else 0 end", numbers()),
            (Texts{"10", "0", "0", "NULL", "0"}));
  EXPECT_EQ(evaluate("coalesce(d, x, -1)", numbers()), (Texts{"0.5", "0", "2.5", "3.5", "4.5"}));
}

TEST(Evaluation, SharesPlainColumns) {
  const Table table = numbers();
  const RecordBatch batch = table.batch();
  RowErrors errors;
  EXPECT_EQ(Expression::parse("d").bind(table.schema()).evaluate(batch, errors), batch.columns()[2]);
}

TEST(Evaluation, KeepsAliveWhatResultsPointTo) {
  ColumnPtr part;
  ColumnPtr chosen;
  ColumnPtr repeated;
  {
    const Table table = Table().strings("s", {"   a string that is longer than a slot   "});
    const RecordBatch batch = table.batch();
    RowErrors errors;
    const auto computed = [&](std::string_view text) {
      return Expression::parse(text).bind(table.schema()).evaluate(batch, errors);
    };
    part = computed("trim(s)");
    chosen = computed("case when length(s) > 3 then trim(s) else 'x' end");
    repeated = computed("'a literal that is longer than a slot'");
  }
  EXPECT_EQ(part->text(0), "a string that is longer than a slot");
  EXPECT_EQ(chosen->text(0), "a string that is longer than a slot");
  EXPECT_EQ(repeated->text(0), "a literal that is longer than a slot");
}

TEST(Evaluation, SeesLongListsAndLongStrings) {
  std::string list = "'string number 0 beyond a slot'";
  for (int i = 1; i < 3000; ++i)
    list += ", 'string number " + std::to_string(i) + " beyond a slot'";
  const Table table = Table().strings(
      "s", {"string number 2999 beyond a slot", "string number 3000 beyond a slot", "string"});
  EXPECT_EQ(evaluate("s in (" + list + ")", table), (Texts{"true", "false", "false"}));
}

}  // namespace
}  // namespace weir
