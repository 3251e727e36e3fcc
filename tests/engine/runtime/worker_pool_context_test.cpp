// Workers with a context each: made by a factory, handed to jobs, made anew by the rules of supervision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/supervision/puppets.hpp"
#include "tests/engine/testing/held_job.hpp"
#include "weir/testing/manual_clock.hpp"
#include "weir/worker_pool.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HeldJob;
using ::testing::UnorderedElementsAre;

/// Cannot be copied or moved, and knows how many of it there were.
class Connection {
 public:
  explicit Connection(std::atomic<int>& made) : number_(++made) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  int number() const { return number_; }
  int calls = 0;

 private:
  const int number_;
};

class WorkerPoolContext : public ::testing::Test {
 protected:
  using Pool = WorkerPoolWith<Connection>;

  WorkerPoolOptions options(std::size_t workers, RestartPolicy policy = {.backoff = {}}) {
    return {.workers = workers,
            .name = "test",
            .policy = policy,
            .observers = {testing::writes_to(events_)},
            .clock = &clock_};
  }
  auto connect() {
    return [this] {
      if (failing_attempts_.fetch_sub(1) > 0) throw IoError("connection refused");
      return Connection(made_);
    };
  }
  /// Which connections the workers have now.
  static std::set<int> numbers_of_all(Pool& pool, std::size_t workers) {
    std::mutex mutex;
    std::set<int> numbers;
    std::latch all(static_cast<std::ptrdiff_t>(workers));
    for (std::size_t job = 0; job < workers; ++job) {
      pool.post([&](Connection& connection) {
        all.arrive_and_wait();  // so that each is a worker's only one
        const std::lock_guard lock(mutex);
        numbers.insert(connection.number());
      });
    }
    pool.wait_idle();
    return numbers;
  }
  static void fails(Connection&) { throw IoError("connection reset"); }

  testing::ManualClock clock_;
  testing::Protocol events_;
  std::atomic<int> made_ = 0;
  std::atomic<int> failing_attempts_ = 0;
};

TEST_F(WorkerPoolContext, EachWorkerHasOneOfItsOwn) {
  Pool pool(connect(), options(3));
  EXPECT_THAT(numbers_of_all(pool, 3), UnorderedElementsAre(1, 2, 3));
  EXPECT_EQ(made_, 3);
  EXPECT_EQ(pool.drain().restarts, 0u);
}

TEST_F(WorkerPoolContext, IsKeptFromJobToJob) {
  Pool pool(connect(), options(1));
  for (int job = 0; job < 10; ++job)
    pool.post([](Connection& connection) { ++connection.calls; });
  EXPECT_EQ(pool.submit([](Connection& connection) { return connection.calls; }).get(), 10);
  EXPECT_EQ(pool.submit([](Connection& connection, int more) { return connection.calls + more; }, 5).get(),
            15);
  EXPECT_THAT(pool.map(std::vector<int>{1, 2}, [](Connection& c, int i) { return c.number() * i; }),
              ElementsAre(1, 2));
}

TEST_F(WorkerPoolContext, IsMadeAnewWhenAJobThrows) {
  Pool pool(connect(), options(1));
  pool.post(fails);
  EXPECT_EQ(pool.submit([](Connection& connection) { return connection.number(); }).get(), 2);
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.restarts, 1u);
  EXPECT_EQ(report.first_failure->message, "connection reset");
  EXPECT_THAT(events_.lines(),
              ElementsAre("run_started", "stage_started worker 1 1", "failed worker 1: connection reset",
                          "restarting worker 1: worker 1 after 0ms", "restarted worker 1 2", "draining",
                          "run_ended drained"));
}

TEST_F(WorkerPoolContext, IsMadeAnewAlsoWhereAFutureTellsOfTheFailure) {
  Pool pool(connect(), options(1));
  EXPECT_THROW(pool.submit(fails).get(), IoError);
  EXPECT_EQ(pool.submit([](Connection& connection) { return connection.number(); }).get(), 2);
}

TEST_F(WorkerPoolContext, ComesBackAfterTheDelayWhileOthersGoOn) {
  const RestartPolicy policy{.backoff = {100ms, 10s, 0}};
  const TimePoint begin = clock_.now();
  Pool pool(connect(), options(1, policy));
  pool.post(fails);  // comes back at once
  pool.post(fails);  // comes back after 100 ms
  std::atomic<int> done = 0;
  pool.post([&](Connection&) { ++done; });
  EXPECT_EQ(clock_.await_waiters(), begin + 100ms);
  EXPECT_EQ(done, 0);
  clock_.advance(100ms);
  pool.wait_idle();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(made_, 3);
}

