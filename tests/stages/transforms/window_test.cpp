#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

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
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kRows = "k: string, n: int64";

PlannedStage window(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_window(), yaml, {make_schema(kRows)}, std::move(needs));
}

std::vector<Batch> rows() {
  return {table(kRows, {"a, 3", "b, 1", "a, 1"}), table(kRows, {"a, 3", "~, 7", "a, ~", "b, 2"})};
}

struct WindowCase {
  const char* name;
  const char* set;
  std::vector<std::string> results;  ///< of each record, in the order of the input
};

class Windows : public ::testing::TestWithParam<WindowCase> {};

// In order of n, the partition of a is 1, 3, 3, NULL.
TEST_P(Windows, AreComputedInOrderWithinEachPartition) {
  const PlannedStage stage =
      window(std::string("{partition_by: k, order_by: n, set: {w: \"") + GetParam().set + "\"}}");
  std::vector<std::string> results;
  for (const std::string& line : run_lines(stage, rows()))
    results.push_back(line.substr(line.rfind(", ") + 2));
  EXPECT_EQ(results, GetParam().results);
}

INSTANTIATE_TEST_SUITE_P(
    Functions, Windows,
    ::testing::Values(
        WindowCase{"RowNumber", "row_number()", {"2", "1", "1", "3", "1", "4", "2"}},
        WindowCase{"Rank", "rank()", {"2", "1", "1", "2", "1", "4", "2"}},
        WindowCase{"DenseRank", "dense_rank()", {"2", "1", "1", "2", "1", "3", "2"}},
        WindowCase{"Lag", "lag(n)", {"1", "~", "~", "3", "~", "3", "1"}},
        WindowCase{"LagByTwo", "lag(n, 2)", {"~", "~", "~", "1", "~", "3", "~"}},
        WindowCase{"LagByNone", "lag(n, 0)", {"3", "1", "1", "3", "7", "~", "2"}},
        WindowCase{"Lead", "lead(n)", {"3", "2", "3", "~", "~", "~", "~"}},
        WindowCase{"LeadOfAString",
                   "lead(k || ' of more than twelve bytes')",
                   {"a of more than twelve bytes", "b of more than twelve bytes",
                    "a of more than twelve bytes", "a of more than twelve bytes", "~", "~", "~"}},
        WindowCase{"FirstValue", "first_value(n)", {"1", "1", "1", "1", "7", "1", "1"}},
        WindowCase{"LastValue", "last_value(n)", {"3", "1", "1", "3", "7", "~", "2"}},
        WindowCase{"CountOfRows", "count(*)", {"2", "1", "1", "3", "1", "4", "2"}},
        WindowCase{"Count", "count(n)", {"2", "1", "1", "3", "1", "3", "2"}},
        WindowCase{"Sum", "sum(n)", {"4", "1", "1", "7", "7", "7", "3"}},
        WindowCase{"SumOfDoubles", "sum(n / 2)", {"2", "0.5", "0.5", "3.5", "3.5", "3.5", "1.5"}},
        WindowCase{
            "Average", "avg(n)", {"2", "1", "1", "2.3333333333333335", "7", "2.3333333333333335", "1.5"}},
        WindowCase{"Minimum", "min(-n)", {"-3", "-1", "-1", "-3", "-7", "-3", "-2"}},
        WindowCase{"Maximum", "max(n)", {"3", "1", "1", "3", "7", "3", "2"}},
        WindowCase{"MaximumOfStrings", "max(k)", {"a", "b", "a", "a", "~", "a", "b"}}),
    [](const auto& info) { return info.param.name; });

TEST(Window, GivesRecordsAsTheyCameWithNewColumns) {
  const PlannedStage stage = window("{order_by: n desc, set: {place: row_number(), before: lag(k)}}");
  EXPECT_EQ(stage.outputs()[0], make_schema("k: string, n: int64, place: int64, before: string"))
      << stage.problems();
  EXPECT_THAT(run_lines(stage, rows()), ElementsAre("a, 3, 2, ~", "b, 1, 5, b", "a, 1, 6, b", "a, 3, 3, a",
                                                    "~, 7, 1, ~", "a, ~, 7, a", "b, 2, 4, a"));
}

TEST(Window, TakesTheOrderOfTheInputUnlessToldOtherwise) {
  EXPECT_THAT(run_lines(window("set: {total: sum(n), rank: rank()}"), rows()),
              ElementsAre("a, 3, 3, 1", "b, 1, 4, 1", "a, 1, 5, 1", "a, 3, 8, 1", "~, 7, 15, 1",
                          "a, ~, 15, 1", "b, 2, 17, 1"))
      << "without an order all are equal";
}

TEST(Window, GivesNothingForNothing) {
  EXPECT_TRUE(run_lines(window("set: {n1: row_number()}"), {}).empty());
}

TEST(Window, RefusesASumThatDoesNotFit) {
  CollectingEmitter out;
  const auto batch = table(kRows, {"a, 9223372036854775807", "a, 1", "a, -5"});
  WorkersAtRandom(1, 0).run(window("set: {total: sum(n)}"), deliveries({batch}), out);
  EXPECT_THAT(lines_of(out.batches()),
              ElementsAre("a, 9223372036854775807, 9223372036854775807", "a, -5, 9223372036854775803"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 1u);
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("the running sum `total` does not fit"));
}

