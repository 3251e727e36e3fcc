#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kRows = "name: string, n: int64, x: double";

PlannedStage fill(const std::string& columns, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_fill(), "columns: " + columns, {make_schema(kRows)}, std::move(needs));
}

std::vector<Batch> rows() {
  return {table(kRows, {"~, 1, ~", "a name of more than twelve bytes, ~, 0.5"}),
          table(kRows, {"~, ~, ~", "~, 4, ~", "b, ~, 2"})};
}

TEST(Fill, PutsAnExpressionWhereThereIsNull) {
  EXPECT_THAT(run_lines(fill("{n: 0, x: n, name: \"'no name at all'\"}"), rows()),
              ElementsAre("no name at all, 1, 1", "a name of more than twelve bytes, 0, 0.5",
                          "no name at all, 0, ~", "no name at all, 4, 4", "b, 0, 2"));
}

TEST(Fill, PutsTheValueBeforeWhereToldTo) {
  EXPECT_THAT(run_lines(fill("{name: previous, n: previous, x: -1}"), rows()),
              ElementsAre("~, 1, -1", "a name of more than twelve bytes, 1, 0.5",
                          "a name of more than twelve bytes, 1, -1",
                          "a name of more than twelve bytes, 4, -1", "b, 4, 2"));
}

TEST(Fill, ComputesAnExpressionOnlyWhereItIsNeeded) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(fill("{n: cast(name as int64)}"),
                            deliveries({table(kRows, {"x, 1, 0", "7, ~, 0", "y, ~, 0"})}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("x, 1, 0", "7, 7, 0"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 2u);
}

TEST(Fill, LooksOnlyAtTheRowsOfItsInput) {
  const auto batch = table(kRows, {"no, 9, 0", "~, ~, 0", "a, 5, 0", "~, ~, 0", "no, 9, 0", "~, ~, 0"});
  const auto list = std::make_shared<std::vector<std::uint32_t>>(std::vector<std::uint32_t>{1, 2, 3, 5});
  EXPECT_THAT(run_lines(fill("{name: previous, n: previous}"), {batch->with_rows(RowSet::list(list))}),
              ElementsAre("~, ~, 0", "a, 5, 0", "a, 5, 0", "a, 5, 0"));
}

TEST(Fill, GivesAColumnWithoutValuesTheTypeOfWhatFillsIt) {
  const PlannedStage stage(describe_fill(), "columns: {n: 7, x: previous}",
                           {make_schema("n: null, x: null")});
  EXPECT_EQ(stage.outputs()[0], make_schema("n: int64, x: null")) << stage.problems();
  EXPECT_THAT(run_lines(stage, {table("n: null, x: null", {"~, ~"})}), ElementsAre("7, ~"));
}

TEST(Fill, WorksOnlyForColumnsThatAreNeeded) {
  const PlannedStage stage =
      fill("{n: cast(x as int64), name: previous}", {{Need::none, Need::text, Need::none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::none, Need::value, Need::value}));
  EXPECT_EQ(stage.traits().concurrency, Concurrency::stateless) << "nobody needs what looks back";
}

TEST(Fill, TellsWhatDoesNotFit) {
  EXPECT_THAT(fill("{nmae: previous}").problems(), HasSubstr("did you mean `name`?"));
  EXPECT_THAT(fill("{n: 1.5}").problems(), HasSubstr("write cast(1.5 as int64)"));
  EXPECT_THAT(fill("[n]").problems(), HasSubstr("write {column: expression} or {column: previous}"));
  EXPECT_THAT(fill("{n: m}").problems(), HasSubstr("there is no column `m`"));
}

RC_GTEST_PROP(FillModel, PutsTheValueBeforeWhateverTheBatches, ()) {
  std::vector<Batch> batches;
  std::vector<std::string> expected;
  std::string last = "~";
  const auto values = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
  std::vector<std::string> lines;
  for (const int value : values) {
    const std::string cell = value < 3 ? "~" : std::to_string(value);
    if (cell != "~") last = cell;
    lines.push_back("s, " + cell + ", 0");
    expected.push_back("s, " + last + ", 0");
    if (*rc::gen::inRange(0, 4) == 0) batches.push_back(table(kRows, std::exchange(lines, {})));
  }
  batches.push_back(table(kRows, lines));
  RC_ASSERT(run_lines(fill("{n: previous}"), batches) == expected);
}

TEST(Fill, WritesTheSameWhateverTheThreads) {
  std::string csv = "a,b\n";
  for (int row = 0; row < 300'000; ++row)
    csv += std::to_string(row) + (row % 50'000 == 1 ? "," + std::to_string(row) + "\n" : ",\n");
  const std::string written =
      testing::WholePipeline(csv, "  - {type: fill, columns: {b: previous}}\n").output();
  EXPECT_TRUE(written.starts_with("a,b\n0,\n1,1\n2,1\n"));
  EXPECT_TRUE(written.ends_with("\n299999,250001\n"));
}

}  // namespace
}  // namespace weir
