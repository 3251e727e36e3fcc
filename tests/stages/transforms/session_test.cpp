#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;

constexpr const char* kClicks = "who: string, at: timestamp";

PlannedStage session(const std::string& yaml) {
  return PlannedStage(describe_session(), yaml, {make_schema(kClicks)});
}

TEST(Session, BeginsWhereMoreThanTheGapHasPassed) {
  const std::vector<Batch> batches = {
      table(kClicks, {"ann, 2026-01-01 10:00:00", "bob, 2026-01-01 10:01:00", "ann, 2026-01-01 11:00:00"}),
      table(kClicks, {"ann, 2026-01-01 10:30:00", "ann, ~", "ann, 2026-01-01 11:30:00.000001",
                      "bob, 2026-01-02 10:01:00"})};
  EXPECT_THAT(run_lines(session("{by: who, time: at, gap: 30m}"), batches),
              ElementsAre("ann, 2026-01-01 10:00:00, 1", "bob, 2026-01-01 10:01:00, 1",
                          "ann, 2026-01-01 11:00:00, 1", "ann, 2026-01-01 10:30:00, 1", "ann, ~, ~",
                          "ann, 2026-01-01 11:30:00.000001, 2", "bob, 2026-01-02 10:01:00, 2"));
}

TEST(Session, NumbersAllRecordsTogetherWithoutAKey) {
  const PlannedStage stage = session("{time: at, gap: 1h, as: visit}");
  EXPECT_EQ(stage.outputs()[0], make_schema("who: string, at: timestamp, visit: int64")) << stage.problems();
  EXPECT_THAT(run_lines(stage, {table(kClicks, {"a, 1969-12-31 10:00:00", "b, 1969-12-31 08:59:59"})}),
              ElementsAre("a, 1969-12-31 10:00:00, 2", "b, 1969-12-31 08:59:59, 1"));
}

TEST(Session, TellsWhatDoesNotFit) {
  EXPECT_THAT(session("{time: who, gap: 1h}").problems(),
              HasSubstr("a session needs a timestamp, not string"));
  EXPECT_THAT(session("{time: at, gap: 0s}").problems(), HasSubstr("gap"));
  EXPECT_THAT(session("{time: at, gap: soon}").problems(), HasSubstr("a duration"));
  EXPECT_THAT(session("{time: at, gap: 1h, as: who}").problems(), HasSubstr("has a column `who` already"));
}

}  // namespace
}  // namespace weir
