#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

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

constexpr const char* kFlights = "origin: string, destination: string, delay: int64, share: double";

PlannedStage aggregate(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_aggregate(), yaml, {make_schema(kFlights)}, std::move(needs));
}

std::vector<Batch> flights() {
  return {table(kFlights, {"SFO, LAX, 10, 0.5", "JFK, LAX, 5, 0.25", "SFO, JFK, ~, ~"}),
          table(kFlights, {"~, LAX, 1, 1", "SFO, LAX, -4, 0.75", "~, JFK, 3, ~"})};
}

TEST(Aggregate, GivesGroupsInOrderOfFirstAppearanceWithNullAsOneOfThem) {
  const PlannedStage stage = aggregate("{group_by: [origin], select: {flights: count(*), mean: avg(delay)}}");
  EXPECT_EQ(stage.outputs()[0], make_schema("origin: string, flights: int64, mean: double"))
      << stage.problems();
  EXPECT_THAT(run_lines(stage, flights()), ElementsAre("SFO, 3, 3", "JFK, 1, 5", "~, 2, 2"));
}

TEST(Aggregate, KnowsItsFunctions) {
  const PlannedStage stage = aggregate(
      "{group_by: origin, select: {n: count(delay), s: sum(delay), lo: min(delay), hi: max(delay), d: "
      "sum(share), "
      "first: min(destination), last: max(destination), h: max(share)}}");
  EXPECT_THAT(run_lines(stage, flights()),
              ElementsAre("SFO, 2, 6, -4, 10, 1.25, JFK, LAX, 0.75", "JFK, 1, 5, 5, 5, 0.25, LAX, LAX, 0.25",
                          "~, 2, 4, 1, 3, 1, JFK, LAX, 1"));
}

TEST(Aggregate, IsOneRecordWithoutKeys) {
  const PlannedStage stage = aggregate("select: {n: count(*), s: sum(delay), m: max(origin)}");
  EXPECT_THAT(run_lines(stage, flights()), ElementsAre("6, 15, SFO"));
  EXPECT_THAT(run_lines(stage, {}), ElementsAre("0, ~, ~")) << "also of no input";
}

TEST(Aggregate, IsNothingWithKeysAndNoInput) {
  EXPECT_THAT(run_lines(aggregate("{group_by: origin, select: {n: count(*)}}"), {}), ElementsAre());
}

TEST(Aggregate, GroupsBySeveralKeysAndByExpressions) {
  const PlannedStage stage =
      aggregate("{group_by: {to: destination, late: delay > 3}, select: {n: count(*)}}");
  EXPECT_THAT(run_lines(stage, flights()),
              ElementsAre("LAX, true, 2", "JFK, ~, 1", "LAX, false, 2", "JFK, false, 1"));
}

TEST(Aggregate, ComputesWithAggregatesAndWithEarlierColumns) {
  const PlannedStage stage = aggregate(
      "{group_by: origin, select: {rate: sum(delay) / count(*), twice: rate * 2, label: upper(origin)}}");
  EXPECT_THAT(run_lines(stage, flights()), ElementsAre("SFO, 2, 4, SFO", "JFK, 5, 10, JFK", "~, 2, 4, ~"));
}

TEST(Aggregate, HoldsNanForOneKeyAndMinusZeroForZero) {
  const PlannedStage stage(describe_aggregate(), "{group_by: x, select: {n: count(*)}}",
                           {make_schema("x: double")});
  const auto batch = table("x: double", {"nan", "-0", "0", "-nan", "inf", "~"});
  EXPECT_THAT(run_lines(stage, {batch}), ElementsAre("nan, 2", "0, 2", "inf, 1", "~, 1"));
}

TEST(Aggregate, TakesNanForGreaterThanEveryNumber) {
  const PlannedStage stage(describe_aggregate(), "select: {lo: min(x), hi: max(x)}",
                           {make_schema("x: double")});
  EXPECT_THAT(run_lines(stage, {table("x: double", {"1", "nan", "inf"})}), ElementsAre("1, nan"));
}

TEST(Aggregate, AddsDoublesExactly) {
  const PlannedStage stage(describe_aggregate(), "select: {s: sum(x), m: avg(x)}",
                           {make_schema("x: double")});
  const std::vector<Batch> batches = {table("x: double", {"1e100", "1", "~"}),
                                      table("x: double", {"-1e100", "1"})};
  EXPECT_THAT(run_lines(stage, batches), ElementsAre("2, 0.5"));
}

TEST(Aggregate, RefusesASumThatDoesNotFitAndNamesItsGroup) {
  const PlannedStage stage = aggregate("{group_by: origin, select: {s: sum(delay), n: count(*)}}");
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(
      stage,
      deliveries({table(kFlights, {"SFO, ~, 9223372036854775807, ~", "LAX, ~, 1, ~", "SFO, ~, 1, ~",
                                   "JFK, ~, 9223372036854775807, ~", "JFK, ~, 1, ~", "JFK, ~, -2, ~"})}),
      out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("LAX, 1, 1", "JFK, 9223372036854775806, 3"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].error.error_class, ErrorClass::data);
  EXPECT_THAT(out.rejections[0].error.message,
              HasSubstr("9223372036854775808, in group {\"origin\": \"SFO\"}"));
}

TEST(Aggregate, RejectsRowsThatItCannotComputeAndLeavesThemOutOfEverySum) {
  const PlannedStage stage =
      aggregate("{group_by: origin, select: {n: count(*), s: sum(cast(destination as int64))}}");
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(stage, deliveries({table(kFlights, {"A, 1, ~, ~", "A, x, ~, ~", "B, y, ~, ~"})}),
                            out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("A, 1, 1"));
  ASSERT_EQ(out.rejections.size(), 2u);
  EXPECT_EQ(out.rejections[0].row, 1u);
}

TEST(Aggregate, NeedsItsKeysAndTheArgumentsOfWhatIsRead) {
  const auto none = Need::none;
  const PlannedStage stage =
      aggregate("{group_by: origin, select: {n: sum(delay), twice: 2 * n, s: sum(share)}}",
                {{none, none, Need::value, none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::value, none, Need::value, none}));
  EXPECT_THAT(run_lines(stage, flights()),
              ElementsAre("SFO, 6, 12, (unneeded)", "JFK, 5, 10, (unneeded)", "~, 4, 8, (unneeded)"));
}

TEST(Aggregate, ReportsWhatDoesNotFit) {
  const std::string problems =
      aggregate("{group_by: origin, select: {origin: count(*), a: sum(dealy), b: delay}}").problems();
  EXPECT_THAT(problems, HasSubstr("two columns are named `origin`"));
  EXPECT_THAT(problems, HasSubstr("did you mean `delay`?"));
  EXPECT_THAT(problems, HasSubstr("differs within a group"));
}

}  // namespace
}  // namespace weir
