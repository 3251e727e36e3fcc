// Where typed flows begin: callables and ranges of all kinds.
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using ::testing::ElementsAre;

class FlowSources : public FlowFixture {
 protected:
  /// What comes of a stream of numbers.
  template <class Stream>
  std::vector<int> all_of(Stream stream) {
    std::vector<int> out;
    run_well(std::move(stream) | map("same", [](int n) { return n; }) | to("out", out));
    return out;
  }
};
WEIR_RUN_WITH_THREADS(FlowSources);

TEST_P(FlowSources, ACallableGivesItemsUntilItAnswersNothing) {
  int calls = 0;
  EXPECT_EQ(
      all_of(from(
          "calls", [&, n = 0]() mutable { return ++calls, n < 100 ? std::optional(n++) : std::nullopt; },
          chunks_of(7))),
      up_to(100));
  EXPECT_EQ(calls, 101) << "it must not be asked again once it has answered nothing";
}

TEST_P(FlowSources, ACallableThatWaitsIsToldToStop) {
  std::vector<int> out;
  run_well(from("waits",
                [n = 0](Context& context) mutable -> std::optional<int> {
                  if (n < 5) return n++;
                  std::mutex mutex;
                  std::condition_variable_any changed;
                  std::unique_lock lock(mutex);
                  changed.wait(lock, context.stop_token(), [] { return false; });
                  return std::nullopt;
                },
                {.chunk_items = 1, .blocking = true}) |
           take("five", 5) | to("out", out));
  EXPECT_EQ(out, up_to(5));
}

TEST_P(FlowSources, WhatACallableThrowsFailsTheRun) {
  const auto report = run(from("throws",
                               [n = 0]() mutable -> std::optional<int> {
                                 if (n == 10) throw std::runtime_error("no more");
                                 return n++;
                               }) |
                          to("out", [](int) {}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "throws");
  EXPECT_EQ(report.failure->during, "next");
  EXPECT_EQ(report.failure->error.message, "no more");
}

TEST_P(FlowSources, AContainerIsBorrowedAndNotCopied) {
  const std::vector<int> in = up_to(100);
  std::vector<const int*> out;
  run_well(from("numbers", in, chunks_of(9)) | to("out", [&](const int& n) { out.push_back(&n); }));
  ASSERT_EQ(out.size(), 100u);
  for (std::size_t i = 0; i < in.size(); ++i)
    EXPECT_EQ(out[i], &in[i]);
}

TEST_P(FlowSources, WhatIsHandedOverIsKept) {
  std::vector<std::string> out;
  auto flow = from("strings", std::vector<std::string>(50, "a string that stands outside of its object"),
                   chunks_of(8)) |
              to("out", out);
  run_well(flow);
  EXPECT_EQ(out.size(), 50u);
}

TEST_P(FlowSources, RangesOfAnyKindAreWalkedThrough) {
  const auto in = up_to(100);
  const std::list<int> list(in.begin(), in.end());
  const std::deque<int> deque(in.begin(), in.end());
  EXPECT_EQ(all_of(from("list", list, chunks_of(7))), in);
  EXPECT_EQ(all_of(from("list", std::list<int>(list), chunks_of(7))), in);
  EXPECT_EQ(all_of(from("deque", deque, chunks_of(7))), in);
  EXPECT_EQ(all_of(from("view", std::views::iota(0, 100), chunks_of(7))), in);
  EXPECT_EQ(all_of(from("view", in | std::views::reverse | std::views::reverse, chunks_of(7))), in);
  EXPECT_EQ(all_of(from("span", std::span(in), chunks_of(7))), in);
  std::istringstream text("0 1 2 3");
  EXPECT_EQ(all_of(from("once", std::ranges::istream_view<int>(text), chunks_of(3))), up_to(4));
}

TEST_P(FlowSources, ItemsThatRefersOnlyAreGivenOutAsTheirValues) {
  const std::vector<bool> in{true, false, true};
  auto stream = from("bits", in);
  static_assert(std::is_same_v<decltype(stream)::value_type, bool>);
  std::vector<bool> out;
  run_well(std::move(stream) | to("out", out));
  EXPECT_THAT(out, ElementsAre(true, false, true));
}

TEST_P(FlowSources, MoveOnlyItemsAreMovedOutOfWhatIsHandedOver) {
  std::list<std::unique_ptr<int>> list;
  std::vector<std::unique_ptr<int>> vector;
  for (const int n : up_to(20)) {
    list.push_back(std::make_unique<int>(n));
    vector.push_back(std::make_unique<int>(n));
  }
  std::vector<std::unique_ptr<int>> out;
  run_well(from("list", std::move(list), chunks_of(3)) | to("out", out));
  run_well(from("vector", std::move(vector), chunks_of(3)) | to("out", out));
  ASSERT_EQ(out.size(), 40u);
  for (std::size_t i = 0; i < 40; ++i)
    EXPECT_EQ(*out[i], static_cast<int>(i % 20));
}

TEST_P(FlowSources, OneThatIsRebuiltWithItsGroupGoesOnWhereItWas) {
  const auto in = up_to(200);
  const std::list<int> list(in.begin(), in.end());
  const auto rebuilt = [&](auto stream) {
    std::atomic<int> left = 3;
    std::vector<int> out;
    auto flow = std::move(stream) |
                map("breaks", per_worker([&] {
                      return [&](int n) {
                        if (n % 50 == 20 && left-- > 0) throw std::runtime_error("broken");
                        return n;
                      };
                    }))
                    .on_error(restart(3)) |
                to("out", out);
    flow.supervisor(rebuilding(Strategy::one_for_all));
    const auto& report = run_well(flow, {.credit_tokens = 2});
    EXPECT_GE(stage(report, "source").incarnation, 2u);
    return out;
  };
  EXPECT_EQ(rebuilt(from("source", in, chunks_of(3))), in);
  EXPECT_EQ(rebuilt(from("source", list, chunks_of(3))), in);
  EXPECT_EQ(rebuilt(from("source", std::views::iota(0, 200), chunks_of(3))), in);
  EXPECT_EQ(
      rebuilt(from(
          "source", [n = 0]() mutable { return n < 200 ? std::optional(n++) : std::nullopt; }, chunks_of(3))),
      in);
}

}  // namespace
}  // namespace weir
