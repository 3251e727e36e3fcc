// How a worker pool ends: by drain(), stop(), its destructor, at any moment, and what becomes of its jobs
// then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/testing/held_job.hpp"
#include "weir/worker_pool.hpp"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::HeldJob;

std::string refusal_of(WorkerPool& pool) {
  try {
    pool.post([] {});
  } catch (const PoolStopped& refusal) {
    return refusal.what();
  }
  return "no refusal";
}

TEST(WorkerPoolEnd, DrainFinishesWhatIsQueuedAndRefusesMore) {
  std::atomic<int> done = 0;
  WorkerPool pool({.workers = 2});
  for (int i = 0; i < 1000; ++i)
    pool.post([&] { ++done; });
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(done, 1000);
  EXPECT_EQ(report.status, WorkerPoolStatus::drained);
  EXPECT_EQ(refusal_of(pool), "the worker pool takes no more jobs: it was drained");
  EXPECT_FALSE(pool.try_post([] {}));
  EXPECT_NO_THROW(pool.wait_idle());
}

TEST(WorkerPoolEnd, StopFinishesWhatRunsAndDiscardsTheRest) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .name = "crawler"});
  pool.post(held.job());
  held.await_begin();
  std::future<int> discarded = pool.submit([] { return 1; });
  pool.post([] {});
  pool.request_stop();
  EXPECT_THROW(discarded.get(), JobDiscarded);  // also while the other still runs
  held.let_go();
  const WorkerPoolReport report = pool.stop();
  EXPECT_EQ(report.status, WorkerPoolStatus::stopped);
  EXPECT_EQ(report.posted, 3u);
  EXPECT_EQ(report.done, 1u);
  EXPECT_EQ(report.discarded, 2u);
  EXPECT_EQ(refusal_of(pool), "the worker pool 'crawler' takes no more jobs: it was stopped");
}

TEST(WorkerPoolEnd, AJobMayRequestIt) {
  std::atomic<int> later = 0;
  WorkerPool pool({.workers = 1});
  pool.post([&] {
    pool.post([&] { ++later; });
    pool.request_stop();
    pool.post([&] { ++later; });  // goes on undisturbed
  });
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.status, WorkerPoolStatus::stopped);
  EXPECT_EQ(report.done, 1u);
  EXPECT_EQ(report.failed, 0u);
  EXPECT_EQ(report.discarded, 2u);
  EXPECT_EQ(later, 0);
}

TEST(WorkerPoolEnd, StopCutsADrainShort) {
  HeldJob held;
  WorkerPool pool({.workers = 1});
  pool.post(held.job());
  held.await_begin();
  std::future<void> discarded = pool.submit([] {});
  std::thread drainer([&] { EXPECT_EQ(pool.drain().status, WorkerPoolStatus::stopped); });
  pool.request_stop();
  EXPECT_THROW(discarded.get(), JobDiscarded);
  held.let_go();
  drainer.join();
  EXPECT_EQ(pool.stop().discarded, 1u);
}

TEST(WorkerPoolEnd, WakesAPosterThatWaits) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 1});
  pool.post(held.job());
  held.await_begin();
  pool.post([] {});
  std::thread poster([&] { EXPECT_THAT(refusal_of(pool), HasSubstr("was stopped")); });
  pool.request_stop();
  poster.join();
  held.let_go();
  EXPECT_EQ(pool.stop().discarded, 1u);
}

TEST(WorkerPoolEnd, TellsWhoWaitsForIdlenessThatJobsWereDiscarded) {
  HeldJob held;
  WorkerPool pool({.workers = 1});
  pool.post(held.job());
  held.await_begin();
  pool.post([] {});
  std::thread waiter([&] { EXPECT_THROW(pool.wait_idle(), PoolStopped); });
  pool.request_stop();
  waiter.join();
  held.let_go();
}

TEST(WorkerPoolEnd, AMapThatIsStoppedSettlesAndSaysSo) {
  HeldJob held;
  WorkerPool pool({.workers = 1, .queue_capacity = 2});
  pool.post(held.job());
  held.await_begin();
  std::thread mapper(
      [&] { EXPECT_THROW(pool.map(std::vector<int>(10), [](int i) { return i; }), std::runtime_error); });
  pool.request_stop();
  mapper.join();
  held.let_go();
}