TEST(Window, RejectsRecordsThatItCannotCompute) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(window("{partition_by: cast(k as int64), set: {i: row_number()}}"),
                            deliveries({table(kRows, {"1, 0", "x, 0", "1, 5"})}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 0, 1", "1, 5, 2"));
  ASSERT_EQ(out.rejections.size(), 1u);
}

TEST(Window, ComputesOnlyWhatIsNeeded) {
  const PlannedStage stage = window("{order_by: n, set: {a: lag(k), b: row_number()}}",
                                    {{Need::none, Need::text, Need::none, Need::value}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::none, Need::value}));
  EXPECT_THAT(run_lines(stage, {table(kRows, {"x, 2", "y, 1"})}),
              ElementsAre("(unneeded), 2, (unneeded), 2", "(unneeded), 1, (unneeded), 1"));
}

TEST(Window, TellsWhatIsNoWindowFunction) {
  const auto told = [](const std::string& call) { return window("set: {w: \"" + call + "\"}").problems(); };
  EXPECT_THAT(told("row_nubmer()"), HasSubstr("did you mean `row_number`?"));
  EXPECT_THAT(told("n - lag(n)"), HasSubstr("`derive` behind this stage"));
  EXPECT_THAT(told("n"), HasSubstr("this is no window function"));
  EXPECT_THAT(told("lag(m)"), HasSubstr("stage.yaml:1:15: window.set.w: there is no column `m`"));
  EXPECT_THAT(told("lag(n, k)"), HasSubstr("a fixed number of records away"));
  EXPECT_THAT(told("rank(n)"), HasSubstr("`rank` takes nothing"));
  EXPECT_THAT(told("sum(n) filter (where n > 1)"), HasSubstr("put the condition into the value"));
  EXPECT_THAT(told("lag()"), HasSubstr("`lag` takes a value, and how many records away"));
  EXPECT_THAT(told("sum(k)"), HasSubstr("adds numbers, not string"));
  EXPECT_THAT(window("set: [row_number()]").problems(), HasSubstr("write {name: row_number()}"));
  EXPECT_THAT(window("set: {n: row_number()}").problems(), HasSubstr("has a column `n` already"));
}

// Against a model that walks over the records of a partition one by one.
RC_GTEST_PROP(WindowModel, GivesEachRecordItsPlaceItsNeighbourAndItsSum, ()) {
  struct Record {
    int k, n, place, before, sum;
  };
  const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40));
  std::vector<Record> records;
  for (const int key : keys)
    records.push_back({key % 4, key / 4, 0, -1, 0});
  for (int k = 0; k < 4; ++k) {
    std::vector<Record*> partition;
    for (Record& record : records)
      if (record.k == k) partition.push_back(&record);
    std::stable_sort(partition.begin(), partition.end(),
                     [](const Record* a, const Record* b) { return a->n > b->n; });
    int sum = 0;
    for (std::size_t i = 0; i < partition.size(); ++i) {
      partition[i]->place = static_cast<int>(i) + 1;
      if (i > 0) partition[i]->before = partition[i - 1]->n;
      partition[i]->sum = sum += partition[i]->n;
    }
  }
  std::vector<Delivery> input;
  std::vector<std::string> lines;
  std::vector<std::string> expected;
  const auto flush = [&] {
    input.push_back({0, table(kRows, std::exchange(lines, {})), {0, 0, input.size()}});
  };
  for (const Record& record : records) {
    lines.push_back("k" + std::to_string(record.k) + ", " + std::to_string(record.n));
    expected.push_back(lines.back() + ", " + std::to_string(record.place) + ", " +
                       (record.before < 0 ? "~" : std::to_string(record.before)) + ", " +
                       std::to_string(record.sum));
    if (*rc::gen::inRange(0, 5) == 0) flush();
  }
  flush();
  const PlannedStage stage = window(
      "{partition_by: k, order_by: n desc, set: {place: row_number(), before: lag(n), total: sum(n)}}");
  CollectingEmitter out;
  WorkersAtRandom(1 + *rc::gen::inRange(0, 4), *rc::gen::arbitrary<std::uint64_t>()).run(stage, input, out);
  RC_ASSERT(lines_of(out.batches()) == expected);
}

TEST(Window, WritesTheSameWhateverTheThreads) {
  std::string csv = "k,n\n";
  for (int row = 0; row < 200'000; ++row)
    csv += std::to_string(row % 7) + "," + std::to_string(row * 7919 % 1000) + "\n";
  const std::string written =
      testing::WholePipeline(
          csv,
          "  - {type: window, partition_by: k, order_by: n, set: {i: row_number(), total: sum(n * 0.1)}}\n")
          .output();
  EXPECT_TRUE(written.starts_with("k,n,i,total\n0,0,1,0\n"));
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 200'001);
}

}  // namespace
}  // namespace weir
