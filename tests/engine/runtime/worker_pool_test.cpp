// A worker pool: jobs, futures, maps, waiting. Jobs that post jobs: worker_pool_inside_test.cpp; how it ends:
// worker_pool_end_test.cpp; contexts: worker_pool_context_test.cpp; misuse: worker_pool_usage_test.cpp.
#include "weir/worker_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/testing/held_job.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HeldJob;
using testing::ManualClock;

class WorkerPoolOf : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Workers, WorkerPoolOf, ::testing::Values(1, 2, 3, 8));

TEST_P(WorkerPoolOf, DoesEachJobOnce) {
  std::vector<std::atomic<int>> done(10'000);
  WorkerPool pool({.workers = GetParam(), .queue_capacity = 100});
  for (std::atomic<int>& times : done)
    pool.post([&times] { ++times; });
  pool.wait_idle();
  for (const std::atomic<int>& times : done)
    ASSERT_EQ(times, 1);
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.status, WorkerPoolStatus::drained);
  EXPECT_EQ(report.posted, 10'000u);
  EXPECT_EQ(report.done, 10'000u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(report.discarded, 0u);
  EXPECT_EQ(report.unfinished(), 0u);
}

TEST_P(WorkerPoolOf, HasSoManyThreadsAndNoneIsTheCallers) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::latch all(static_cast<std::ptrdiff_t>(GetParam()));
  WorkerPool pool({.workers = GetParam()});
  for (std::size_t worker = 0; worker < GetParam(); ++worker) {
    pool.post([&] {
      all.arrive_and_wait();  // so that each is a worker's only one
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
    });
  }
  pool.wait_idle();
  EXPECT_EQ(threads.size(), GetParam());
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(WorkerPool, OfOneWorkerKeepsTheOrder) {
  std::vector<int> order;
  WorkerPool pool({.workers = 1, .queue_capacity = 3});
  for (int i = 0; i < 1000; ++i)
    pool.post([&order, i] { order.push_back(i); });
  pool.wait_idle();
  std::vector<int> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

TEST(WorkerPool, LetsGoOfWhatAJobCapturedBeforeItIsIdle) {
  const auto watched = std::make_shared<int>();
  WorkerPool pool({.workers = 2});
  for (int i = 0; i < 100; ++i)
    pool.post([watched] {});
  pool.wait_idle();
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(WorkerPool, TakesNoMoreThanItsQueueHoldsFromThoseWhoDoNotWait) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 3});
  pool.post(held.job());
  held.await_begin();
  std::atomic<int> done = 0;
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(pool.try_post([&] { ++done; }));
  EXPECT_FALSE(pool.try_post([&] { ++done; }));
  EXPECT_FALSE(pool.try_submit([&] { ++done; }).has_value());
  held.let_go();
  pool.wait_idle();
  EXPECT_EQ(done, 3);
  EXPECT_TRUE(pool.try_post([&] { ++done; }));
  EXPECT_EQ(pool.drain().posted, 5u);
}

TEST(WorkerPool, LetsAPosterWaitWhileTheQueueIsFull) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 1});
  pool.post(held.job());
  held.await_begin();
  pool.post([] {});
  std::atomic<bool> posted = false;
  std::thread poster([&] {
    pool.post([] {});
    posted = true;
  });
  EXPECT_FALSE(pool.try_post([] {}));
  EXPECT_FALSE(posted);
  held.let_go();
  poster.join();
  EXPECT_EQ(pool.drain().done, 3u);
}

TEST(WorkerPool, LetsAPosterGiveUpWhenAStopIsRequested) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 1});
  pool.post(held.job());
  held.await_begin();
  pool.post([] {});
  std::jthread poster([&](const std::stop_token& stop) { EXPECT_FALSE(pool.post([] {}, stop)); });
  poster.request_stop();
  poster.join();
  held.let_go();
  EXPECT_EQ(pool.drain().posted, 2u);
}

