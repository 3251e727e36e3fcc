// Items whose moves throw: nothing is lost but where the header says so, and nobody waits in vain.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "weir/channel.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

/// Throws in the move that a test chooses, and counts those that are alive.
class Fragile {
 public:
  static inline std::atomic<int> moves_until_throw{-1};
  static inline std::atomic<int> alive{0};

  explicit Fragile(int number) : value(number) { ++alive; }
  Fragile(Fragile&& other) : value(other.value) {
    if (moves_until_throw-- == 0) throw std::runtime_error("broken");
    ++alive;
  }
  ~Fragile() { --alive; }

  int value;
};

class ChannelThrowing : public ::testing::Test {
 protected:
  ~ChannelThrowing() override { Fragile::moves_until_throw = -1; }
  static void throw_after(int moves) { Fragile::moves_until_throw = moves; }
  static std::vector<Fragile> numbered(int count) {
    std::vector<Fragile> items;
    items.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      items.emplace_back(i);
    return items;
  }
};

TEST_F(ChannelThrowing, SendThatThrowsTakesNothing) {
  Channel<Fragile> channel({.capacity = 2});
  Fragile item(1);
  throw_after(0);
  EXPECT_THROW((void)channel.send(std::move(item)), std::runtime_error);
  EXPECT_EQ(channel.size(), 0u);
  EXPECT_TRUE(channel.send(std::move(item)));
  EXPECT_TRUE(channel.send(std::move(item)));
  EXPECT_EQ(channel.try_send(std::move(item)), SendStatus::full);
}

TEST_F(ChannelThrowing, ReceiveThatThrowsLeavesTheItem) {
  Channel<Fragile> channel({.capacity = 2});
  EXPECT_TRUE(channel.send(Fragile(1)));
  throw_after(0);
  EXPECT_THROW((void)channel.receive(), std::runtime_error);
  EXPECT_EQ(channel.size(), 1u);
  EXPECT_EQ(channel.receive()->value, 1);
}

TEST_F(ChannelThrowing, SendAllThatThrowsHasSentThoseBefore) {
  Channel<Fragile> channel({.capacity = 10});
  std::vector<Fragile> items = numbered(5);
  throw_after(1);
  EXPECT_THROW(channel.send_all(items), std::runtime_error);
  EXPECT_EQ(channel.size(), 1u);
  EXPECT_EQ(channel.receive()->value, 0);
  EXPECT_FALSE(channel.try_receive());
}

TEST_F(ChannelThrowing, ReceiveBlockThatThrowsDropsTheBlockAndCountsIt) {
  const int before = Fragile::alive;
  Channel<Fragile> channel({.capacity = 8, .block_items = 4});
  {
    std::vector<Fragile> items = numbered(6);
    EXPECT_EQ(channel.send_all(items), 6u);
  }
  throw_after(2);
  EXPECT_THROW((void)channel.receive_block(), std::runtime_error);
  EXPECT_EQ(channel.dropped(), 4u);
  EXPECT_EQ(channel.receive()->value, 4);
  EXPECT_EQ(channel.receive()->value, 5);
  EXPECT_EQ(Fragile::alive, before);
}

TEST_F(ChannelThrowing, DropOldestNeedsNoMove) {
  Channel<Fragile> channel({.capacity = 1, .when_full = WhenFull::drop_oldest});
  EXPECT_TRUE(channel.send(Fragile(1)));
  throw_after(1);
  EXPECT_EQ(channel.send(Fragile(2)), SendStatus::sent);
  EXPECT_EQ(channel.dropped(), 1u);
}

TEST_F(ChannelThrowing, AReceiverThatThrewLeavesTheItemToOneThatWaits) {
  testing::ManualClock clock;
  Channel<Fragile> channel({.capacity = 4, .clock = &clock});
  std::atomic<int> received{0}, thrown{0};
  {
    std::vector<std::jthread> receivers;
    for (int i = 0; i < 2; ++i) {
      receivers.emplace_back([&] {
        try {
          if (channel.receive_for(std::chrono::hours(1))) ++received;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      });
    }
    clock.await_waiters(2);
    throw_after(1);  // the sender's move is the first
    EXPECT_TRUE(channel.send(Fragile(1)));
  }
  EXPECT_EQ(thrown, 1);
  EXPECT_EQ(received, 1);
}

TEST_F(ChannelThrowing, ASenderThatThrewLeavesTheRoomToOneThatWaits) {
  testing::ManualClock clock;
  Channel<Fragile> channel({.capacity = 1, .clock = &clock});
  EXPECT_TRUE(channel.send(Fragile(0)));
  std::atomic<int> sent{0}, thrown{0};
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < 2; ++i) {
      senders.emplace_back([&] {
        try {
          if (channel.send_for(Fragile(1), std::chrono::hours(1))) ++sent;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      });
    }
    clock.await_waiters(2);
    throw_after(1);  // the receiver's move is the first
    EXPECT_TRUE(channel.receive());
  }
  EXPECT_EQ(thrown, 1);
  EXPECT_EQ(sent, 1);
}

/// Moves that throw now and then, under load.
class Moody {
 public:
  Moody() = default;
  Moody(Moody&& other) : value(std::move(other.value)) {
    if (++moves % 97 == 0) {
      other.value = std::move(value);
      throw std::runtime_error("not now");
    }
  }
  static inline std::atomic<int> moves{0};
  std::unique_ptr<int> value = std::make_unique<int>(1);
};

TEST_F(ChannelThrowing, ThrowsNowAndThenWithoutLosingAnything) {
  constexpr int kItems = 5000;
  Channel<Moody> channel({.capacity = 5});
  std::atomic<int> received{0};
  {
    std::vector<std::jthread> threads;
    Channel<Moody>::Producer mine = channel.producer();
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([producer = mine] {
        for (int sent = 0; sent < kItems;) {
          try {
            sent += producer->send(Moody()).status == SendStatus::sent;
          } catch (const std::runtime_error&) {
          }
        }
      });
      threads.emplace_back([&] {
        while (true) {
          try {
            const std::optional<Moody> item = channel.receive();
            if (!item) return;
            ++received;
            EXPECT_NE(item->value, nullptr);
          } catch (const std::runtime_error&) {
          }
        }
      });
    }
  }
  EXPECT_EQ(received, 2 * kItems);
}

}  // namespace
}  // namespace weir
