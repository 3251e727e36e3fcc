// What callables are told of their call, and where they are called.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using namespace std::chrono_literals;

class Calls : public FlowFixture {
 protected:
  static int same(int n) { return n; }
  std::vector<int> out_items_;
};
WEIR_RUN_WITH_THREADS(Calls);

TEST_P(Calls, AreNumberedForEachItemAndEachStage) {
  std::atomic<int> left = 2;
  const auto first = [](int n, Context& context) {
    EXPECT_EQ(context.attempt(), 1u) << n;
    return n;
  };
  run_well(from("numbers", up_to(20), chunks_of(5)) | map("before", first) |
           map("troubled",
               [&](int n, Context& context) {
                 EXPECT_EQ(context.attempt(), n == 7 ? static_cast<std::uint32_t>(3 - left) : 1u);
                 if (n == 7 && left > 0) throw std::runtime_error(std::to_string(left--));
                 return n;
               })
               .on_error(retry(2)) |
           map("behind", first) | to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(20));
}

TEST_P(Calls, KnowTheDeadlineOfTheRun) {
  testing::ManualClock clock;
  const TimePoint begun = clock.now();
  std::optional<TimePoint> deadline, none = begun;
  run_well(from("numbers", up_to(1)) |
               map("asks",
                   [&](int n, Context& context) {
                     deadline = context.deadline();
                     return n;
                   }) |
               to("out", out_items_),
           {.deadline = 5s, .clock = &clock});
  run_well(from("numbers", up_to(1)) |
           inspect("asks", [&](int, Context& context) { none = context.deadline(); }) |
           to("out", out_items_));
  EXPECT_EQ(deadline, begun + 5s);
  EXPECT_EQ(none, std::nullopt);
}

TEST_P(Calls, OfASourceKnowTheDeadlineOfTheRun) {
  testing::ManualClock clock;
  const TimePoint begun = clock.now();
  std::optional<TimePoint> deadline, none = begun;
  const auto asks = [](std::optional<TimePoint>& told) {
    return [&told](Context& context) -> std::optional<int> {
      told = context.deadline();
      return std::nullopt;
    };
  };
  run_well(from("asks", asks(deadline)) | to("out", out_items_), {.deadline = 5s, .clock = &clock});
  run_well(from("asks", asks(none)) | to("out", out_items_));
  EXPECT_EQ(deadline, begun + 5s);
  EXPECT_EQ(none, std::nullopt);
}

TEST_P(Calls, AreToldWhenTheRunIsToEndAtOnce) {
  std::latch waits(1);
  auto flow = from("numbers", up_to(10), chunks_of(1)) |
              map("waits",
                  [&](int n, Context& context) {
                    if (n > 0) return n;
                    std::mutex mutex;
                    std::condition_variable_any changed;
                    std::unique_lock lock(mutex);
                    waits.count_down();
                    changed.wait(lock, context.stop_token(), [] { return false; });
                    return n;
                  })
                  .io(2) |
              to("out", out_items_);
  RunHandle handle = flow.start({.threads = GetParam()});
  waits.wait();
  handle.stop_now();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::stopped);
  check(report);
}

TEST_P(Calls, OfAStageWithThreadsOfItsOwnHappenOnAsManyAtOnce) {
  constexpr int kThreads = 5;
  std::barrier together(kThreads);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const auto& report = run_well(from("numbers", up_to(100), chunks_of(1)) |
                                map("together",
                                    [&](int n) {
                                      together.arrive_and_wait();
                                      const std::lock_guard lock(mutex);
                                      threads.insert(std::this_thread::get_id());
                                      return n;
                                    })
                                    .io(kThreads) |
                                to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(100));
  EXPECT_EQ(threads.size(), static_cast<std::size_t>(kThreads));
  EXPECT_EQ(stage(report, "together").processed, 100u);
}

TEST_P(Calls, OfAStageWithOneWorkerDoNotOverlap) {
  std::atomic<int> inside = 0;
  run_well(from("numbers", up_to(500), chunks_of(2)) |
           map("one",
               [&](int n) {
                 EXPECT_EQ(++inside, 1);
                 --inside;
                 return n;
               })
               .workers(1) |
           map("same", same) | to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(500));
}

/// An item that waits for its next attempt holds no worker: the others go past it, and the last of them lets
/// time go on.
TEST_P(Calls, ThatAreMadeAgainLaterHoldNoWorkerMeanwhile) {
  for (const bool fuse : {true, false}) {
    testing::ManualClock clock;
    out_items_.clear();
    std::atomic<int> seen = 0;
    std::atomic<int> left = 1;
    auto flow = from("numbers", up_to(40), chunks_of(4)) | map("before", same) |
                map("waits",
                    [&](int n) {
                      if (n == 2 && left-- > 0) throw std::runtime_error("come back in an hour");
                      ++seen;
                      return n;
                    })
                    .on_error(retry(1, {.initial = 1h, .max = 1h})) |
                map("behind", same) | to("out", out_items_);
    RunHandle handle =
        flow.start({.threads = GetParam(), .credit_tokens = 100, .fuse = fuse, .clock = &clock});
    EXPECT_TRUE(testing::wait_until([&] { return seen == 38; })) << seen;  // all but it and the one behind it
    clock.await_deadline(clock.now() + 1h);
    clock.advance(1h);
    const RunReport report = handle.wait();
    check(report);
    expect_success(report);
    EXPECT_EQ(out_items_, up_to(40));
  }
}

}  // namespace
}  // namespace weir
