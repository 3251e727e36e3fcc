#include "engine/runtime/io_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "engine/runtime/watchdog.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class IoThreadsTest : public ::testing::Test {
 protected:
  /// A thread that was left behind lets go of its batch when it comes back, which later tests must not see.
  void TearDown() override {
    threads_.reset();
    EXPECT_TRUE(wait_until([] { return Numbers::alive == 0; }));
  }

  using Process = std::function<void(std::int64_t)>;

  /// `threads` threads; each call does `process` with its number.
  void start(std::size_t threads, Process process) {
    StageSpec spec = scripted(
        "stage", {.process = [process = std::move(process)](const Input& input, State*, Emitter& out) {
          process(values_of(input.batch).front());
          out.emit(input.batch);
          return kDone;
        }});
    spec.io_threads = threads;
    spec.timeout = {.after = timeout_, .abandon = true};
    graph_ = chain({count_up("source", 1), std::move(spec), collect("out", std::make_shared<Collected>())});
    transform_ = std::get<TransformSpec>(graph_.stages[1].body).make();
    if (timeout_ > 0s) watchdog_.emplace(graph_, 1, events_, clock_);
    threads_.emplace(graph_.stages[1], std::vector{true}, 1, watchdog_ ? &*watchdog_ : nullptr);
  }
  std::shared_ptr<IoCall> submit(std::int64_t number, std::function<void()> on_end = {}) {
    auto call = std::make_shared<IoCall>(threads_->stage(), transform_,
                                         IoCall::Request{.batch = numbers({number}), .rows = 1});
    call->on_end = [this, number, on_end = std::move(on_end)] {
      if (on_end) on_end();
      const std::lock_guard lock(mutex_);
      ended_.push_back(number);
    };
    threads_->submit(call);
    return call;
  }
  std::vector<std::int64_t> ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
  }
  bool wait_for_ends(std::size_t count) {
    return wait_until([&] { return ended().size() >= count; });
  }
  /// Lets a call that hangs run into its timeout.
  void time_out() {
    clock_.await_waiters();
    clock_.advance(timeout_);
  }

  Duration timeout_{0};
  ManualClock clock_;
  Graph graph_;
  EventStream events_{graph_, {}, clock_};
  std::shared_ptr<Transform> transform_;
  std::mutex mutex_;
  std::vector<std::int64_t> ended_;  ///< guarded by mutex_
  std::optional<Watchdog> watchdog_;
  std::optional<IoThreads> threads_;
};

TEST_F(IoThreadsTest, OneThreadMakesItsCallsInOrder) {
  std::vector<std::int64_t> made;
  start(1, [&](std::int64_t number) { made.push_back(number); });
  for (std::int64_t number = 0; number < 200; ++number)
    submit(number);
  EXPECT_TRUE(wait_for_ends(200));
  threads_.reset();
  EXPECT_THAT(made, ElementsAreArray(zero_to(200)));
  EXPECT_THAT(ended_, ElementsAreArray(zero_to(200)));
}

TEST_F(IoThreadsTest, MakesAsManyCallsAtOnceAsItHasThreadsAndNoMore) {
  Occupancy occupancy;
  testing::Gate gate;
  start(3, [&](std::int64_t) {
    occupancy.enter();
    gate.pass();
    occupancy.leave();
  });
  for (std::int64_t number = 0; number < 20; ++number)
    submit(number);
  EXPECT_TRUE(wait_until([&] { return gate.came() == 3; }));
  EXPECT_TRUE(threads_->is_busy());
  gate.open();
  EXPECT_TRUE(wait_for_ends(20));
  EXPECT_EQ(occupancy.most(), 3);
  EXPECT_TRUE(wait_until([&] { return !threads_->is_busy(); }));
}

TEST_F(IoThreadsTest, CallsAreMadeOnTheirThreadsAndNotOnTheCallers) {
  std::set<std::thread::id> ids;
  std::mutex mutex;
  start(2, [&](std::int64_t) {
    const std::lock_guard lock(mutex);
    ids.insert(std::this_thread::get_id());
  });
  for (std::int64_t number = 0; number < 100; ++number)
    submit(number);
  EXPECT_TRUE(wait_for_ends(100));
  EXPECT_LE(ids.size(), 2u);
  EXPECT_FALSE(ids.contains(std::this_thread::get_id()));
}

TEST_F(IoThreadsTest, DestroyingThemWaitsForTheCallUnderWay) {
  testing::Gate gate;
  std::atomic<bool> returned{false};
  start(1, [&](std::int64_t) {
    gate.pass();
    returned = true;
  });
  submit(0);
  EXPECT_TRUE(wait_until([&] { return gate.came() == 1; }));
  std::jthread opener([&] { gate.open(); });
  threads_.reset();
  EXPECT_TRUE(returned);
}

