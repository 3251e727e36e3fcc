#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using testing::Delivery;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kFlights = "origin: string, delay: int64";
constexpr const char* kAirports = "iata: string, city: string, delay: int64";

PlannedStage join(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_join(), yaml, {make_schema(kFlights), make_schema(kAirports)},
                      std::move(needs));
}

std::vector<std::string> run(const PlannedStage& stage, const std::vector<Batch>& left,
                             const std::vector<Batch>& right, CollectingEmitter& out) {
  std::vector<Delivery> input = deliveries(left, 0);
  const std::vector<Delivery> retained = deliveries(right, 1);
  input.insert(input.end(), retained.begin(), retained.end());
  WorkersAtRandom(1, 0).run(stage, input, out);
  return lines_of(out.batches());
}
std::vector<std::string> run(const PlannedStage& stage, const std::vector<Batch>& left,
                             const std::vector<Batch>& right) {
  CollectingEmitter out;
  return run(stage, left, right, out);
}

const auto kFlightRows = {"SFO, 1", "ZZZ, 2", "~, 3", "LAX, 4"};
const auto kAirportRows = {"LAX, Los Angeles, 7", "SFO, San Francisco, 8", "~, Nowhere, 9"};

std::vector<Batch> flights() { return {table(kFlights, {kFlightRows.begin(), kFlightRows.end()})}; }
std::vector<Batch> airports() { return {table(kAirports, {kAirportRows.begin(), kAirportRows.end()})}; }

TEST(Join, PutsToEachRecordItsMatch) {
  const PlannedStage stage = join("on: {origin: iata}");
  EXPECT_EQ(stage.outputs()[0],
            make_schema("origin: string, delay: int64, iata: string, city: string, delay_right: int64"))
      << stage.problems();
  CollectingEmitter out;
  EXPECT_THAT(run(stage, flights(), airports(), out),
              ElementsAre("SFO, 1, SFO, San Francisco, 8", "LAX, 4, LAX, Los Angeles, 7"));
  EXPECT_EQ(out.filtered_rows, 2u);
}

TEST(Join, KeepsRecordsWithoutAMatchWhereLeft) {
  EXPECT_THAT(run(join("{on: {origin: iata}, how: left, suffix: _airport}"), flights(), airports()),
              ElementsAre("SFO, 1, SFO, San Francisco, 8", "ZZZ, 2, ~, ~, ~", "~, 3, ~, ~, ~",
                          "LAX, 4, LAX, Los Angeles, 7"));
}

TEST(Join, GivesUnmatchedRecordsOfTheRightAtTheEndWhereFull) {
  EXPECT_THAT(run(join("{on: {origin: iata}, how: full}"), flights(), airports()),
              ElementsAre("SFO, 1, SFO, San Francisco, 8", "ZZZ, 2, ~, ~, ~", "~, 3, ~, ~, ~",
                          "LAX, 4, LAX, Los Angeles, 7", "~, ~, ~, Nowhere, 9"));
  EXPECT_THAT(run(join("{on: {origin: iata}, how: full}"), {}, airports()),
              ElementsAre("~, ~, LAX, Los Angeles, 7", "~, ~, SFO, San Francisco, 8", "~, ~, ~, Nowhere, 9"));
}

TEST(Join, HasValuesOfBothSidesInAKeyOfTheSameNameWhereFull) {
  const PlannedStage stage(describe_join(), "{on: [k], how: full}",
                           {make_schema("k: int64, a: int64"), make_schema("b: int64, k: int64")});
  EXPECT_EQ(stage.outputs()[0], make_schema("k: int64, a: int64, b: int64")) << stage.problems();
  EXPECT_THAT(run(stage, {table("k: int64, a: int64", {"1, 2", "3, 4"})},
                  {table("b: int64, k: int64", {"5, 3", "6, 7"})}),
              ElementsAre("1, 2, ~", "3, 4, 5", "7, ~, 6"));
}

TEST(Join, TakesTheTypeOfTheSideThatHasValuesWhereFull) {
  const PlannedStage stage(describe_join(), "{on: [k], how: full}",
                           {make_schema("k: null"), make_schema("k: int64")});
  EXPECT_EQ(stage.outputs()[0], make_schema("k: int64")) << stage.problems();
  EXPECT_THAT(run(stage, {table("k: null", {"~"})}, {table("k: int64", {"7"})}), ElementsAre("~", "7"));
  const PlannedStage wrong(describe_join(), "{on: [k], how: full}",
                           {make_schema("k: double"), make_schema("k: int64")});
  EXPECT_THAT(wrong.problems(), HasSubstr("one column `k` for both sides"));
}

