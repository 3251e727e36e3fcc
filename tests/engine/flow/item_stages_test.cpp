// Stages that take items one by one: map, filter, inspect and flat_map.
#include <atomic>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

class ItemStages : public FlowFixture {};
WEIR_RUN_WITH_THREADS(ItemStages);

TEST_P(ItemStages, GiveOutWhatCallablesMakeInTheOrderOfTheInput) {
  const auto in = up_to(1'000);
  std::vector<std::string> out, expected;
  for (const int n : in) {
    if (n % 3 != 0) expected.insert(expected.end(), static_cast<std::size_t>(n % 4), std::to_string(n * 2));
  }
  std::atomic<int> seen = 0;
  for (const bool fuse : {true, false}) {
    out.clear();
    const auto report =
        run_well(from("numbers", in, chunks_of(7)) | filter("no threes", [](int n) { return n % 3 != 0; }) |
                     inspect("look", [&](int) noexcept { ++seen; }) |
                     map("twice", [](int n) noexcept { return n * 2; }) |
                     flat_map("repeat",
                              [](int n) {
                                return std::vector<std::string>(static_cast<std::size_t>(n / 2 % 4),
                                                                std::to_string(n));
                              }) |
                     to("out", out),
                 {.fuse = fuse});
    EXPECT_EQ(out, expected);
    EXPECT_EQ(stage(report, "no threes").in, 1'000u);
    EXPECT_EQ(stage(report, "no threes").filtered, 334u);
    EXPECT_EQ(stage(report, "no threes").emitted, 666u);
    EXPECT_EQ(stage(report, "look").processed, 666u);
    EXPECT_EQ(stage(report, "twice").in, 666u);
    EXPECT_EQ(stage(report, "twice").emitted, 666u);
    EXPECT_EQ(stage(report, "repeat").processed, 666u);
    EXPECT_EQ(stage(report, "repeat").emitted, expected.size());
    EXPECT_EQ(stage(report, "out").processed, expected.size());
  }
  EXPECT_EQ(seen, 2 * 666);
}

TEST_P(ItemStages, LeaveTheItemsOfABorrowedRangeAsTheyAre) {
  const std::vector<std::string> in(100, "a string that is too long to be kept in the object itself");
  const auto untouched = in;
  std::vector<std::string> out;
  run_well(from("strings", in, chunks_of(8)) | filter("all", [](const std::string&) { return true; }) |
           map("taken by value", [](std::string s) { return s; }) |
           map("taken away", [](std::string&& s) { return std::move(s); }) | to("out", out));
  EXPECT_EQ(in, untouched);
  EXPECT_EQ(out, untouched);
}

TEST_P(ItemStages, TakeMoveOnlyItemsAway) {
  std::vector<std::unique_ptr<int>> in;
  for (const int n : up_to(100))
    in.push_back(std::make_unique<int>(n));
  std::vector<std::unique_ptr<int>> out;
  run_well(from("pointers", std::move(in), chunks_of(9)) |
           filter("even", [](const std::unique_ptr<int>& p) { return *p % 2 == 0; }) |
           map("plus one",
               [](std::unique_ptr<int> p) {
                 ++*p;
                 return p;
               }) |
           inspect("look", [](const std::unique_ptr<int>& p) { EXPECT_TRUE(p); }) | to("out", out));
  ASSERT_EQ(out.size(), 50u);
  for (std::size_t i = 0; i < out.size(); ++i)
    EXPECT_EQ(*out[i], static_cast<int>(2 * i + 1));
}

TEST_P(ItemStages, GiveOutTruthValues) {
  std::vector<bool> out;
  run_well(from("numbers", up_to(5), chunks_of(2)) | map("odd", [](int n) { return n % 2 == 1; }) |
           to("out", out));
  EXPECT_THAT(out, ElementsAre(false, true, false, true, false));
}

TEST_P(ItemStages, MoveItemsOutOfARangeThatWasMadeForThem) {
  std::vector<std::unique_ptr<int>> out;
  run_well(from("numbers", up_to(10), chunks_of(3)) |
           flat_map("twice",
                    [](int n) {
                      std::vector<std::unique_ptr<int>> both;
                      both.push_back(std::make_unique<int>(n));
                      both.push_back(std::make_unique<int>(-n));
                      return both;
                    }) |
           to("out", out));
  ASSERT_EQ(out.size(), 20u);
  EXPECT_EQ(*out[18], 9);
  EXPECT_EQ(*out[19], -9);
}

TEST_P(ItemStages, DoNotEmptyTheRangesThatAFlatMapOnlyShows) {
  const std::vector<std::vector<std::string>> in(20, {"one of several strings that are long", "another"});
  const auto untouched = in;
  std::vector<std::string> out;
  run_well(from("lists", in, chunks_of(3)) |
           flat_map(
               "each", [](const std::vector<std::string>& list) -> const auto& { return list; }) |
           to("out", out));
  EXPECT_EQ(in, untouched);
  EXPECT_EQ(out.size(), 40u);
  out.clear();
  run_well(from("lists", in, chunks_of(3)) |
           flat_map("each", [](const std::vector<std::string>& list) { return std::views::all(list); }) |
           to("out", out));
  EXPECT_EQ(in, untouched);
  EXPECT_EQ(out.size(), 40u);
}

TEST_P(ItemStages, TakeMembersAndGenericCallables) {
  const std::vector<std::string> in{"a", "bcd"};
  std::vector<std::size_t> out;
  run_well(from("strings", in) | map("size", &std::string::size) |
           map("plus attempt", [](const auto& size, Context& context) { return size + context.attempt(); }) |
           filter("any", [](auto size) { return size > 0; }) | to("out", out));
  EXPECT_THAT(out, ElementsAre(2u, 4u));
}

TEST_P(ItemStages, MayFollowAFlatMap) {
  std::vector<int> out;
  const auto report = run_well(from("numbers", up_to(50), chunks_of(4)) |
                               flat_map("below", [](int n) { return std::views::iota(0, n); }) |
                               filter("tens", [](int n) { return n % 10 == 0; }) |
                               flat_map("twice",
                                        [](int n) {
                                          return std::array{n, n};
                                        }) |
                               map("negative", [](int n) { return -n; }) | to("out", out));
  std::vector<int> expected;
  for (int n = 0; n < 50; ++n) {
    for (int i = 0; i < n; i += 10)
      expected.insert(expected.end(), 2, -i);
  }
  EXPECT_THAT(out, ElementsAreArray(expected));
  EXPECT_EQ(stage(report, "below").emitted, 50u * 49 / 2);
  EXPECT_EQ(stage(report, "negative").in, expected.size());
}

}  // namespace
}  // namespace weir
