#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WholePipeline;

constexpr const char* kRows = "n: int64";

PlannedStage limit(const std::string& rows) {
  return PlannedStage(describe_limit(), "rows: " + rows, {make_schema(kRows)});
}

std::vector<Batch> rows() { return {table(kRows, {"1", "2", "3"}), table(kRows, {"4", "5"})}; }

TEST(Limit, PassesTheFirstRecords) {
  EXPECT_THAT(run_lines(limit("4"), rows()), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(run_lines(limit("3"), rows()), ElementsAre("1", "2", "3"));
  EXPECT_THAT(run_lines(limit("0"), rows()), IsEmpty());
  EXPECT_THAT(run_lines(limit("100"), rows()), ElementsAre("1", "2", "3", "4", "5"));
}

TEST(Limit, SaysEnoughWithTheLastRecordThatPasses) {
  const PlannedStage stage = limit("3");
  const auto transform = stage.make();
  const auto state = transform->make_state();
  CollectingEmitter out;
  transform->process({table(kRows, {"1", "2"}), 0, {}, 0}, state.get(), out);
  EXPECT_FALSE(out.said_enough);
  transform->process({table(kRows, {"3"}), 0, {0, 0, 1}, 0}, state.get(), out);
  EXPECT_TRUE(out.said_enough);
  EXPECT_EQ(out.filtered_rows, 0u);
}

TEST(Limit, CountsWhatItLeavesOut) {
  CollectingEmitter out;
  testing::WorkersAtRandom(1, 0).run(limit("2"), testing::deliveries(rows()), out);
  EXPECT_EQ(out.filtered_rows, 3u);
}

TEST(Limit, WantsACount) { EXPECT_THAT(limit("-1").problems(), HasSubstr("a count")); }

// A file of many ranges, so that several workers are at different places of it.
TEST(Limit, GivesTheFirstOfAFileWhateverTheThreadsAndReadsNoFurther) {
  constexpr std::size_t kRowCount = 2'000'000;
  std::string csv = "n\n";
  for (std::size_t row = 0; row < kRowCount; ++row)
    csv += std::to_string(row) + "\n";
  const WholePipeline pipeline(csv, "  - {type: limit, rows: 5}\n");
  for (const std::size_t threads : {1u, 2u, 8u}) {
    RunReport report;
    EXPECT_EQ(pipeline.output(threads, &report), "n\n0\n1\n2\n3\n4\n") << threads;
    EXPECT_LT(report.stages[0].emitted, kRowCount) << threads;
  }
}

}  // namespace
}  // namespace weir