TEST(Join, ChoosesRecordsOfTheLeftByWhetherTheyHaveAMatch) {
  const PlannedStage semi = join("{on: {origin: iata}, how: semi}");
  EXPECT_EQ(semi.outputs()[0], make_schema(kFlights));
  CollectingEmitter out;
  EXPECT_THAT(run(semi, flights(), airports(), out), ElementsAre("SFO, 1", "LAX, 4"));
  EXPECT_EQ(out.filtered_rows, 2u);
  EXPECT_THAT(run(join("{on: {origin: iata}, how: anti}"), flights(), airports()),
              ElementsAre("ZZZ, 2", "~, 3"));
}

TEST(Join, GivesARecordOnceHoweverManyMatchesItHasWhereSemi) {
  const std::vector<Batch> right = {table(kAirports, {"SFO, first, 1", "SFO, second, 3"})};
  EXPECT_THAT(run(join("{on: {origin: iata}, how: semi}"), flights(), right), ElementsAre("SFO, 1"));
}

TEST(Join, NeedsOnlyTheKeysOfTheRightWhereNoPairsComeOut) {
  const PlannedStage stage = join("{on: {origin: iata}, how: anti}", {{Need::none, Need::text}});
  EXPECT_THAT(stage.needs(),
              ElementsAre(Needs{Need::value, Need::text}, Needs{Need::value, Need::none, Need::none}));
}

TEST(Join, RefusesRecordsWithSeveralMatchesWhereOneIsAllowed) {
  const std::vector<Batch> right = {table(kAirports, {"SFO, first, 1", "LAX, other, 2", "SFO, second, 3"})};
  for (const std::string how : {"inner", "left", "full", "semi"}) {
    CollectingEmitter out;
    const auto lines = run(join("{on: {origin: iata}, match: one, how: " + how + "}"), flights(), right, out);
    for (const std::string& line : lines)
      EXPECT_THAT(line, ::testing::Not(HasSubstr("SFO"))) << how;
    ASSERT_EQ(out.rejections.size(), 1u) << how;
    EXPECT_EQ(out.rejections[0].row, 0u);
    EXPECT_EQ(out.rejections[0].error.message,
              "2 records of the right input have the key `SFO`, and `match: one` allows one");
  }
}