TEST(WorkerPool, LetsAPosterWaitForSoLongOnItsClock) {
  ManualClock clock;
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 1, .clock = &clock});
  EXPECT_TRUE(pool.post_for(held.job(), 1s));
  held.await_begin();
  EXPECT_TRUE(pool.post_for([] {}, 1s));
  std::thread poster([&] { EXPECT_FALSE(pool.post_for([] {}, 1s)); });
  clock.await_waiters();
  clock.advance(1s);
  poster.join();
  held.let_go();
  EXPECT_EQ(pool.drain().posted, 2u);
}

TEST(WorkerPool, GivesAFutureForWhatAJobReturns) {
  WorkerPool pool({.workers = 2});
  std::future<int> sum = pool.submit([](int a, int b) { return a + b; }, 2, 3);
  std::future<void> nothing = pool.submit([] {});
  std::future<std::unique_ptr<int>> moved = pool.submit(
      [](std::unique_ptr<int> value) {
        ++*value;
        return value;
      },
      std::make_unique<int>(6));
  EXPECT_EQ(sum.get(), 5);
  EXPECT_NO_THROW(nothing.get());
  EXPECT_EQ(*moved.get(), 7);
  EXPECT_EQ(pool.try_submit([] { return std::string("text"); })->get(), "text");
}

TEST(WorkerPool, GivesWhatAJobThrowsToItsFutureAndCountsIt) {
  WorkerPool pool({.workers = 2});
  std::future<int> future = pool.submit([]() -> int { throw IoError("no such page"); });
  EXPECT_THROW(future.get(), IoError);
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.first_failure->message, "no such page");
}

TEST(WorkerPool, SurvivesJobsThatThrow) {
  std::atomic<int> done = 0;
  WorkerPool pool({.workers = 2});
  for (int i = 0; i < 100; ++i) {
    pool.post([&, i] {
      if (i % 2 == 0) throw IoError("page " + std::to_string(i));
      ++done;
    });
  }
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(done, 50);
  EXPECT_EQ(report.posted, 100u);
  EXPECT_EQ(report.done, 50u);
  EXPECT_EQ(report.failed, 50u);
  EXPECT_EQ(report.restarts, 0u);
  ASSERT_TRUE(report.first_failure.has_value());
  EXPECT_EQ(report.first_failure->error_class, ErrorClass::io);
}

TEST(WorkerPool, OfOneWorkerReportsTheFirstFailure) {
  WorkerPool pool({.workers = 1});
  for (int i = 1; i <= 3; ++i)
    pool.post([i] { throw i; });
  pool.post([] { throw std::runtime_error("last"); });
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.failed, 4u);
  EXPECT_EQ(report.first_failure->type, "int");
}

TEST(WorkerPool, TellsObserversOfFailures) {
  std::mutex mutex;
  std::vector<std::string> told;
  const Observer observer = [&](const Event& event) {
    const std::lock_guard lock(mutex);
    told.push_back(event.pipeline + ": " + std::string(to_string(event.kind)) + " " + event.stage +
                   event.detail + event.error.message);
  };
  WorkerPool pool({.workers = 1, .name = "crawler", .observers = {observer}});
  pool.post([] { throw IoError(", no such page"); });
  pool.wait_idle();
  EXPECT_EQ(pool.drain().status, WorkerPoolStatus::drained);
  EXPECT_THAT(told, ElementsAre("crawler: run_started ", "crawler: failed worker 1, no such page",
                                "crawler: draining ", "crawler: run_ended drained"));
}

TEST_P(WorkerPoolOf, MapsInTheOrderOfTheRange) {
  std::vector<int> numbers(2000);
  std::iota(numbers.begin(), numbers.end(), 0);
  WorkerPool pool({.workers = GetParam(), .queue_capacity = 10});
  const std::vector<std::string> texts = pool.map(numbers, [](int number) { return std::to_string(number); });
  ASSERT_EQ(texts.size(), 2000u);
  for (std::size_t i = 0; i < texts.size(); ++i)
    ASSERT_EQ(texts[i], std::to_string(i));
}

