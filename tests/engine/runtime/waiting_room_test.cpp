#include "engine/runtime/waiting_room.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "weir/testing/manual_clock.hpp"

namespace weir::runtime {
namespace {

using Visit = WaitingRoom::Visit;

class WaitingRoomTest : public ::testing::Test {
 protected:
  WakeReason wait(Visit& visit) { return visit.wait(clock, std::nullopt, {}); }
  /// Whether it has been woken: waits no longer than now.
  bool is_woken(Visit& visit) { return visit.wait(clock, clock.now(), {}) == WakeReason::woken; }

  testing::ManualClock clock;
  WaitingRoom room;
};

TEST_F(WaitingRoomTest, WhoWasWokenBeforeItWaitsDoesNotWait) {
  Visit visit(room);
  EXPECT_FALSE(room.wake(1));
  EXPECT_EQ(wait(visit), WakeReason::woken);
}

TEST_F(WaitingRoomTest, WakesInTheOrderOfArrival) {
  Visit first(room), second(room), third(room);
  EXPECT_TRUE(room.wake(2));
  EXPECT_TRUE(is_woken(first));
  EXPECT_TRUE(is_woken(second));
  EXPECT_FALSE(is_woken(third));
}

TEST_F(WaitingRoomTest, AWakeUpThatIsNotSpentIsHandedOn) {
  auto leaving = std::make_unique<Visit>(room);
  Visit staying(room);
  EXPECT_TRUE(room.wake(1));
  EXPECT_FALSE(is_woken(staying));
  leaving.reset();
  EXPECT_TRUE(is_woken(staying));
}

TEST_F(WaitingRoomTest, ASpentWakeUpIsNotHandedOn) {
  auto leaving = std::make_unique<Visit>(room);
  Visit staying(room);
  EXPECT_TRUE(room.wake(1));
  EXPECT_EQ(wait(*leaving), WakeReason::woken);
  leaving.reset();
  EXPECT_FALSE(is_woken(staying));
  EXPECT_TRUE(room.is_occupied());
}

TEST_F(WaitingRoomTest, AWakeUpWinsAgainstAStopAndADeadline) {
  std::stop_source stop;
  stop.request_stop();
  Visit visit(room);
  room.wake_all();
  EXPECT_EQ(visit.wait(clock, clock.now(), stop.get_token()), WakeReason::woken);
  EXPECT_EQ(visit.wait(clock, std::nullopt, stop.get_token()), WakeReason::stopped);
}

TEST_F(WaitingRoomTest, ADeadlineEndsAWait) {
  std::jthread waiter([&] {
    Visit visit(room);
    EXPECT_EQ(visit.wait(clock, clock.now() + std::chrono::hours(1), {}), WakeReason::timed_out);
  });
  clock.await_waiters();
  clock.advance(std::chrono::hours(1));
}

}  // namespace
}  // namespace weir::runtime
