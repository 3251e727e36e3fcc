// Streams that part and come together again: broadcast, round_robin, partition, route and merge.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

class Branches : public FlowFixture {};
WEIR_RUN_WITH_THREADS(Branches);

TEST_P(Branches, BroadcastShowsEveryItemToEveryBranch) {
  std::vector<int> same, twice;
  auto [one, other] = from("numbers", up_to(200), chunks_of(7)) | broadcast<2>();
  auto flow = std::move(one) | to("same", same);
  auto second = std::move(other) | map("twice", [](int n) { return 2 * n; }) | to("doubled", twice);
  const auto report = run_well(second);
  EXPECT_EQ(same, up_to(200));
  ASSERT_EQ(twice.size(), 200u);
  EXPECT_EQ(twice[199], 398);
  EXPECT_EQ(stage(report, "same").processed, 200u);
}

TEST_P(Branches, RouteSendsEachItemWhereItIsToGo) {
  std::vector<int> threes, others;
  auto [a, b] = from("numbers", up_to(100), chunks_of(7)) |
                route<2>("by three", [](const auto& n) { return n % 3 == 0 ? 0 : 1; });
  auto flow = std::move(a) | to("threes", threes);
  auto other = std::move(b) | to("others", others);
  const auto report = run_well(flow);
  EXPECT_EQ(threes.size(), 34u);
  EXPECT_EQ(others.size(), 66u);
  EXPECT_TRUE(std::ranges::is_sorted(threes));
  EXPECT_TRUE(std::ranges::is_sorted(others));
  EXPECT_EQ(stage(report, "by three").emitted, 100u);
}

TEST_P(Branches, ARouteToNowhereFailsTheRun) {
  std::vector<int> out;
  auto [a, b] = from("numbers", up_to(10)) | route<2>("astray", [](int n) { return n; });
  auto flow = merge(std::move(a), std::move(b)) | to("out", out);
  const auto report = run(flow);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "astray");
  EXPECT_EQ(report.failure->error.message, "was to go to branch 2 of 2: answer a number below that");
  EXPECT_EQ(report.failure->error.error_class, ErrorClass::data);
}

TEST_P(Branches, MergeOfBranchesRestoresTheOrderOfChunks) {
  std::vector<int> out;
  auto branches = from("numbers", up_to(500), chunks_of(5)) | round_robin<3>("deal");
  auto flow = merge(std::move(branches[0]) | map("a", [](int n) { return n; }), std::move(branches[1]),
                    std::move(branches[2]) | filter("all", [](int) { return true; })) |
              to("out", out);
  run_well(flow);
  EXPECT_EQ(out, up_to(500));
}

TEST_P(Branches, PartitionKeepsKeysTogether) {
  std::vector<int> out[3];
  auto [a, b, c] =
      from("numbers", up_to(300), chunks_of(8)) | partition<3>("by ten", [](int n) { return n % 10; });
  auto one = std::move(a) | to("0", out[0]);
  auto two = std::move(b) | to("1", out[1]);
  auto three = std::move(c) | to("2", out[2]);
  run_well(two);
  EXPECT_EQ(out[0].size() + out[1].size() + out[2].size(), 300u);
  for (int key = 0; key < 10; ++key) {
    int branches = 0;
    for (const auto& branch : out)
      branches += std::ranges::any_of(branch, [key](int n) { return n % 10 == key; });
    EXPECT_EQ(branches, 1);
  }
}

TEST_P(Branches, StreamsOfDifferentSourcesFollowOneAfterAnother) {
  std::vector<int> out, expected = up_to(30);
  for (const int n : up_to(20))
    expected.push_back(n);
  run_well(merge(from("first", up_to(30), chunks_of(4)), from("second", up_to(20), chunks_of(4))) |
           map("same", [](int n) { return n; }) | to("out", out));
  EXPECT_EQ(out, expected);
}

TEST_P(Branches, MoveOnlyItemsMayBeRouted) {
  std::vector<std::unique_ptr<int>> in, even, odd;
  for (const int n : up_to(50))
    in.push_back(std::make_unique<int>(n));
  auto [a, b] = from("pointers", std::move(in), chunks_of(6)) |
                route<2>("by two", [](const std::unique_ptr<int>& p) { return *p % 2; });
  auto flow = std::move(a) | to("even", even);
  auto other = std::move(b) | to("odd", odd);
  run_well(other);
  ASSERT_EQ(even.size(), 25u);
  ASSERT_EQ(odd.size(), 25u);
  EXPECT_EQ(*odd[24], 49);
}

TEST_P(Branches, BranchesMayBranchAgainAfterTheyWereUnitedWithOthers) {
  std::vector<int> merged, left, right;
  auto [a, b] = from("numbers", up_to(40), chunks_of(3)) | broadcast<2>();
  auto flow = merge(from("others", up_to(5)), std::move(a)) | to("merged", merged);
  auto [c, d] = std::move(b) | broadcast<2>();
  auto one = std::move(c) | to("left", left);
  EXPECT_THROW((void)one.run(), UsageError) << "a branch ends nowhere";
  auto two = std::move(d) | to("right", right);
  run_well(two);
  EXPECT_EQ(merged.size(), 45u);
  EXPECT_EQ(left, up_to(40));
  EXPECT_EQ(right, up_to(40));
}

TEST_P(Branches, AFlowKeepsItsNameWhenItBecomesPartOfAnother) {
  std::vector<int> out, more;
  auto [a, b] = from("numbers", up_to(4)) | broadcast<2>();
  auto flow = std::move(a) | to("out", out);
  flow.name("mine");
  auto other = merge(from("others", up_to(4)), std::move(b)) | to("more", more);
  EXPECT_EQ(run_well(other).pipeline, "mine");
}

}  // namespace
}  // namespace weir
