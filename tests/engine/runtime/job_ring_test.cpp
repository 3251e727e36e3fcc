// The queue of a worker pool: order, bounds, end, and that every job comes out once.
#include "engine/runtime/job_ring.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace weir::runtime {
namespace {

bool put(JobRing& ring, int& into, int value) {
  Job job([&into, value](void*) { into = value; });
  return ring.put(job);
}

/// What the next job writes; 0: there is none.
int take(JobRing& ring, const int& into) {
  Job job;
  if (!ring.take(job)) return 0;
  job(nullptr);
  return into;
}

class JobRingOf : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Places, JobRingOf, ::testing::Values(1, 2, 3, 7, 8, 1000));

TEST_P(JobRingOf, GivesJobsInOrderLapAfterLap) {
  JobRing ring(GetParam());
  int seen = 0;
  int next_in = 1;
  int next_out = 1;
  for (int lap = 0; lap < 5; ++lap) {
    for (std::size_t i = 0; i < GetParam(); ++i)
      ASSERT_TRUE(put(ring, seen, next_in++));
    EXPECT_TRUE(ring.is_full());
    for (std::size_t i = 0; i < GetParam(); ++i)
      ASSERT_EQ(take(ring, seen), next_out++);
    EXPECT_TRUE(ring.is_empty());
  }
}

TEST_P(JobRingOf, IsFullAtItsCapacityAndNotBefore) {
  JobRing ring(GetParam());
  int seen = 0;
  for (std::size_t i = 0; i < GetParam(); ++i) {
    EXPECT_FALSE(ring.is_full());
    ASSERT_TRUE(put(ring, seen, 1));
  }
  EXPECT_FALSE(put(ring, seen, 2));
  EXPECT_EQ(ring.put_so_far(), GetParam());
  EXPECT_EQ(take(ring, seen), 1);
  EXPECT_TRUE(put(ring, seen, 3));
}

TEST(JobRing, IsEmptyAtFirst) {
  JobRing ring(3);
  EXPECT_TRUE(ring.is_empty());
  int seen = 0;
  EXPECT_EQ(take(ring, seen), 0);
}

TEST(JobRing, LeavesAJobThatItDoesNotTake) {
  JobRing ring(1);
  int seen = 0;
  ASSERT_TRUE(put(ring, seen, 1));
  Job job([&](void*) { seen = 2; });
  ASSERT_FALSE(ring.put(job));
  job(nullptr);
  EXPECT_EQ(seen, 2);
}

TEST(JobRing, TakesNothingOnceItIsClosedAndGivesWhatItHas) {
  JobRing ring(3);
  int seen = 0;
  ASSERT_TRUE(put(ring, seen, 1));
  EXPECT_FALSE(ring.is_closed());
  ring.close();
  EXPECT_TRUE(ring.is_closed());
  EXPECT_FALSE(put(ring, seen, 2));
  EXPECT_EQ(ring.put_so_far(), 1u);
  EXPECT_EQ(take(ring, seen), 1);
  EXPECT_EQ(take(ring, seen), 0);
}

TEST(JobRing, LetsGoOfWhatIsLeft) {
  const auto watched = std::make_shared<int>();
  {
    JobRing ring(3);
    Job job([watched](void*) {});
    ASSERT_TRUE(ring.put(job));
    EXPECT_EQ(watched.use_count(), 2);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST_P(JobRingOf, LosesNothingBetweenManyThreads) {
  constexpr int kThreads = 3;
  constexpr int kJobs = 5000;  // of a thread
  JobRing ring(GetParam());
  std::vector<std::atomic<int>> done(kThreads * kJobs);
  std::atomic<int> left = kThreads * kJobs;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kJobs; ++i) {
        Job job([&, number = static_cast<std::size_t>(thread * kJobs + i)](void*) { ++done[number]; });
        while (!ring.put(job))
          std::this_thread::yield();
      }
    });
    threads.emplace_back([&] {
      while (left > 0) {
        Job job;
        if (!ring.take(job)) {
          std::this_thread::yield();
          continue;
        }
        job(nullptr);
        --left;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const std::atomic<int>& times : done)
    ASSERT_EQ(times, 1);
  EXPECT_TRUE(ring.is_empty());
}

}  // namespace
}  // namespace weir::runtime
