// Two streams as one of pairs.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using ::testing::ElementsAre;
using ::testing::Pair;

class Zip : public FlowFixture {
 protected:
  static void expect_equal_pairs(const std::vector<std::pair<int, int>>& pairs, std::size_t count) {
    ASSERT_EQ(pairs.size(), count);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_THAT(pairs[i], Pair(static_cast<int>(i), static_cast<int>(i)));
  }
};
WEIR_RUN_WITH_THREADS(Zip);

TEST_P(Zip, PairsBranchesOfOneStream) {
  std::vector<std::pair<int, std::string>> out;
  auto [a, b] = from("numbers", up_to(200), chunks_of(7)) | broadcast<2>();
  run_well(zip("pairs", std::move(a), std::move(b) | map("text", [](int n) { return std::to_string(n); })) |
           to("out", out));
  ASSERT_EQ(out.size(), 200u);
  for (int n = 0; n < 200; ++n)
    EXPECT_THAT(out[static_cast<std::size_t>(n)], Pair(n, std::to_string(n)));
}

TEST_P(Zip, PairsIndependentSourcesWhateverTheirChunks) {
  std::vector<std::pair<int, int>> out;
  const auto report =
      run_well(zip("pairs", from("a", up_to(300), chunks_of(7)), from("b", up_to(300), chunks_of(5))) |
               to("out", out));
  expect_equal_pairs(out, 300);
  EXPECT_EQ(stage(report, "pairs").in, 600u);
  EXPECT_EQ(stage(report, "pairs").emitted, 300u);
}

TEST_P(Zip, LeavesOutWhatOneOfThemHasMore) {
  std::vector<std::pair<int, int>> out;
  run_well(zip("pairs", from("a", up_to(100), chunks_of(7)),
               from("b", up_to(30), chunks_of(4)) | map("same", [](int n) { return n; })) |
           map("as they are", [](const std::pair<int, int>& pair) { return pair; }) | to("out", out));
  expect_equal_pairs(out, 30);
}

TEST_P(Zip, PairsMoveOnlyItems) {
  std::vector<std::unique_ptr<int>> in(20);
  std::vector<std::pair<std::unique_ptr<int>, int>> out;
  run_well(zip("pairs", from("a", std::move(in), chunks_of(3)), from("b", up_to(20), chunks_of(4))) |
           to("out", out));
  ASSERT_EQ(out.size(), 20u);
  EXPECT_EQ(out[19].second, 19);
}

TEST_P(Zip, PairsMergedStreamsInTheirOrder) {
  std::vector<std::pair<int, int>> out;
  auto [a, b] = from("numbers", up_to(60), chunks_of(4)) | round_robin<2>("deal");
  run_well(zip("pairs", merge(std::move(a), std::move(b)), from("others", up_to(60), chunks_of(7))) |
           to("out", out));
  expect_equal_pairs(out, 60);
}

}  // namespace
}  // namespace weir