TEST_F(IoThreadsTest, ThoseThatWereNeverCalledAreDestroyed) {
  start(4, [](std::int64_t) {});
  threads_.reset();
}

TEST_F(IoThreadsTest, AThreadWhoseCallIsAbandonedIsReplaced) {
  timeout_ = 1h;
  testing::Gate gate;
  start(1, [&](std::int64_t number) {
    if (number == 0) gate.pass();
  });
  const auto hung = submit(0);
  submit(1);
  submit(2);
  EXPECT_TRUE(wait_until([&] { return gate.came() == 1; }));
  EXPECT_THAT(ended(), IsEmpty());
  time_out();
  EXPECT_TRUE(wait_for_ends(3));
  EXPECT_TRUE(hung->was_abandoned());
  EXPECT_THAT(ended(), ElementsAreArray(zero_to(3))) << "in its place another goes on with what is left";
  EXPECT_TRUE(threads_->is_busy()) << "the one that was left behind is still in there";
  gate.open();
  EXPECT_TRUE(wait_until([&] { return !threads_->is_busy(); }));
}

TEST_F(IoThreadsTest, ALateResultIsThrownAwayAndItsCallEndsOnce) {
  timeout_ = 1h;
  testing::Gate gate;
  start(1, [&](std::int64_t) { gate.pass(); });
  std::weak_ptr<IoCall> hung = submit(0);
  EXPECT_TRUE(wait_until([&] { return gate.came() == 1; }));
  time_out();
  EXPECT_TRUE(wait_for_ends(1));
  gate.open();
  EXPECT_TRUE(wait_until([&] { return hung.expired(); })) << "the late thread has let go of it";
  threads_.reset();
  EXPECT_THAT(ended_, ElementsAreArray(zero_to(1)));
}

TEST_F(IoThreadsTest, AreNotWaitedForWhereTheyWereLeftBehind) {
  timeout_ = 1h;
  const auto gate = std::make_shared<testing::Gate>();
  const auto came_back = std::make_shared<std::atomic<bool>>(false);
  start(2, [gate, came_back](std::int64_t) {
    gate->pass();
    *came_back = true;
  });
  std::weak_ptr<IoCall> one = submit(0), other = submit(1);
  EXPECT_TRUE(wait_until([&] { return gate->came() == 2; }));
  time_out();
  EXPECT_TRUE(wait_for_ends(2));
  threads_.reset();
  watchdog_.reset();
  EXPECT_FALSE(*came_back);
  gate->open();
  EXPECT_TRUE(wait_until([&] { return one.expired() && other.expired(); }));
  EXPECT_TRUE(*came_back);
}

/// Whoever goes on after a call was abandoned may come to the end of the run, before the watchdog does
/// anything more.
TEST_F(IoThreadsTest, MayBeDestroyedAsSoonAsTheLastCallWasAbandoned) {
  timeout_ = 1h;
  testing::Gate gate;
  std::atomic<bool> gave_up_waiting{false};
  start(1, [&](std::int64_t) {
    try {
      gate.pass();
    } catch (...) {
      gave_up_waiting = true;
    }
  });
  std::weak_ptr<IoCall> hung = submit(0, [&] { threads_.reset(); });
  EXPECT_TRUE(wait_until([&] { return gate.came() == 1; }));
  time_out();
  EXPECT_TRUE(wait_for_ends(1));
  EXPECT_FALSE(gave_up_waiting) << "the end waited for the thread that was left behind";
  gate.open();
  EXPECT_TRUE(wait_until([&] { return hung.expired(); }));
}

TEST_F(IoThreadsTest, CallsThatEndJustWhenTheyTimeOutEndOnce) {
  timeout_ = 4ms;
  std::atomic<int> left{0};
  start(3, [&](std::int64_t number) { dawdle(static_cast<std::uint64_t>(number % 7) * 300); });
  constexpr std::int64_t kCalls = 600;
  for (std::int64_t number = 0; number < kCalls; ++number)
    submit(number, [&] { ++left; });
  while (left < kCalls) {
    clock_.await_waiters();
    clock_.advance(1ms);
  }
  threads_.reset();
  EXPECT_EQ(left, kCalls);
  EXPECT_EQ(std::set(ended_.begin(), ended_.end()).size(), static_cast<std::size_t>(kCalls));
}

}  // namespace
}  // namespace weir::runtime