TEST(Join, WritesTheSameWhateverTheThreadsWhereFull) {
  std::string left = "k,a\n";
  for (int row = 0; row < 100'000; ++row)
    left += std::to_string(row * 7 % 100'003) + "," + std::to_string(row) + "\n";
  std::string right = "k,b\n";
  for (int row = 0; row < 50'000; ++row)
    right += std::to_string(row * 5 % 200'003) + "," + std::to_string(row) + "\n";
  const testing::WholePipeline pipeline(
      left,
      "  - {type: read_csv, name: others, path: others.csv}\n"
      "  - {type: join, from: {left: rows, right: others}, on: [k], how: full}\n");
  pipeline.folder.write("others.csv", right);
  const std::string written = pipeline.output();
  EXPECT_GT(std::count(written.begin(), written.end(), '\n'), 100'001);
  EXPECT_TRUE(written.ends_with("\n199995,,39999\n200000,,40000\n"))
      << "the last of the right without a match";
}

TEST(Join, GivesMatchesInTheOrderOfTheRightInput) {
  const std::vector<Batch> right = {table(kAirports, {"SFO, first, 1", "LAX, other, 2", "SFO, second, 3"}),
                                    table(kAirports, {"SFO, third, 4"})};
  EXPECT_THAT(run(join("on: {origin: iata}"), flights(), right),
              ElementsAre("SFO, 1, SFO, first, 1", "SFO, 1, SFO, second, 3", "SFO, 1, SFO, third, 4",
                          "LAX, 4, LAX, other, 2"));
}

TEST(Join, GivesAKeyOfTheSameNameOnce) {
  const PlannedStage stage(describe_join(), "on: [k]",
                           {make_schema("k: int64, a: int64"), make_schema("b: int64, k: int64")});
  EXPECT_EQ(stage.outputs()[0], make_schema("k: int64, a: int64, b: int64")) << stage.problems();
  EXPECT_THAT(
      run(stage, {table("k: int64, a: int64", {"1, 2", "3, 4"})}, {table("b: int64, k: int64", {"5, 3"})}),
      ElementsAre("3, 4, 5"));
}

TEST(Join, ComparesSeveralKeysAndExpressions) {
  const PlannedStage stage(describe_join(), "on: [upper(k), n]",
                           {make_schema("k: string, n: int64"), make_schema("k: string, n: int64")});
  EXPECT_EQ(stage.outputs()[0], make_schema("k: string, n: int64, k_right: string")) << stage.problems();
  EXPECT_THAT(run(stage, {table("k: string, n: int64", {"a, 1", "A, 2", "b, 1", "a, ~"})},
                  {table("k: string, n: int64", {"A, 1", "a, 2", "B, 2", "a, ~"})}),
              ElementsAre("a, 1, A", "A, 2, a"));
}

TEST(Join, ComparesIntegersWithDoubles) {
  const PlannedStage stage(describe_join(), "on: {n: x}",
                           {make_schema("n: int64"), make_schema("x: double")});
  EXPECT_THAT(run(stage, {table("n: int64", {"1", "2"})}, {table("x: double", {"1.5", "2"})}),
              ElementsAre("2, 2"));
}

TEST(Join, GivesManyMatchesInBatchesOfBoundedSize) {
  std::vector<std::string> many(3000, "SFO, x, 0");
  const std::vector<Batch> left = {table(kFlights, {"SFO, 1", "LAX, 2", "SFO, 3", "SFO, 4"})};
  CollectingEmitter out;
  const auto lines = run(join("{on: {origin: iata}, how: left}"), left, {table(kAirports, many)}, out);
  ASSERT_EQ(lines.size(), 9001u);
  EXPECT_EQ(lines[2999], "SFO, 1, SFO, x, 0");
  EXPECT_EQ(lines[3000], "LAX, 2, ~, ~, ~");
  EXPECT_EQ(lines[9000], "SFO, 4, SFO, x, 0");
  for (const Batch& batch : out.batches())
    EXPECT_LE(batch->rows(), 4096u);
}

TEST(Join, WorksWithAnEmptyRightInput) {
  EXPECT_THAT(run(join("on: {origin: iata}"), flights(), {}), IsEmpty());
  EXPECT_THAT(run(join("{on: {origin: iata}, how: left}"), {table(kFlights, {"SFO, 1"})}, {}),
              ElementsAre("SFO, 1, ~, ~, ~"));
}

TEST(Join, LeavesTheLeftColumnsWhereTheyAreWhenNobodyMatchesTwice) {
  const auto left = table(kFlights, {"SFO, 1", "ZZZ, 2", "LAX, 3"});
  CollectingEmitter out;
  run(join("on: {origin: iata}"), {left}, airports(), out);
  EXPECT_EQ(as_records(out.batches()[0]).columns()[0], left->columns()[0]);
}

TEST(Join, GathersTheFewRowsOfASparseBatch) {
  std::vector<std::string> lines(100, "ZZZ, 1");
  lines[50] = "SFO, 2";
  const auto left = table(kFlights, lines)->slice(45, 10);
  CollectingEmitter out;
  EXPECT_THAT(run(join("on: {origin: iata}"), {left}, airports(), out),
              ElementsAre("SFO, 2, SFO, San Francisco, 8"));
  EXPECT_EQ(as_records(out.batches()[0]).physical_rows(), 1u);
}

TEST(Join, RejectsEachRowThatItCannotComputeOnce) {
  const PlannedStage stage(describe_join(), "{on: [cast(k as int64)], how: left}",
                           {make_schema("k: string"), make_schema("k: string")});
  std::vector<std::string> right(5000, "1");
  right.push_back("bad right");
  CollectingEmitter out;
  const auto lines = run(stage, {table("k: string", {"bad left", "1", "worse left", "2"})},
                         {table("k: string", right)}, out);
  EXPECT_EQ(lines.size(), 5001u);
  EXPECT_EQ(lines.back(), "2, ~");
  ASSERT_EQ(out.rejections.size(), 3u);
  EXPECT_EQ(out.rejections[0].row, 5000u);
  EXPECT_EQ(out.rejections[1].row, 0u);
  EXPECT_EQ(out.rejections[2].row, 2u);
}

TEST(Join, NeedsItsKeysAsValuesAndPassesOnOtherNeeds) {
  const auto none = Need::none;
  const PlannedStage stage = join("on: {origin: iata}", {{none, Need::text, none, Need::text, none}});
  EXPECT_THAT(stage.needs(),
              ElementsAre(Needs{Need::value, Need::text}, Needs{Need::value, Need::text, none}));
  EXPECT_THAT(run(stage, flights(), airports()), ElementsAre("SFO, 1, (unneeded), San Francisco, (unneeded)",
                                                             "LAX, 4, (unneeded), Los Angeles, (unneeded)"));
}

TEST(Join, ReportsKeysThatDoNotFit) {
  EXPECT_THAT(join("on: {origin: delay}").problems(), HasSubstr("cannot be compared"));
  EXPECT_THAT(join("on: {orign: iata}").problems(), HasSubstr("did you mean `origin`?"));
  EXPECT_THAT(join("on: []").problems(), HasSubstr("at least one column"));
  EXPECT_THAT(join("{on: {origin: iata}, suffix: ''}").problems(),
              HasSubstr("two columns would be named `delay`"));
}

}  // namespace
}  // namespace weir
