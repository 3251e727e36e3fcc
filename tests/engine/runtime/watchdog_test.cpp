#include "engine/runtime/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "weir/testing/manual_clock.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr StageIndex kOuter = 1, kInner = 2;
constexpr WorkerIndex kWorkers = 3;

StageSpec with_timeout(std::string name, Duration after) {
  StageSpec spec = scripted(std::move(name), TransformScript{});
  spec.timeout.after = after;
  return spec;
}

/// A watchdog over two stages that may take 40 ms and 400 ms, by a clock that the test moves. What threads do
/// meanwhile is real.
class WatchdogTest : public ::testing::Test {
 protected:
  static constexpr Duration kOuterTimeout = 400ms, kInnerTimeout = 40ms;
  static constexpr Duration kLook = kInnerTimeout / kLooksATimeout;

  ~WatchdogTest() override {
    watchdog_.reset();
    events_.reset();
  }
  /// "kind stage delay_ms detail" of all that was told.
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  bool wait_for_told(std::size_t count) {
    return wait_until([&] { return told().size() >= count; });
  }
  /// Lets time pass and the watchdog look, once or more.
  void pass(Duration time) {
    clock_.await_deadline(clock_.now() + kLook);
    clock_.advance(time);
    clock_.await_deadline(clock_.now() + kLook);
  }
  void note(const Event& event) {
    std::string text =
        std::string(to_string(event.kind)) + " " + event.stage + " " + std::to_string(event.delay / 1ms);
    if (!event.detail.empty()) text += " " + event.detail;
    const std::lock_guard lock(mutex_);
    told_.push_back(std::move(text));
  }

  ManualClock clock_;
  Graph graph_ = chain({count_up("source", 1), with_timeout("outer", kOuterTimeout),
                        with_timeout("inner", kInnerTimeout), collect("out", std::make_shared<Collected>())});
  Counters counters_{kWorkers, graph_};
  std::mutex mutex_;
  std::vector<std::string> told_;  ///< guarded by mutex_
  std::optional<EventStream> events_{
      std::in_place, graph_, std::vector<Observer>{[this](const Event& event) { note(event); }}, clock_};
  std::optional<Watchdog> watchdog_{std::in_place, graph_, kWorkers, *events_, clock_};
};

/// A thread that is inside a stage until it is let go. It waits there, and computes as much as it is told to.
class Caller {
 public:
  Caller(Counters& counters, Watchdog& watchdog, WorkerIndex worker, StageIndex stage)
      : thread_([=, this, &counters, &watchdog] {
          const CallWatch watch(counters.worker(worker), &watchdog, worker, stage);
          computed_until_ns_ = cpu_time_ns();
          while (told_.acquire(), !lets_go_) {
            while (computed_until_ns_ < compute_until_ns_)
              computed_until_ns_ = cpu_time_ns();
          }
        }) {
    EXPECT_TRUE(wait_until([this] { return computed_until_ns_ > 0; }));
  }
  ~Caller() { let_go(); }
  void let_go() {
    lets_go_ = true;
    told_.release();
    if (thread_.joinable()) thread_.join();
  }
  /// Has it compute for so long, by its own time, and then wait again.
  void compute(Duration time) {
    compute_until_ns_ = computed_until_ns_ + time.count();
    told_.release();
    EXPECT_TRUE(wait_until([this] { return computed_until_ns_ >= compute_until_ns_; }));
  }

 private:
  static std::int64_t cpu_time_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
  }

  std::atomic<bool> lets_go_{false};
  std::atomic<std::int64_t> computed_until_ns_{0}, compute_until_ns_{0};
  std::counting_semaphore<> told_{0};
  std::thread thread_;
};

TEST_F(WatchdogTest, IsNeededWhereAStageHasATimeout) {
  EXPECT_TRUE(Watchdog::is_needed_for(graph_));
  EXPECT_FALSE(Watchdog::is_needed_for(chain({count_up("source", 1), map("map", [](auto x) { return x; }),
                                              collect("out", std::make_shared<Collected>())})));
}

TEST_F(WatchdogTest, TellsThatACallWaits) {
  Caller caller(counters_, *watchdog_, 0, kInner);
  pass(kInnerTimeout - kLook);
  pass(kLook);  // now it takes too long: a first look at what its thread does
  EXPECT_THAT(told(), IsEmpty());
  pass(kLook);
  EXPECT_TRUE(wait_for_told(1));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 50 it waits for something"));
}