TEST_F(WorkerPoolContext, OthersGoOnWhileOneWaitsForItsOwn) {
  const RestartPolicy policy{.backoff = {100ms, 10s, 0}};
  Pool pool(connect(), options(2, policy));
  pool.post(fails);
  pool.wait_idle();
  pool.post(fails);
  clock_.await_waiters();
  std::atomic<int> done = 0;
  for (int job = 0; job < 100; ++job)
    pool.post([&](Connection&) { ++done; });
  pool.wait_idle();  // though one worker rests
  EXPECT_EQ(done, 100);
}

TEST_F(WorkerPoolContext, ThatCannotBeMadeIsTriedAgain) {
  failing_attempts_ = 2;
  Pool pool(connect(), options(1));
  EXPECT_EQ(pool.submit([](Connection& connection) { return connection.number(); }).get(), 1);
  EXPECT_EQ(pool.drain().restarts, 2u);
}

TEST_F(WorkerPoolContext, OfAllIsMadeAnewWhereThePolicySaysSo) {
  const RestartPolicy policy{.strategy = Strategy::one_for_all, .backoff = {}};
  Pool pool(connect(), options(3, policy));
  EXPECT_THAT(numbers_of_all(pool, 3), UnorderedElementsAre(1, 2, 3));
  pool.post(fails);
  pool.wait_idle();
  EXPECT_THAT(numbers_of_all(pool, 3), UnorderedElementsAre(4, 5, 6));
  EXPECT_EQ(pool.drain().restarts, 1u);
}

TEST_F(WorkerPoolContext, MoreFailuresThanThePolicyAllowsEndThePool) {
  Pool pool(connect(), options(1, {.max_restarts = 2, .backoff = {}}));
  HeldJob held;
  pool.post(held.job());
  held.await_begin();
  for (int failure = 0; failure < 3; ++failure)
    pool.post(fails);
  std::future<void> discarded = pool.submit([](Connection&) {});
  held.let_go();
  EXPECT_THROW(discarded.get(), JobDiscarded);
  EXPECT_THROW(pool.wait_idle(), PoolStopped);
  try {
    pool.post([](Connection&) {});
    FAIL() << "it took a job";
  } catch (const PoolStopped& refusal) {
    EXPECT_STREQ(refusal.what(), "the worker pool 'test' takes no more jobs: it gave up: connection reset");
  }
  const WorkerPoolReport report = pool.drain();
  EXPECT_EQ(report.status, WorkerPoolStatus::gave_up);
  EXPECT_EQ(report.restarts, 2u);
  EXPECT_EQ(report.failed, 3u);
  EXPECT_EQ(report.discarded, 1u);
  EXPECT_EQ(report.posted, 5u);
  ASSERT_TRUE(report.surrender.has_value());
  EXPECT_EQ(report.surrender->message, "connection reset");
  EXPECT_EQ(events_.lines().back(), "run_ended gave_up");
}

TEST_F(WorkerPoolContext, ThatCanNeverBeMadeEndsThePoolAndTellsPosters) {
  failing_attempts_ = 1000;
  Pool pool(connect(), options(2, {.max_restarts = 3, .backoff = {}}));
  EXPECT_THROW(
      {
        while (true)
          pool.post([](Connection&) {});
      },
      PoolStopped);
  const WorkerPoolReport report = pool.stop();
  EXPECT_EQ(report.status, WorkerPoolStatus::gave_up);
  EXPECT_EQ(report.surrender->message, "connection refused");
  EXPECT_EQ(report.discarded, report.posted);
}

TEST_F(WorkerPoolContext, IsUsedAndLetGoOfOnTheWorkersThread) {
  struct Bound {
    std::thread::id made_on = std::this_thread::get_id();
    std::atomic<int>* strays;
    explicit Bound(std::atomic<int>& its_strays) : strays(&its_strays) {}
    Bound(const Bound&) = delete;
    ~Bound() { *strays += std::this_thread::get_id() == made_on ? 0 : 1; }
  };
  std::atomic<int> strays = 0;
  WorkerPoolWith<Bound> pool([&] { return Bound(strays); }, options(2));
  for (int job = 0; job < 20; ++job) {
    pool.post([&, job](Bound& bound) {
      strays += std::this_thread::get_id() == bound.made_on ? 0 : 1;
      if (job % 5 == 0) throw IoError("connection reset");
    });
  }
  EXPECT_EQ(pool.drain().unfinished(), 0u);
  EXPECT_EQ(strays, 0);
}

TEST_F(WorkerPoolContext, StopsWhileWorkersWaitForTheirs) {
  Pool pool(connect(), options(1, {.backoff = {1h, 1h, 0}}));
  pool.post(fails);
  pool.post(fails);
  std::future<void> never = pool.submit([](Connection&) {});
  clock_.await_waiters();
  EXPECT_EQ(pool.stop().discarded, 1u);
  EXPECT_THROW(never.get(), JobDiscarded);
}

}  // namespace
}  // namespace weir
