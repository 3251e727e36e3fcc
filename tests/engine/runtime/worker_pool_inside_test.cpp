// Jobs that post jobs of their own pool: they never wait, are shared, and are bounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/testing/held_job.hpp"
#include "weir/worker_pool.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HeldJob;

class WorkerPoolInside : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Workers, WorkerPoolInside, ::testing::Values(1, 2, 4, 8));

TEST_P(WorkerPoolInside, FollowsATreeThoughTheQueueHoldsOneJob) {
  std::atomic<int> visited = 0;
  WorkerPool pool({.workers = GetParam(), .queue_capacity = 1});
  const std::function<void(int)> visit = [&](int depth) {
    ++visited;
    if (depth == 0) return;
    for (int child = 0; child < 4; ++child)
      pool.post([&visit, depth] { visit(depth - 1); });
  };
  pool.post([&] { visit(6); });
  pool.wait_idle();
  EXPECT_EQ(visited, 5461);  // 4^0 + ... + 4^6
  EXPECT_EQ(pool.drain().done, 5461u);
}

TEST_P(WorkerPoolInside, DoesNotHangWhenAllWorkersFillTheirOwnPool) {
  const std::size_t workers = GetParam();
  std::atomic<int> done = 0;
  std::latch all_post(static_cast<std::ptrdiff_t>(workers));
  WorkerPool pool({.workers = workers, .queue_capacity = 2});
  for (std::size_t worker = 0; worker < workers; ++worker) {
    pool.post([&] {
      all_post.arrive_and_wait();
      for (int i = 0; i < 1000; ++i)
        pool.post([&] { ++done; });
    });
  }
  pool.wait_idle();
  EXPECT_EQ(done, 1000 * static_cast<int>(workers));
}

TEST(WorkerPoolInsideOf2, IsHelpedByIdleWorkers) {
  std::latch both(2);
  WorkerPool pool({.workers = 2});
  pool.post([&] {
    pool.post([&both] { both.arrive_and_wait(); });
    // Nobody but the other worker can do that one.
    both.arrive_and_wait();
  });
  pool.wait_idle();
  EXPECT_EQ(pool.drain().done, 2u);
}

TEST(WorkerPoolInsideOf2, GivesAFutureThatTheJobMayWaitForWhereAnotherWorkerIsFree) {
  WorkerPool pool({.workers = 2});
  EXPECT_EQ(pool.submit([&] { return pool.submit([] { return 20; }).get() + 1; }).get(), 21);
}

TEST(WorkerPoolInsideOf1, DoesTheNewestFirstAndThenWhatCameFromOutside) {
  std::vector<std::string> order;
  HeldJob held;
  WorkerPool pool({.workers = 1});
  pool.post(held.job());
  held.await_begin();
  pool.post([&] {
    pool.post([&] { order.emplace_back("its first"); });
    pool.post([&] { order.emplace_back("its second"); });
    order.emplace_back("posts");
  });
  pool.post([&] { order.emplace_back("outside"); });
  held.let_go();
  pool.wait_idle();
  EXPECT_THAT(order, ElementsAre("posts", "its second", "its first", "outside"));
}

TEST(WorkerPoolInsideOf1, ThrowsPastTheJobsThatMayBePending) {
  std::string message;
  bool tried = true;
  std::atomic<int> done = 0;
  WorkerPool pool({.workers = 1, .max_pending = 3, .name = "crawler"});
  pool.post([&] {
    for (int i = 0; i < 3; ++i)
      pool.post([&] { ++done; });
    tried = pool.try_post([&] { ++done; });
    try {
      pool.post([&] { ++done; });
    } catch (const PoolOverflow& overflow) {
      message = overflow.what();
    }
  });
  pool.wait_idle();
  EXPECT_FALSE(tried);
  EXPECT_EQ(done, 3);
  EXPECT_EQ(
      message,
      "worker 1 of the worker pool 'crawler' has 3 jobs pending that its jobs posted: post fewer at a time, "
      "or set a greater .max_pending");
  EXPECT_EQ(pool.drain().posted, 4u);
}

TEST(WorkerPoolInsideOf1, CountsAnOverflowThatAJobDoesNotCatchAsItsFailure) {
  WorkerPool pool({.workers = 1, .max_pending = 1});
  pool.post([&] {
    pool.post([] {});
    pool.post([] {});
  });
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.done, 1u);
  EXPECT_THAT(report.first_failure->message, HasSubstr("set a greater .max_pending"));
}

TEST(WorkerPoolInsideOf1, FinishesWhatJobsPostWhileItDrains) {
  std::atomic<int> done = 0;
  HeldJob held;
  WorkerPool pool({.workers = 1});
  const std::function<void(int)> chain = [&](int left) {
    ++done;
    if (left > 0) pool.post([&chain, left] { chain(left - 1); });
  };
  pool.post(held.job());
  pool.post([&] { chain(100); });
  held.let_go();
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(done, 101);
  EXPECT_EQ(report.done, 102u);
}

}  // namespace
}  // namespace weir