TEST(WorkerPoolEnd, TheDestructorStopsAndLetsGoOfWhatWasQueued) {
  const auto watched = std::make_shared<int>();
  std::future<void> running, queued;
  {
    HeldJob held;
    WorkerPool pool({.workers = 1});
    running = pool.submit(held.job());
    held.await_begin();
    queued = pool.submit([watched] {});
    for (int i = 0; i < 10; ++i)
      pool.post([watched] {});
    pool.request_stop();
    held.let_go();
  }
  EXPECT_NO_THROW(running.get());
  EXPECT_THROW(queued.get(), JobDiscarded);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(WorkerPoolEnd, GivesTheSameReportToAllWhoAsk) {
  WorkerPool pool({.workers = 2});
  pool.post([] {});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(pool.drain().done, 1u); });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(pool.stop().status, WorkerPoolStatus::drained);
  EXPECT_EQ(pool.report().done, 1u);
}

TEST(WorkerPoolEnd, ObserversHearOfItLast) {
  std::vector<std::string> told;
  WorkerPool pool({.workers = 2, .observers = {[&](const Event& event) {
                                   told.push_back(std::string(to_string(event.kind)) + " " + event.detail);
                                 }}});
  EXPECT_EQ(pool.stop().status, WorkerPoolStatus::stopped);
  EXPECT_EQ(told.back(), "run_ended stopped");
}

struct Shape {
  std::size_t workers, capacity;
};

/// Jobs post jobs, from outside and within, some throw, and then the pool ends: each job was done once, or
/// was discarded, and the pool knows of which there were how many.
class WorkerPoolAtAnyMoment : public ::testing::TestWithParam<Shape> {
 protected:
  static constexpr std::size_t kPosters = 2;
  static constexpr std::size_t kJobsMax = 20'000;

  struct Tally {
    std::vector<std::atomic<int>> runs = std::vector<std::atomic<int>>(kJobsMax);
    std::atomic<std::size_t> next = 0;  ///< number of a job that is going to be posted
    std::atomic<std::uint64_t> taken = 0;
    std::atomic<std::uint64_t> threw = 0;
  };

  static void post_one(WorkerPool& pool, Tally& tally, int depth) {
    const std::size_t number = tally.next++;
    if (number >= kJobsMax) return;
    pool.post([&pool, &tally, depth, number] {
      ++tally.runs[number];
      for (int child = 0; child < 2 && depth > 0; ++child)
        post_one(pool, tally, depth - 1);
      if (number % 5 == 0) {
        ++tally.threw;
        throw std::runtime_error("now and then");
      }
    });
    ++tally.taken;
  }

  void end_it(const std::function<WorkerPoolReport(WorkerPool&)>& end, bool discards, int after_jobs) {
    Tally tally;
    WorkerPool pool({.workers = GetParam().workers, .queue_capacity = GetParam().capacity});
    std::vector<std::thread> posters;
    for (std::size_t poster = 0; poster < kPosters; ++poster) {
      posters.emplace_back([&] {
        try {
          while (tally.next < kJobsMax)
            post_one(pool, tally, 3);
        } catch (const PoolStopped&) {
        }
      });
    }
    while (tally.taken < static_cast<std::uint64_t>(after_jobs))
      std::this_thread::yield();
    const WorkerPoolReport report = end(pool);
    for (std::thread& poster : posters)
      poster.join();
    std::uint64_t ran = 0;
    for (const std::atomic<int>& times : tally.runs) {
      ASSERT_LE(times, 1);
      ran += static_cast<std::uint64_t>(times);
    }
    EXPECT_EQ(report.unfinished(), 0u);
    EXPECT_EQ(report.posted, tally.taken);
    EXPECT_EQ(report.done + report.failed, ran);
    EXPECT_EQ(report.failed, tally.threw);
    if (!discards) {
      EXPECT_EQ(report.discarded, 0u);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Shapes, WorkerPoolAtAnyMoment,
                         ::testing::Values(Shape{1, 1}, Shape{1, 1000}, Shape{2, 1}, Shape{2, 3},
                                           Shape{4, 100}, Shape{8, 1}, Shape{8, 1000}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.workers) + "WorkersAnd" +
                                  std::to_string(shape.param.capacity) + "Places";
                         });

TEST_P(WorkerPoolAtAnyMoment, StopsAndLosesTrackOfNothing) {
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round)
    end_it([](WorkerPool& pool) { return pool.stop(); }, true, static_cast<int>(random() % 3000));
}

TEST_P(WorkerPoolAtAnyMoment, DrainsAndDiscardsNothing) {
  std::mt19937 random(8);
  for (int round = 0; round < 10; ++round)
    end_it([](WorkerPool& pool) { return pool.drain(); }, false, static_cast<int>(random() % 3000));
}

TEST_P(WorkerPoolAtAnyMoment, DoesAllWhenItIsLeftAlone) {
  end_it([](WorkerPool& pool) { return pool.drain(); }, false, static_cast<int>(kJobsMax));
}

}  // namespace
}  // namespace weir
