#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;

constexpr const char* kNumbers = "a: int64, b: int64, name: string";

PlannedStage select(const std::string& columns, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_select(), "columns: " + columns, {make_schema(kNumbers)}, std::move(needs));
}
PlannedStage derive(const std::string& set, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_derive(), "set: " + set, {make_schema(kNumbers)}, std::move(needs));
}
std::vector<Batch> numbers() { return {table(kNumbers, {"1, 10, x", "2, ~, y"})}; }

TEST(Select, GivesColumnsAndExpressionsInTheirOrder) {
  const PlannedStage stage = select("[name, a + b as sum, a]");
  EXPECT_EQ(stage.outputs()[0], make_schema("name: string, sum: int64, a: int64")) << stage.problems();
  EXPECT_THAT(run_lines(stage, numbers()), ElementsAre("x, 11, 1", "y, ~, 2"));
}

TEST(Select, SeesOnlyTheInputFromAList) {
  EXPECT_THAT(run_lines(select("[a + 1 as b, b + 1 as c]"), numbers()), ElementsAre("2, 11", "3, ~"));
}

TEST(Select, SeesEarlierColumnsFromAMap) {
  EXPECT_THAT(run_lines(select("{b: a + 1, c: b + 1, d: b}"), numbers()), ElementsAre("2, 3, 2", "3, 4, 3"));
}

TEST(Select, SharesAColumnThatItOnlyRenames) {
  const auto batch = table(kNumbers, {"1, 10, x"});
  CollectingEmitter out;
  select("[name as title]").make()->process({batch, 0, {}, 0}, nullptr, out);
  EXPECT_EQ(as_records(out.batches()[0]).columns()[0], batch->columns()[2]);
}

TEST(Select, RefusesANameTwice) {
  EXPECT_THAT(select("[a, b as a]").problems(), HasSubstr("two columns are named `a`"));
}

TEST(Derive, AddsColumnsThatSeeEarlierOnes) {
  const PlannedStage stage = derive("{c: a + 1, d: c * 2}");
  EXPECT_EQ(stage.outputs()[0], make_schema("a: int64, b: int64, name: string, c: int64, d: int64"))
      << stage.problems();
  EXPECT_THAT(run_lines(stage, numbers()), ElementsAre("1, 10, x, 2, 4", "2, ~, y, 3, 6"));
}

TEST(Derive, ReplacesAColumnWhereItStands) {
  const PlannedStage stage = derive("{a: name, c: a, b: b + 1}");
  EXPECT_EQ(stage.outputs()[0], make_schema("a: string, b: int64, name: string, c: string"));
  EXPECT_THAT(run_lines(stage, numbers()), ElementsAre("x, 11, x, x", "y, ~, y, y"));
}

TEST(Derive, RejectsARowThatItCannotComputeAndGoesOn) {
  CollectingEmitter out;
  derive("{c: 10 // a, d: c + cast(name as int64)}")
      .make()
      ->process({table(kNumbers, {"0, 1, 5", "2, 1, 5", "1, 1, x"}), 0, {}, 0}, nullptr, out);
  EXPECT_THAT(testing::lines_of(out.batches()), ElementsAre("2, 1, 5, 5, 10"));
  ASSERT_EQ(out.rejections.size(), 2u);
  EXPECT_EQ(out.rejections[0].row, 0u);
  EXPECT_EQ(out.rejections[1].row, 2u);
}

TEST(Projections, LeaveOutWhatNobodyNeeds) {
  const auto none = Need::none;
  const PlannedStage stage =
      derive("{c: a + 1, d: c * 2, e: b + 1}", {{none, none, none, none, Need::value, none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::value, none, none}));
  const std::vector<std::string> lines = run_lines(stage, numbers());
  EXPECT_THAT(lines[0], HasSubstr(", 4, (unneeded)"));
}

TEST(Projections, PassTheNeedOfAPlainColumnThrough) {
  EXPECT_THAT(select("[name as title, a, b]", {{Need::text, Need::none, Need::value}}).needs(),
              ElementsAre(Needs{Need::none, Need::value, Need::text}));
}

TEST(Projections, DoNotNeedAColumnThatIsReplaced) {
  const auto value = Need::value;
  EXPECT_THAT(derive("{a: b}", {{value, Need::none, Need::none}}).needs(),
              ElementsAre(Needs{Need::none, value, Need::none}));
}

TEST(Projections, ReportEveryExpressionThatDoesNotFit) {
  const std::string problems = derive("{c: a + nmae, d: bb}").problems();
  EXPECT_THAT(problems, HasSubstr("nmae"));
  EXPECT_THAT(problems, HasSubstr("bb"));
}

}  // namespace
}  // namespace weir