/// 0, 1, 2: a range that makes its elements as it goes.
class FirstThree {
 public:
  class Iterator {
   public:
    using value_type = std::string;
    using difference_type = std::ptrdiff_t;
    std::string operator*() const { return std::to_string(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return {at_++}; }
    bool operator==(const Iterator&) const = default;
    int at_ = 0;
  };
  Iterator begin() const { return {0}; }
  Iterator end() const { return {3}; }
};

TEST(WorkerPool, MapsRangesOfEveryKind) {
  WorkerPool pool({.workers = 2});
  const std::vector<bool> short_ones =
      pool.map(std::vector<int>{5, 50}, [](int i) { return std::to_string(i).size() == 1; });
  EXPECT_THAT(short_ones, ElementsAre(true, false));
  EXPECT_THAT(pool.map(std::vector<int>{}, [](int i) { return i; }), ElementsAre());
  std::vector<std::unique_ptr<int>> owners;
  owners.push_back(std::make_unique<int>(3));
  EXPECT_THAT(pool.map(owners, [](const std::unique_ptr<int>& i) { return *i; }), ElementsAre(3));
  EXPECT_THAT(pool.map(FirstThree(), [](const std::string& i) { return i + "!"; }),
              ElementsAre("0!", "1!", "2!"));
}

TEST(WorkerPool, SettlesAllOfAMapBeforeItThrowsWhatTheFirstThrew) {
  std::atomic<int> called = 0;
  WorkerPool pool({.workers = 3});
  const auto fails_at_sevens = [&](int i) {
    ++called;
    if (i % 7 == 6) throw std::out_of_range(std::to_string(i));
    return i;
  };
  std::vector<int> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 0);
  try {
    pool.map(numbers, fails_at_sevens);
    FAIL() << "it did not throw";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "6");
  }
  EXPECT_EQ(called, 100);
  EXPECT_EQ(pool.drain().failed, 14u);
}

TEST(WorkerPool, WaitsForIdlenessFromManyThreadsAgainAndAgain) {
  std::atomic<int> done = 0;
  WorkerPool pool({.workers = 2, .queue_capacity = 4});
  std::vector<std::thread> threads;
  std::vector<int> missing(4);
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 500; ++round) {
        std::atomic<bool> mine = false;
        pool.post([&] {
          ++done;
          mine = true;
        });
        pool.wait_idle();
        missing[thread] += mine ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_THAT(missing, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(done, 2000);
}

TEST(WorkerPool, WaitsForIdlenessForSoLongOnItsClock) {
  ManualClock clock;
  HeldJob held;
  WorkerPool pool({.workers = 1, .clock = &clock});
  pool.post(held.job());
  held.await_begin();
  std::thread waiter([&] { EXPECT_FALSE(pool.wait_idle_for(1s)); });
  clock.await_waiters();
  clock.advance(1s);
  waiter.join();
  held.let_go();
  EXPECT_TRUE(pool.wait_idle_for(1h));
}

TEST(WorkerPool, IsIdleFromTheBeginning) {
  WorkerPool pool({.workers = 8});
  pool.wait_idle();
  const WorkerPoolReport report = pool.report();
  EXPECT_EQ(report.status, WorkerPoolStatus::open);
  EXPECT_EQ(report.posted, 0u);
}

TEST(WorkerPool, GivesTwoJobsThatNeedEachOtherAWorkerEach) {
  WorkerPool pool({.workers = 2});
  for (int round = 0; round < 200; ++round) {
    std::latch both(2);
    for (int small = 0; small < 20; ++small)
      pool.post([] {});
    pool.post([&] { both.arrive_and_wait(); });
    pool.post([&] { both.arrive_and_wait(); });
    pool.wait_idle();
  }
}

TEST(WorkerPool, LetsPoolsPostIntoEachOther) {
  std::atomic<int> done = 0;
  WorkerPool second({.workers = 1});
  WorkerPool first({.workers = 1});
  for (int i = 0; i < 100; ++i)
    first.post([&] { second.post([&] { ++done; }); });
  first.wait_idle();
  second.wait_idle();
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace weir
