// The clock of tests, ours and others: a fault in it would look like one of the supervisors.
#include "weir/testing/manual_clock.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace weir::testing {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock;
  const TimePoint begin = clock.now();
  EXPECT_EQ(clock.now(), begin);
  clock.advance(3s);
  EXPECT_EQ(clock.now(), begin + 3s);
  clock.advance_to(begin);
  EXPECT_EQ(clock.now(), begin + 3s) << "it never goes back";
}

TEST(ManualClock, DoesNotWaitForWhatHasPassed) {
  ManualClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_lock lock(mutex);
  clock.wait_until(lock, changed, clock.now());
  EXPECT_TRUE(lock.owns_lock());
}

TEST(ManualClock, WakesThoseWhoseDeadlineHasComeWhateverTheMoment) {
  ManualClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> woken;
  for (int round = 0; round < 200; ++round) {
    woken.clear();
    const TimePoint begin = clock.now();
    std::vector<std::jthread> threads;
    for (const int seconds : {2, 1}) {
      threads.emplace_back([&, seconds] {
        std::unique_lock lock(mutex);
        while (clock.now() < begin + std::chrono::seconds(seconds))
          clock.wait_until(lock, changed, begin + std::chrono::seconds(seconds));
        woken.push_back(seconds);
      });
    }
    EXPECT_EQ(clock.await_waiters(2), begin + 1s);
    clock.advance(1s);
    threads.pop_back();
    EXPECT_EQ(clock.await_waiters(), begin + 2s);
    clock.advance(1s);
    threads.pop_back();
    ASSERT_EQ(woken, (std::vector{1, 2}));
  }
}

}  // namespace
}  // namespace weir::testing
