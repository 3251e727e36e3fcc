// The jobs that a worker posted itself: the owner's end, the others' end, and how many there may be.
#include "engine/runtime/own_jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace weir::runtime {
namespace {

using ::testing::ElementsAre;

class OwnJobsTest : public ::testing::Test {
 protected:
  bool put(OwnJobs& jobs, int value) {
    Job job([this, value](void*) { done_.push_back(value); });
    return jobs.put(job);
  }
  bool take(OwnJobs& jobs) {
    Job job;
    if (!jobs.take_newest(job)) return false;
    job(nullptr);
    return true;
  }
  void do_all(std::deque<Job> jobs) {
    for (Job& job : jobs)
      job(nullptr);
  }
  std::vector<int> done_;
};

TEST_F(OwnJobsTest, GiveTheOwnerTheNewest) {
  OwnJobs jobs(10);
  EXPECT_TRUE(jobs.is_empty());
  for (int value = 1; value <= 3; ++value)
    EXPECT_TRUE(put(jobs, value));
  EXPECT_FALSE(jobs.is_empty());
  while (take(jobs)) {
  }
  EXPECT_THAT(done_, ElementsAre(3, 2, 1));
}

TEST_F(OwnJobsTest, GiveOthersTheOldestHalf) {
  OwnJobs jobs(10);
  for (int value = 1; value <= 5; ++value)
    put(jobs, value);
  do_all(jobs.take_share());
  EXPECT_THAT(done_, ElementsAre(1, 2, 3));
  do_all(jobs.take_share());
  do_all(jobs.take_share());
  EXPECT_THAT(done_, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(jobs.take_share().empty());
}

TEST_F(OwnJobsTest, ChangeHandsInSharesThatAreBounded) {
  OwnJobs jobs(10 * kShareMax);
  for (std::size_t value = 0; value < 4 * kShareMax; ++value)
    put(jobs, 0);
  EXPECT_EQ(jobs.take_share().size(), kShareMax);
}

TEST_F(OwnJobsTest, AreNoMoreThanMayBePending) {
  OwnJobs jobs(2);
  EXPECT_TRUE(put(jobs, 1));
  EXPECT_TRUE(put(jobs, 2));
  EXPECT_FALSE(put(jobs, 3));
  EXPECT_TRUE(take(jobs));
  EXPECT_TRUE(put(jobs, 4));
}

TEST_F(OwnJobsTest, GoOnWithWhatWasTakenFromAnother) {
  OwnJobs victim(10);
  OwnJobs thief(10);
  for (int value = 1; value <= 4; ++value)
    put(victim, value);
  thief.adopt(victim.take_share());
  while (take(thief)) {
  }
  EXPECT_THAT(done_, ElementsAre(2, 1));
  EXPECT_EQ(victim.take_all().size(), 2u);
  EXPECT_TRUE(victim.is_empty());
}

}  // namespace
}  // namespace weir::runtime
