// drop and rename: the same columns, fewer or under other names.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;

constexpr const char* kRows = "name: string, n: int64, x: double";

PlannedStage drop(const std::string& columns, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_drop(), "columns: " + columns, {make_schema(kRows)}, std::move(needs));
}
PlannedStage rename(const std::string& columns, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_rename(), "columns: " + columns, {make_schema(kRows)}, std::move(needs));
}

const Batch& rows() {
  static const Batch batch = table(kRows, {"a, 1, 0.5", "~, 2, ~"});
  return batch;
}

TEST(Drop, LeavesTheColumnsOut) {
  EXPECT_EQ(drop("[n]").outputs()[0], make_schema("name: string, x: double"));
  EXPECT_THAT(run_lines(drop("[n]"), {rows()}), ElementsAre("a, 0.5", "~, ~"));
  EXPECT_THAT(run_lines(drop("[x, name]"), {rows()}), ElementsAre("1", "2"));
}

TEST(Drop, TakesOneNameWithoutAListAndFindsItInAnyCase) {
  EXPECT_THAT(run_lines(drop("n"), {rows()}), ElementsAre("a, 0.5", "~, ~"));
  EXPECT_THAT(run_lines(drop("[N, NAME]"), {rows()}), ElementsAre("0.5", "~"));
}

TEST(Drop, SharesTheColumnsThatStay) {
  CollectingEmitter out;
  drop("[n]").make()->process({rows(), 0, {}, 0}, nullptr, out);
  EXPECT_EQ(as_records(out.batches()[0]).columns()[1], as_records(rows()).columns()[2]);
}

TEST(Drop, NeedsNothingOfWhatItDrops) {
  EXPECT_THAT(drop("[n]", {{Need::text, Need::value}}).needs(),
              ElementsAre(Needs{Need::text, Need::none, Need::value}));
}

TEST(Drop, TellsColumnsThatAreNotThereEachAtItsPlace) {
  const std::string problems = drop("[nmae, n, y]").problems();
  EXPECT_THAT(problems, HasSubstr("stage.yaml:1:11: drop.columns[0]: there is no column `nmae`"));
  EXPECT_THAT(problems, HasSubstr("did you mean `name`?"));
  EXPECT_THAT(problems, HasSubstr("stage.yaml:1:20: drop.columns[2]: there is no column `y`"));
}

TEST(Drop, RefusesToLeaveNothing) {
  EXPECT_THAT(drop("[x, n, name]").problems(), HasSubstr("leaves no column at all"));
}

TEST(Rename, GivesOtherNamesInTheSamePlaces) {
  const PlannedStage stage = rename("{n: count, name: who}");
  EXPECT_EQ(stage.outputs()[0], make_schema("who: string, count: int64, x: double")) << stage.problems();
  EXPECT_THAT(run_lines(stage, {rows()}), ElementsAre("a, 1, 0.5", "~, 2, ~"));
}

TEST(Rename, LetsColumnsChangeNames) {
  EXPECT_EQ(rename("{n: x, x: n}").outputs()[0], make_schema("name: string, x: int64, n: double"));
}

TEST(Rename, PassesOnWhatIsNeeded) {
  EXPECT_THAT(rename("{n: x, x: n}", {{Need::none, Need::text, Need::value}}).needs(),
              ElementsAre(Needs{Need::none, Need::text, Need::value}));
}

TEST(Rename, TellsNamesThatAreMissingOrTaken) {
  EXPECT_THAT(rename("{nmae: who}").problems(), HasSubstr("did you mean `name`?"));
  EXPECT_THAT(rename("{n: x}").problems(), HasSubstr("two columns would be named `x`"));
  EXPECT_THAT(rename("{n: ''}").problems(), HasSubstr("a column needs a name"));
  EXPECT_THAT(rename("{n: [x]}").problems(), HasSubstr("this wants a name, not a list"));
}

}  // namespace
}  // namespace weir
