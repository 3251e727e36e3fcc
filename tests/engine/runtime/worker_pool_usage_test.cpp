// A worker pool that is used wrongly says so, and says the mend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "weir/worker_pool.hpp"

namespace weir {
namespace {

using ::testing::HasSubstr;

std::string complaint_about(const std::function<void()>& misuse) {
  try {
    misuse();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no complaint";
}

TEST(WorkerPoolUsage, NeedsWorkersAndRoom) {
  EXPECT_EQ(complaint_about([] { WorkerPool({.workers = 0}); }),
            "a worker pool needs workers: set .workers to at least 1");
  EXPECT_EQ(complaint_about([] { WorkerPool({.workers = 1, .queue_capacity = 0}); }),
            "a worker pool needs a queue that holds something: set .queue_capacity to at least 1");
  EXPECT_EQ(complaint_about([] { WorkerPool({.workers = 1, .max_pending = 0}); }),
            "a worker pool needs room for what jobs post: set .max_pending to at least 1");
}

TEST(WorkerPoolUsage, NeedsAPolicyThatCanBe) {
  EXPECT_EQ(complaint_about([] { WorkerPool({.policy = {.backoff = {.jitter = NAN}}}); }),
            "the worker pool has a jitter that is not from 0 to 1: nan");
}

struct Call {
  const char* name;
  std::function<void(WorkerPool&)> make;
};

class WorkerPoolInAJob : public ::testing::TestWithParam<Call> {};
INSTANTIATE_TEST_SUITE_P(
    MustNot, WorkerPoolInAJob,
    ::testing::Values(Call{"wait_idle", [](WorkerPool& pool) { pool.wait_idle(); }},
                      Call{"wait_idle_for", [](WorkerPool& pool) { (void)pool.wait_idle_for(Duration(1)); }},
                      Call{"drain", [](WorkerPool& pool) { (void)pool.drain(); }},
                      Call{"stop", [](WorkerPool& pool) { (void)pool.stop(); }},
                      Call{"map",
                           [](WorkerPool& pool) { pool.map(std::vector<int>{1}, [](int i) { return i; }); }}),
    [](const auto& call) { return std::string(call.param.name); });

TEST_P(WorkerPoolInAJob, BeCalled) {
  WorkerPool pool({.workers = 2, .name = "crawler"});
  std::future<std::string> complaint =
      pool.submit([&] { return complaint_about([&] { GetParam().make(pool); }); });
  EXPECT_EQ(complaint.get(),
            std::string(GetParam().name) +
                "() in a job of the worker pool 'crawler' would wait for that job itself: call it "
                "from outside, or post what is to follow");
}

TEST(WorkerPoolUsage, MayBeWaitedForInAJobOfAnotherPool) {
  WorkerPool other({.workers = 1});
  WorkerPool pool({.workers = 1});
  EXPECT_NO_THROW(pool.submit([&] { other.wait_idle(); }).get());
}

}  // namespace
}  // namespace weir
