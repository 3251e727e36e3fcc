// Columns that are known to have no value: every transform takes them as being of the type that it wants.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using testing::Delivery;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kFlights = "origin: string, delay: null";

std::vector<Batch> flights() { return {table(kFlights, {"SFO, ~", "LAX, ~"})}; }

PlannedStage plan(StageDescription description, const std::string& yaml) {
  return PlannedStage(std::move(description), yaml, {make_schema(kFlights)});
}

// What comes out, in the notation of make_schema.
std::string columns_of(const PlannedStage& stage) {
  std::string text = stage.problems();
  if (stage.outputs().empty()) return text;
  for (const Field& field : stage.outputs()[0])
    text += (text.empty() ? "" : ", ") + field.name + ": " +
            (field.always_null ? "null" : std::string(to_string(field.type)));
  return text;
}

// Both sides have the key `id`; one of them has no value in it.
std::vector<std::string> join_on_id(const char* left_schema, const std::vector<std::string>& left,
                                    const char* right_schema, const std::vector<std::string>& right) {
  const PlannedStage stage(describe_join(), "{on: [id], how: left}",
                           {make_schema(left_schema), make_schema(right_schema)});
  std::vector<Delivery> input = deliveries({table(left_schema, left)}, 0);
  input.push_back({1, table(right_schema, right)});
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(stage, input, out);
  return lines_of(out.batches());
}

TEST(ColumnsWithoutValues, AreUnknownToAFilter) {
  EXPECT_THAT(run_lines(plan(describe_filter(), "where: delay > 15"), flights()), IsEmpty());
  EXPECT_THAT(run_lines(plan(describe_filter(), "where: delay"), flights()), IsEmpty());
  EXPECT_THAT(run_lines(plan(describe_filter(), "where: delay is null"), flights()),
              ElementsAre("SFO, ~", "LAX, ~"));
}

TEST(ColumnsWithoutValues, StayWithoutValueWhereTheyAreHandedOn) {
  EXPECT_EQ(columns_of(plan(describe_filter(), "where: delay > 15")), kFlights);
  EXPECT_EQ(columns_of(plan(describe_sort(), "by: [delay desc]")), kFlights);
  EXPECT_EQ(columns_of(plan(describe_select(), "columns: [delay as late, delay / 60 as hours]")),
            "late: null, hours: double");
  EXPECT_EQ(columns_of(plan(describe_derive(), "set: {late: delay, hours: late / 60, later: late > 15}")),
            "origin: string, delay: null, late: null, hours: double, later: bool");
}

TEST(ColumnsWithoutValues, GetATypeWhereTheyAreReplaced) {
  const PlannedStage stage = plan(describe_derive(), "set: {delay: \"coalesce(delay, 0)\"}");
  EXPECT_EQ(columns_of(stage), "origin: string, delay: int64");
  EXPECT_THAT(run_lines(stage, flights()), ElementsAre("SFO, 0", "LAX, 0"));
}

TEST(ColumnsWithoutValues, AreAggregatedToNull) {
  const PlannedStage stage =
      plan(describe_aggregate(),
           "{group_by: [delay], select: {all: count(*), known: count(delay), "
           "total: sum(delay), mean: avg(delay), worst: max(delay), hours: total // 60}}");
  EXPECT_EQ(columns_of(stage),
            "delay: null, all: int64, known: int64, total: null, mean: double, "
            "worst: null, hours: int64");
  EXPECT_THAT(run_lines(stage, flights()), ElementsAre("~, 2, 0, ~, ~, ~, ~"));
  EXPECT_THAT(run_lines(stage, {}), IsEmpty());
}

TEST(ColumnsWithoutValues, SortLikeOtherNulls) {
  EXPECT_THAT(run_lines(plan(describe_sort(), "by: [delay, delay > 15, origin]"), flights()),
              ElementsAre("LAX, ~", "SFO, ~"));
}

TEST(ColumnsWithoutValues, MatchNothingInAJoinWhateverTheOtherSideIs) {
  EXPECT_THAT(join_on_id("id: null, a: string", {"~, x"}, "id: int64, b: string", {"1, y"}),
              ElementsAre("~, x, ~"));
  EXPECT_THAT(join_on_id("id: timestamp, a: string", {"2001-01-01, x"}, "id: null, b: null", {"~, ~"}),
              ElementsAre("2001-01-01 00:00:00, x, ~"));
  EXPECT_THAT(join_on_id("id: null", {"~"}, "id: null", {"~"}), ElementsAre("~"));
}

TEST(ColumnsWithoutValues, AreNeededAsValuesByWhoeverReliesOnThem) {
  const auto needs = [](StageDescription description, const std::string& yaml, const Needs& wanted) {
    return PlannedStage(std::move(description), yaml, {make_schema(kFlights)}, {wanted, wanted}).needs()[0];
  };
  EXPECT_EQ(needs(describe_filter(), "where: delay > 15", {Need::text, Need::text}),
            (Needs{Need::text, Need::value}));
  EXPECT_EQ(needs(describe_select(), "columns: [delay / 60 as hours, origin]", {Need::text, Need::text}),
            (Needs{Need::text, Need::value}));
  EXPECT_EQ(needs(describe_select(), "columns: [delay, origin]", {Need::text, Need::text}),
            (Needs{Need::text, Need::text}))
      << "a column that is merely copied may turn out to have values";
}

}  // namespace
}  // namespace weir
