// Workers without work: who looks, who sleeps, who is called, and when all are idle.
#include "engine/runtime/idle_workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "weir/testing/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ManualClock;

class IdleWorkersTest : public ::testing::Test {
 protected:
  std::atomic<bool> work_waits_ = false;
  ManualClock clock_;
  IdleWorkers idle_{2, [this] { return work_waits_.load(); }};
};

TEST_F(IdleWorkersTest, OneLooksAtATime) {
  EXPECT_TRUE(idle_.begin_to_look());
  EXPECT_FALSE(idle_.begin_to_look());
  idle_.end_look();
  EXPECT_TRUE(idle_.begin_to_look());
}

TEST_F(IdleWorkersTest, WhoWouldSleepLooksWhereWorkWaits) {
  work_waits_ = true;
  EXPECT_TRUE(idle_.fall_asleep(false));
  EXPECT_FALSE(idle_.begin_to_look());  // as it is the one that does
}

TEST_F(IdleWorkersTest, ASleeperIsCalledAndThenLooks) {
  std::thread worker([&] { EXPECT_TRUE(idle_.fall_asleep(false)); });
  idle_.begin_rest();  // the other worker, so that all are idle once that one sleeps
  EXPECT_TRUE(idle_.wait_until_idle(clock_, {}));
  idle_.call();
  worker.join();
  EXPECT_FALSE(idle_.begin_to_look());
}

TEST_F(IdleWorkersTest, NobodyIsCalledWhileSomebodyLooksButByHimWhenHeFindsSomething) {
  ASSERT_TRUE(idle_.begin_to_look());
  std::atomic<bool> woken = false;
  std::thread worker([&] {
    idle_.fall_asleep(false);
    woken = true;
  });
  idle_.begin_rest();
  EXPECT_TRUE(idle_.wait_until_idle(clock_, {}));
  work_waits_ = true;
  idle_.call();
  EXPECT_FALSE(woken);
  idle_.end_look();
  worker.join();
  EXPECT_TRUE(woken);
}

TEST_F(IdleWorkersTest, AreNotIdleWhileWorkWaits) {
  idle_.begin_rest();
  idle_.begin_rest();
  EXPECT_TRUE(idle_.wait_until_idle(clock_, clock_.now()));
  work_waits_ = true;
  EXPECT_FALSE(idle_.wait_until_idle(clock_, clock_.now()));
}

TEST_F(IdleWorkersTest, AWorkerRestsUntilItsTimeHasCome) {
  const TimePoint due = clock_.now() + 1s;
  std::thread worker([&] { EXPECT_TRUE(idle_.rest_until(clock_, due)); });
  EXPECT_EQ(clock_.await_waiters(), due);
  clock_.advance(1s);
  worker.join();
}

TEST_F(IdleWorkersTest, TheEndWakesAll) {
  std::thread sleeper([&] { EXPECT_FALSE(idle_.fall_asleep(false)); });
  std::thread rester([&] { EXPECT_FALSE(idle_.rest_until(clock_, clock_.now() + 1h)); });
  std::thread waiter([&] { EXPECT_TRUE(idle_.wait_until_idle(clock_, {})); });
  idle_.end();
  sleeper.join();
  rester.join();
  waiter.join();
  EXPECT_FALSE(idle_.fall_asleep(false));
}

}  // namespace
}  // namespace weir::runtime
