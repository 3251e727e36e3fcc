#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

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

constexpr const char* kRows = "k: string, n: int64";

PlannedStage distinct(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_distinct(), yaml, {make_schema(kRows)}, std::move(needs));
}

std::vector<Batch> rows() {
  return {table(kRows, {"a, 2", "b, 1", "a, 3", "~, 7"}), table(kRows, {"b, 5", "~, 8", "a, 2", "c, ~"})};
}

TEST(Distinct, KeepsTheFirstOfEachKeyAndHoldsNoRecord) {
  const PlannedStage stage = distinct("by: k");
  EXPECT_FALSE(stage.traits().breaker);
  EXPECT_THAT(run_lines(stage, rows()), ElementsAre("a, 2", "b, 1", "~, 7", "c, ~"));
}

TEST(Distinct, ComparesAllColumnsUnlessToldOtherwise) {
  EXPECT_THAT(run_lines(distinct("{}"), rows()),
              ElementsAre("a, 2", "b, 1", "a, 3", "~, 7", "b, 5", "~, 8", "c, ~"));
}

TEST(Distinct, KeepsTheLastInTheOrderOfTheInput) {
  EXPECT_THAT(run_lines(distinct("{by: k, keep: last}"), rows()),
              ElementsAre("b, 5", "~, 8", "a, 2", "c, ~"));
}

TEST(Distinct, KeepsTheFirstOrLastOfAnOrder) {
  EXPECT_THAT(run_lines(distinct("{by: k, order_by: n desc}"), rows()),
              ElementsAre("a, 3", "b, 5", "~, 8", "c, ~"));
  EXPECT_THAT(run_lines(distinct("{by: k, order_by: n, keep: last}"), rows()),
              ElementsAre("a, 3", "b, 5", "~, 8", "c, ~"));
  EXPECT_THAT(run_lines(distinct("{by: k, order_by: n}"), rows()),
              ElementsAre("a, 2", "b, 1", "~, 7", "c, ~"));
}

TEST(Distinct, RefusesASecondRecordOfAKeyWhereToldTo) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(distinct("{by: [k, n % 2], keep: error}"), deliveries(rows()), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("a, 2", "b, 1", "a, 3", "~, 7", "~, 8", "c, ~"));
  ASSERT_EQ(out.rejections.size(), 2u);
  EXPECT_EQ(out.rejections[0].row, 0u);
  EXPECT_EQ(out.rejections[0].error.message, "another record before this one has the key `b`, `1`");
  EXPECT_EQ(out.filtered_rows, 0u);
}

TEST(Distinct, RejectsKeysThatItCannotCompute) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(distinct("by: cast(k as int64)"),
                            deliveries({table(kRows, {"1, 1", "x, 2", "1, 3"})}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 1"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.filtered_rows, 1u);
}

TEST(Distinct, NeedsItsKeysAsValuesAndPassesOnOtherNeeds) {
  EXPECT_THAT(distinct("by: k", {{Need::none, Need::text}}).needs(),
              ElementsAre(Needs{Need::value, Need::text}));
  EXPECT_THAT(distinct("{by: k, order_by: n}", {{Need::text, Need::none}}).needs(),
              ElementsAre(Needs{Need::value, Need::value}));
}

TEST(Distinct, TellsOptionsThatDoNotFit) {
  EXPECT_THAT(distinct("by: kk").problems(), HasSubstr("there is no column `kk`"));
  EXPECT_THAT(distinct("{by: k, keep: error, order_by: n}").problems(), HasSubstr("leave `order_by` out"));
  EXPECT_THAT(distinct("{by: k, keep: frist}").problems(), HasSubstr("did you mean `first`?"));
}

TEST(Distinct, WritesTheSameWhateverTheThreads) {
  std::string csv = "k,n\n";
  for (int row = 0; row < 200'000; ++row)
    csv += std::to_string(row * 7919 % 1000) + "," + std::to_string(row) + "\n";
  const std::string first = testing::WholePipeline(csv, "  - {type: distinct, by: k}\n").output();
  EXPECT_TRUE(first.starts_with("k,n\n0,0\n919,1\n838,2\n"));
  const std::string last = testing::WholePipeline(csv, "  - {type: distinct, by: k, keep: last}\n").output();
  EXPECT_TRUE(last.ends_with("\n81,199999\n"));
}

}  // namespace
}  // namespace weir