TEST_F(WatchdogTest, TellsThatACallComputes) {
  Caller caller(counters_, *watchdog_, 0, kInner);
  pass(kInnerTimeout);
  caller.compute(kLook);
  pass(kLook);
  EXPECT_TRUE(wait_for_told(1));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 50 it computes"));
}

TEST_F(WatchdogTest, WhatACallComputedInTimeIsNoSignOfWhatItDoesNow) {
  Caller caller(counters_, *watchdog_, 0, kInner);
  caller.compute(kInnerTimeout);
  pass(kInnerTimeout);
  pass(kLook);
  EXPECT_TRUE(wait_for_told(1));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 50 it waits for something"));
}

/// Where there are more threads than cores, one that never stops gets a part of the time only.
TEST_F(WatchdogTest, ACallThatGotAFifthOfTheTimeComputes) {
  Caller caller(counters_, *watchdog_, 0, kInner);
  pass(kInnerTimeout);
  caller.compute(kLook / 5);
  pass(kLook);
  EXPECT_TRUE(wait_for_told(1));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 50 it computes"));
}

TEST_F(WatchdogTest, TellsOfAHangOnceAndOfItsEnd) {
  Caller caller(counters_, *watchdog_, 0, kInner);
  for (int look = 0; look < 10; ++look)
    pass(kInnerTimeout);
  EXPECT_TRUE(wait_for_told(1));
  caller.let_go();
  EXPECT_TRUE(wait_for_told(2));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 80 it waits for something", "hang_ended inner 400"));
}

TEST_F(WatchdogTest, SaysNothingOfCallsThatEndInTime) {
  for (int call = 0; call < 5; ++call) {
    Caller caller(counters_, *watchdog_, 0, kInner);
    pass(kInnerTimeout - kLook);
    caller.let_go();
    pass(kInnerTimeout);
  }
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(WatchdogTest, EachStageHasItsOwnTimeout) {
  Caller slow(counters_, *watchdog_, 0, kOuter);
  Caller fast(counters_, *watchdog_, 1, kInner);
  for (int look = 0; look < 3; ++look)
    pass(kInnerTimeout);
  EXPECT_TRUE(wait_for_told(1));
  EXPECT_THAT(told(), ElementsAre("hang_suspected inner 80 it waits for something"));
  pass(kOuterTimeout);
  pass(kLook);
  EXPECT_TRUE(wait_for_told(2));
  EXPECT_EQ(told().back(), "hang_suspected outer 530 it waits for something");
}

/// A worker that waits for its own parallel loop may meanwhile run a task of another stage.
TEST_F(WatchdogTest, OfNestedCallsTheInnerOneIsWatchedAndThenTheOuterGoesOn) {
  EXPECT_FALSE(watchdog_->begin(0, kOuter));
  pass(300ms);
  auto outer = watchdog_->begin(0, kInner);
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->stage, kOuter);
  pass(kInnerTimeout);
  pass(kLook);
  EXPECT_TRUE(wait_for_told(1));
  watchdog_->end(0, std::move(outer));
  pass(100ms);  // the outer call began 450 ms ago: that it was interrupted does not excuse it
  pass(kLook);
  EXPECT_TRUE(wait_for_told(3));
  watchdog_->end(0, std::nullopt);
  EXPECT_TRUE(wait_for_told(4));
  EXPECT_THAT(told(), ElementsAre(StartsWith("hang_suspected inner 50"), "hang_ended inner 50",
                                  StartsWith("hang_suspected outer 460"), "hang_ended outer 460"));
}

TEST_F(WatchdogTest, CallWatchSaysWhereAWorkerIsAndPutsItBack) {
  {
    const CallWatch outer(counters_.worker(0), nullptr, 0, kOuter);
    EXPECT_THAT(counters_.busy_stages(), ElementsAre(kOuter));
    {
      const CallWatch inner(counters_.worker(0), &*watchdog_, 0, kInner);
      EXPECT_THAT(counters_.busy_stages(), ElementsAre(kInner));
    }
    EXPECT_THAT(counters_.busy_stages(), ElementsAre(kOuter));
  }
  EXPECT_THAT(counters_.busy_stages(), IsEmpty());
}

TEST_F(WatchdogTest, SaysWhyARecordFailedWhoseCallWasAbandoned) {
  const ErrorInfo error = abandoned_call(graph_.stages[kInner]);
  EXPECT_EQ(error.error_class, ErrorClass::timeout);
  EXPECT_EQ(error.message, "the call took longer than 40ms and was abandoned");
}

TEST_F(WatchdogTest, MayBeDestroyedWhileItWaitsToLook) {
  clock_.await_waiters();
  watchdog_.reset();
}

}  // namespace
}  // namespace weir::runtime
