// Dates as keys and values of the stages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using ::testing::UnorderedElementsAre;

constexpr const char* kDays = "day: date, n: int64";

std::vector<std::string> results(StageDescription description, const std::string& yaml) {
  const PlannedStage stage(std::move(description), yaml, {make_schema(kDays)});
  EXPECT_EQ(stage.problems(), "");
  return run_lines(
      stage, {table(kDays, {"2024-02-29, 1", "1969-12-31, 2", "~, 3"}), table(kDays, {"2024-02-29, 4"})});
}

TEST(Dates, AreKeysOfGroups) {
  EXPECT_THAT(results(describe_aggregate(), "{group_by: day, select: {n: sum(n)}}"),
              ElementsAre("2024-02-29, 5", "1969-12-31, 2", "~, 3"));
  EXPECT_THAT(
      results(describe_aggregate(), "{group_by: [day, n > 1], select: {n: count(*)}}"),
      ElementsAre("2024-02-29, false, 1", "1969-12-31, true, 1", "~, true, 1", "2024-02-29, true, 1"));
}

TEST(Dates, HaveALeastAndAGreatest) {
  EXPECT_THAT(results(describe_aggregate(), "select: {first: min(day), last: max(day), span: last - first}"),
              ElementsAre("1969-12-31, 2024-02-29, 19783"));
}

TEST(Dates, AreSortedAsTimeGoes) {
  EXPECT_THAT(results(describe_sort(), "by: [day, n desc]"),
              ElementsAre("1969-12-31, 2", "2024-02-29, 4", "2024-02-29, 1", "~, 3"));
}

TEST(Dates, AreFilteredByWhatATextSays) {
  EXPECT_THAT(results(describe_filter(), "where: day > '2024-02-28'"),
              UnorderedElementsAre("2024-02-29, 1", "2024-02-29, 4"));
}

TEST(Dates, MeetTimestampsInAJoin) {
  constexpr const char* kEvents = "day: timestamp, event: string";
  const PlannedStage stage(describe_join(), "on: day", {make_schema(kDays), make_schema(kEvents)});
  ASSERT_EQ(stage.problems(), "");
  std::vector<testing::Delivery> input =
      testing::deliveries({table(kDays, {"2024-02-29, 1", "1970-01-01, 2"})}, 0);
  input.push_back({1, table(kEvents, {"2024-02-29 00:00:00, leap", "1970-01-01 10:00:00, none"}), {0, 0, 0}});
  testing::CollectingEmitter out;
  testing::WorkersAtRandom(1, 0).run(stage, input, out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("2024-02-29, 1, leap"));
}

}  // namespace
}  // namespace weir
