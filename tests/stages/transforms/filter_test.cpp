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
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;

constexpr const char* kFlights = "origin: string, delay: int64";

PlannedStage filter(const std::string& where) {
  return PlannedStage(describe_filter(), "where: " + where, {make_schema(kFlights)});
}

void process(const PlannedStage& stage, const Batch& batch, CollectingEmitter& out) {
  EXPECT_EQ(stage.make()->process({batch, 0, {}, 0}, nullptr, out), kDone);
}

TEST(Filter, PassesWhereTrueAndGivesTheRestWhereFalseOrNull) {
  CollectingEmitter out;
  process(filter("delay > 15"), table(kFlights, {"SFO, 16", "LAX, 15", "JFK, ~", "BOS, 99"}), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("SFO, 16", "BOS, 99"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("LAX, 15", "JFK, ~"));
  EXPECT_EQ(out.filtered_rows, 0u);
}

TEST(Filter, CountsTheRestWhereNobodyReadsIt) {
  CollectingEmitter out;
  out.unwanted = {1};
  process(filter("delay > 15"), table(kFlights, {"SFO, 16", "LAX, 15", "JFK, ~"}), out);
  EXPECT_THAT(out.batches(1), IsEmpty());
  EXPECT_EQ(out.filtered_rows, 2u);
}

TEST(Filter, HandsOnABatchThatPassesAsItIs) {
  CollectingEmitter out;
  const Batch batch = table(kFlights, {"SFO, 16", "LAX, 17"});
  process(filter("delay > 15"), batch, out);
  ASSERT_EQ(out.batches().size(), 1u);
  EXPECT_EQ(out.batches()[0], batch);
}

TEST(Filter, SharesTheColumns) {
  CollectingEmitter out;
  const auto batch = table(kFlights, {"SFO, 16", "LAX, 1"});
  process(filter("delay > 15"), batch, out);
  EXPECT_EQ(as_records(out.batches()[0]).columns(), batch->columns());
}

TEST(Filter, LooksOnlyAtTheRowsOfItsInput) {
  CollectingEmitter out;
  const auto batch = table(kFlights, {"A, 16", "B, 17", "C, 0", "D, 18", "E, 19"});
  process(filter("delay > 15"), batch->slice(1, 3), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("B, 17", "D, 18"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("C, 0"));
}

TEST(Filter, RejectsARowThatItCannotCompute) {
  CollectingEmitter out;
  const auto batch = table(kFlights, {"A, 16", "1, 16", "B, 1", "2, 3"});
  process(filter("cast(origin as int64) = 1"), batch->slice(1, 3), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("1, 16"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("2, 3"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 1u) << "the place in the batch that was handed in, not in its columns";
  EXPECT_EQ(out.rejections[0].error.error_class, ErrorClass::data);
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("B"));
}

TEST(Filter, NeedsWhatItComparesAsAValueAndPassesOnOtherNeeds) {
  const PlannedStage stage(describe_filter(), "where: delay > 15",
                           {make_schema("a: string, delay: int64, b: string")},
                           {{Need::text, Need::none, Need::none}, {Need::none, Need::text, Need::none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::text, Need::value, Need::none}));
}

TEST(Filter, RefusesWhatIsNoCondition) {
  EXPECT_THAT(filter("delay + 1").problems(), HasSubstr("true or false"));
  EXPECT_THAT(filter("dealy > 1").problems(), HasSubstr("delay"));
}

}  // namespace
}  // namespace weir
