// Stages that remember: take, batch, reduce and group_by.
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using ::testing::ElementsAre;
using ::testing::Pair;

class StatefulStages : public FlowFixture {};
WEIR_RUN_WITH_THREADS(StatefulStages);

TEST_P(StatefulStages, TakeGivesTheFirstItemsAndStopsAnEndlessSource) {
  std::vector<int> out;
  const auto report =
      run_well(from(
                   "for ever", [n = 0]() mutable { return std::optional(n++); }, chunks_of(7)) |
               map("same", [](int n) { return n; }) | take("first", 100) | to("out", out));
  EXPECT_EQ(out, up_to(100));
  EXPECT_EQ(stage(report, "first").emitted, 100u);
}

TEST_P(StatefulStages, TakeGivesAllWhereThereAreFewer) {
  std::vector<int> out;
  run_well(from("numbers", up_to(10), chunks_of(3)) | take("first", 100) | to("out", out));
  EXPECT_EQ(out, up_to(10));
}

TEST_P(StatefulStages, BatchGathersAndGivesTheRestAtTheEnd) {
  std::vector<std::vector<int>> out;
  const auto report = run_well(from("numbers", up_to(23), chunks_of(3)) | batch("five", 5) | to("out", out));
  ASSERT_EQ(out.size(), 5u);
  EXPECT_THAT(out.front(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(out.back(), ElementsAre(20, 21, 22));
  EXPECT_EQ(stage(report, "five").in, 23u);
  EXPECT_EQ(stage(report, "five").emitted, 5u);
}

TEST_P(StatefulStages, BatchesOfMoveOnlyItemsCanBeTakenApart) {
  std::vector<std::unique_ptr<int>> in(11);
  std::vector<std::unique_ptr<int>> out;
  run_well(
      from("pointers", std::move(in), chunks_of(2)) | batch("four", 4) |
      inspect("look", [](const std::vector<std::unique_ptr<int>>& four) { EXPECT_LE(four.size(), 4u); }) |
      flat_map("each", [](std::vector<std::unique_ptr<int>> four) { return four; }) | to("out", out));
  EXPECT_EQ(out.size(), 11u);
}

TEST_P(StatefulStages, ItemStagesBehindABatchFollowIt) {
  std::vector<int> out;
  run_well(from("numbers", up_to(100), chunks_of(3)) | batch("seven", 7) |
           map("sum", [](const std::vector<int>& v) { return std::accumulate(v.begin(), v.end(), 0); }) |
           batch("all", 1'000) | map("count", [](const std::vector<int>& v) { return int(v.size()); }) |
           to("out", out));
  EXPECT_THAT(out, ElementsAre(15));
}

TEST_P(StatefulStages, ReduceFoldsInOrder) {
  std::vector<std::string> out;
  run_well(
      from("numbers", up_to(12), chunks_of(2)) |
      reduce("text", std::string(">"), [](std::string text, int n) { return text + std::to_string(n); }) |
      to("out", out));
  EXPECT_THAT(out, ElementsAre(">01234567891011"));
}

TEST_P(StatefulStages, ReduceWithCombineFoldsSideBySideAndCombinesInOrder) {
  std::vector<std::string> out;
  const auto add = [](std::string text, const auto& more) {
    if constexpr (std::is_same_v<decltype(more), const int&>)
      return text + std::to_string(more);
    else
      return text + more;
  };
  std::string expected;
  for (int n = 0; n < 500; ++n)
    expected += std::to_string(n);
  run_well(from("numbers", up_to(500), chunks_of(3)) | map("same", [](int n) { return n; }) |
           reduce("text", std::string(), add, add) | to("out", out));
  EXPECT_THAT(out, ElementsAre(expected));
}

TEST_P(StatefulStages, ReduceOfNothingIsWhereItBegan) {
  std::vector<int> out;
  run_well(from("nothing", std::vector<int>{}) | reduce("sum", 42, std::plus<>()) | to("out", out));
  run_well(from("nothing", std::vector<int>{}) | reduce("sum", 43, std::plus<>(), std::plus<>()) |
           to("out", out));
  EXPECT_THAT(out, ElementsAre(42, 43));
}

TEST_P(StatefulStages, ReduceDoesNotCopyWhatItHasGatheredAtEachChunk) {
  struct Counted {
    Counted() = default;
    Counted(const Counted& other) : sum(other.sum), copies(other.copies + 1) {}
    Counted(Counted&&) = default;
    Counted& operator=(Counted&&) = default;
    int sum = 0, copies = 0;
  };
  std::vector<int> out;
  run_well(from("numbers", up_to(1'000), chunks_of(1)) |
           reduce("sum", Counted(),
                  [](Counted all, int n) {
                    all.sum += n;
                    return all;
                  }) |
           map("copies", [](const Counted& all) { return all.copies; }) | to("out", out));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_LT(out.front(), 20);
}

TEST_P(StatefulStages, GroupByGivesKeysInTheOrderInWhichTheyFirstCame) {
  std::vector<std::pair<int, int>> out;
  const auto in = std::vector{5, 3, 5, 9, 3, 1, 5};
  const auto same = [](int n) { return n; };
  const auto count = [](int acc, int) { return acc + 1; };
  run_well(from("numbers", in, chunks_of(2)) | group_by("count", same, 0, count) | to("out", out));
  EXPECT_THAT(out, ElementsAre(Pair(5, 3), Pair(3, 2), Pair(9, 1), Pair(1, 1)));
  out.clear();
  run_well(from("numbers", in, chunks_of(2)) | group_by("count", same, 0, count, std::plus<>()) |
           to("out", out));
  EXPECT_THAT(out, ElementsAre(Pair(5, 3), Pair(3, 2), Pair(9, 1), Pair(1, 1)));
}

TEST_P(StatefulStages, GroupByGivesOutMoreGroupsThanTravelTogether) {
  std::vector<std::pair<int, int>> out;
  const auto report =
      run_well(from("numbers", up_to(10'000), chunks_of(64)) | map("same", [](int n) { return n; }) |
               group_by(
                   "sum", [](int n) { return n % 3'000; }, 0, std::plus<>(), std::plus<>()) |
               filter("most", [](const auto& group) { return group.first > 0; }) | to("out", out));
  ASSERT_EQ(out.size(), 2'999u);
  for (int key = 1; key < 3'000; ++key) {
    int sum = 0;
    for (int n = key; n < 10'000; n += 3'000)
      sum += n;
    EXPECT_THAT(out[static_cast<std::size_t>(key - 1)], Pair(key, sum));
  }
  EXPECT_EQ(stage(report, "sum").in, 10'000u);
  EXPECT_EQ(stage(report, "sum").emitted, 3'000u);
}

}  // namespace
}  // namespace weir
