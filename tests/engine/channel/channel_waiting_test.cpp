// Those who wait on a channel, and what ends it. The tests run on a clock that stands still.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "weir/channel.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;

/// Waits that end by themselves only if a test moves the clock, so that it can await them.
constexpr Duration kLong = 1h;

class ChannelWaiting : public ::testing::Test {
 protected:
  void fill() { ASSERT_EQ(channel.send(0), SendStatus::sent); }

  testing::ManualClock clock;
  Channel<int> channel{{.capacity = 1, .clock = &clock}};
};

TEST_F(ChannelWaiting, ReceiverIsWokenByAnItem) {
  std::optional<int> item;
  {
    std::jthread receiver([&] { item = channel.receive_for(kLong); });
    clock.await_waiters();
    ASSERT_TRUE(channel.send(5));
  }
  EXPECT_EQ(item, 5);
}

TEST_F(ChannelWaiting, SenderIsWokenByRoom) {
  fill();
  SendResult sent;
  {
    std::jthread sender([&] { sent = channel.send_for(1, kLong); });
    clock.await_waiters();
    EXPECT_EQ(channel.receive(), 0);
  }
  EXPECT_EQ(sent, SendStatus::sent);
  EXPECT_EQ(channel.receive(), 1);
}

TEST_F(ChannelWaiting, EveryReceiverIsWokenByItsItem) {
  Channel<int> wide({.capacity = 100, .clock = &clock});
  std::vector<std::jthread> receivers;
  for (int i = 0; i < 4; ++i)
    receivers.emplace_back([&] { EXPECT_TRUE(wide.receive_for(kLong)); });
  clock.await_waiters(4);
  std::vector<int> items(4);
  EXPECT_EQ(wide.send_all(items), 4u);
}

TEST_F(ChannelWaiting, EverySenderIsWokenByTheRoomOfABlock) {
  Channel<int> narrow({.capacity = 4, .block_items = 4, .clock = &clock});
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(narrow.send(i));
  std::vector<std::jthread> senders;
  for (int i = 0; i < 4; ++i)
    senders.emplace_back([&] { EXPECT_TRUE(narrow.send_for(1, kLong)); });
  clock.await_waiters(4);
  EXPECT_EQ(narrow.receive_block().size(), 4u);
}

TEST_F(ChannelWaiting, ReceiverEndsWhenItsTimeIsUp) {
  std::jthread receiver([&] { EXPECT_EQ(channel.receive_for(20ms), std::nullopt); });
  clock.await_waiters();
  clock.advance(20ms);
}

TEST_F(ChannelWaiting, SenderEndsWhenItsTimeIsUpAndKeepsItsItem) {
  Channel<std::unique_ptr<int>> pointers({.capacity = 1, .clock = &clock});
  ASSERT_TRUE(pointers.send(nullptr));
  std::jthread sender([&] {
    auto kept = std::make_unique<int>(1);
    EXPECT_EQ(pointers.send_for(std::move(kept), 20ms), SendStatus::timed_out);
    EXPECT_NE(kept, nullptr);
  });
  clock.await_waiters();
  clock.advance(20ms);
}

TEST_F(ChannelWaiting, NoTimeIsNoWait) {
  EXPECT_EQ(channel.receive_for(0s), std::nullopt);
  EXPECT_EQ(channel.receive_for(-1s), std::nullopt);
  fill();
  EXPECT_EQ(channel.send_for(1, 0s), SendStatus::timed_out);
  EXPECT_EQ(channel.send_for(1, Duration::min()), SendStatus::timed_out);
}

TEST_F(ChannelWaiting, AllTimeIsNotTooLong) {
  std::jthread receiver([&] { EXPECT_EQ(channel.receive_for(Duration::max()), 0); });
  clock.await_deadline(TimePoint::max());
  fill();
}

TEST_F(ChannelWaiting, ReceiverEndsWhenAStopIsRequested) {
  std::jthread receiver([&](const std::stop_token& stop) { EXPECT_EQ(channel.receive(stop), std::nullopt); });
  receiver.request_stop();
}

TEST_F(ChannelWaiting, SenderEndsWhenAStopIsRequested) {
  fill();
  std::jthread sender(
      [&](const std::stop_token& stop) { EXPECT_EQ(channel.send(1, stop), SendStatus::stopped); });
  sender.request_stop();
}

TEST_F(ChannelWaiting, AStopThatWasRequestedDoesNotKeepFromWhatNeedsNoWait) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(channel.send(3, stop.get_token()), SendStatus::sent);
  EXPECT_EQ(channel.send(4, stop.get_token()), SendStatus::stopped);
  EXPECT_EQ(channel.receive(stop.get_token()), 3);
  EXPECT_EQ(channel.receive(stop.get_token()), std::nullopt);
}

TEST_F(ChannelWaiting, CloseWakesAll) {
  Channel<int> other({.capacity = 1, .clock = &clock});
  std::vector<std::jthread> waiters;
  fill();
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] { EXPECT_EQ(channel.send_for(1, kLong), SendStatus::closed); });
    waiters.emplace_back([&] { EXPECT_EQ(other.receive_for(kLong), std::nullopt); });
  }
  clock.await_waiters(6);
  channel.close();
  other.close();
}

TEST_F(ChannelWaiting, AbortWakesAll) {
  Channel<int> other({.capacity = 1, .clock = &clock});
  std::vector<std::jthread> waiters;
  fill();
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] { EXPECT_EQ(channel.send_for(1, kLong), SendStatus::closed); });
    waiters.emplace_back([&] { EXPECT_EQ(other.receive_for(kLong), std::nullopt); });
  }
  clock.await_waiters(6);
  channel.abort();
  other.abort();
}

TEST_F(ChannelWaiting, WhoGivesUpDoesNotTakeAnItemAlong) {
  // One of two receivers runs out of time just when an item comes: then the other must have it.
  for (int round = 0; round < 200; ++round) {
    Channel<int> contended({.capacity = 1, .clock = &clock});
    bool hasty_has_it = false, patient_has_it = false;
    std::jthread hasty([&] { hasty_has_it = contended.receive_for(1ms).has_value(); });
    std::jthread patient([&] { patient_has_it = contended.receive_for(kLong).has_value(); });
    clock.await_waiters(2);
    std::jthread sender([&] { EXPECT_TRUE(contended.send(1)); });
    clock.advance(1ms);
    sender.join();
    hasty.join();
    if (hasty_has_it) contended.close();  // else the patient one has it, or would wait for ever
    patient.join();
    EXPECT_NE(patient_has_it, hasty_has_it);
  }
}

TEST_F(ChannelWaiting, WhoGivesUpDoesNotTakeRoomAlong) {
  for (int round = 0; round < 200; ++round) {
    Channel<int> contended({.capacity = 1, .clock = &clock});
    ASSERT_TRUE(contended.send(0));
    bool hasty_has_it = false, patient_has_it = false;
    std::jthread hasty([&] { hasty_has_it = contended.send_for(1, 1ms) == SendStatus::sent; });
    std::jthread patient([&] { patient_has_it = contended.send_for(1, kLong) == SendStatus::sent; });
    clock.await_waiters(2);
    std::jthread receiver([&] { EXPECT_EQ(contended.receive(), 0); });
    clock.advance(1ms);
    receiver.join();
    hasty.join();
    if (hasty_has_it) contended.close();  // else the patient one has it, or would wait for ever
    patient.join();
    EXPECT_NE(patient_has_it, hasty_has_it);
  }
}

}  // namespace
}  // namespace weir
