#include "weir/channel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weir/error.hpp"

namespace weir {
namespace {

std::vector<int> rest_of(Channel<int>& channel) {
  std::vector<int> items;
  while (std::optional<int> item = channel.try_receive())
    items.push_back(*item);
  return items;
}

TEST(Channel, GivesItemsInTheOrderInWhichTheyWereSent) {
  Channel<int> channel;
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(channel.send(i));
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(channel.receive(), i);
  EXPECT_EQ(channel.try_receive(), std::nullopt);
}

TEST(Channel, GivesALoneItemThoughNothingFollowsIt) {
  Channel<int> channel({.capacity = 1000, .block_items = 100});
  ASSERT_TRUE(channel.send(7));
  EXPECT_EQ(channel.receive(), 7);
}

TEST(Channel, RefusesACapacityOfNothing) {
  try {
    Channel<int> channel({.capacity = 0});
    FAIL() << "was made";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("capacity of 1 or more"), std::string::npos);
  }
}

TEST(Channel, HoldsItsCapacityToTheItem) {
  for (const std::size_t capacity : {1u, 2u, 3u, 4u, 7u, 64u, 1000u}) {
    for (const std::size_t block_items : {0u, 1u, 2u, 5u, 5000u}) {
      Channel<std::size_t> channel({.capacity = capacity, .block_items = block_items});
      for (int round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < capacity; ++i)
          ASSERT_EQ(channel.try_send(i), SendStatus::sent) << i << " of " << capacity;
        EXPECT_EQ(channel.try_send(0u), SendStatus::full);
        EXPECT_EQ(channel.size(), capacity);
        // One out, one in: room is not kept back until a block is through.
        EXPECT_EQ(channel.receive(), 0u);
        EXPECT_EQ(channel.try_send(capacity), SendStatus::sent);
        EXPECT_EQ(channel.try_send(0u), SendStatus::full);
        for (std::size_t i = 1; i <= capacity; ++i)
          ASSERT_EQ(channel.receive(), i);
        EXPECT_EQ(channel.size(), 0u);
      }
    }
  }
}

TEST(Channel, LeavesNoRoomUnusedInTheLanesOfOtherThreads) {
  constexpr std::size_t kCapacity = 8;
  Channel<int> channel({.capacity = kCapacity, .block_items = kCapacity});
  for (std::size_t i = 0; i < kCapacity; ++i) {
    std::jthread([&] { EXPECT_EQ(channel.try_send(1), SendStatus::sent); });
    EXPECT_EQ(channel.size(), i + 1);
  }
  EXPECT_EQ(channel.try_send(1), SendStatus::full);
}

TEST(Channel, ForgetsNoLaneThatHasFallenSilent) {
  // Another thread's item, in an unfinished block, while this thread keeps the queue busy.
  constexpr int kCapacity = 100;
  Channel<int> channel({.capacity = kCapacity, .block_items = 10});
  for (int i = 0; i < kCapacity / 2; ++i)
    ASSERT_TRUE(channel.send(0));
  std::jthread([&] { ASSERT_TRUE(channel.send(1)); });
  int received = 0;
  while (channel.receive() != 1) {
    ASSERT_TRUE(channel.send(0));
    ASSERT_LE(++received, 2 * kCapacity);
  }
}

TEST(Channel, LeavesAnItemThatItDoesNotTakeWithItsSender) {
  Channel<std::unique_ptr<int>> channel({.capacity = 1});
  ASSERT_TRUE(channel.send(std::make_unique<int>(1)));
  auto kept = std::make_unique<int>(2);
  EXPECT_EQ(channel.try_send(std::move(kept)), SendStatus::full);
  ASSERT_NE(kept, nullptr);
  channel.close();
  EXPECT_EQ(channel.send(std::move(kept)), SendStatus::closed);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(**channel.receive(), 1);
}

TEST(Channel, CopiesWhatIsNotMoved) {
  Channel<std::string> channel;
  const std::string text = "a text that is too long to be kept in place";
  ASSERT_TRUE(channel.send(text));
  ASSERT_TRUE(channel.send("a literal"));
  EXPECT_EQ(channel.receive(), text);
  EXPECT_EQ(channel.receive(), "a literal");
}

TEST(Channel, KeepsItemsOfWideAlignment) {
  struct alignas(256) Wide {
    int value;
  };
  Channel<Wide> channel({.capacity = 8});
  for (int i = 0; i < 8; ++i)
    ASSERT_TRUE(channel.send(Wide{i}));
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(channel.receive()->value, i);
}

TEST(Channel, OnceClosedTakesNothingAndGivesWhatIsInside) {
  Channel<int> channel;
  ASSERT_TRUE(channel.send(1));
  ASSERT_TRUE(channel.send(2));
  EXPECT_FALSE(channel.is_closed());
  channel.close();
  channel.close();
  EXPECT_TRUE(channel.is_closed());
  EXPECT_EQ(channel.send(3), SendStatus::closed);
  EXPECT_EQ(channel.try_send(3), SendStatus::closed);
  EXPECT_EQ(channel.send_for(3, std::chrono::hours(1)), SendStatus::closed);
  EXPECT_EQ(channel.receive(), 1);
  EXPECT_EQ(channel.receive(), 2);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(channel.receive(), std::nullopt);
    EXPECT_EQ(channel.try_receive(), std::nullopt);
    EXPECT_EQ(channel.receive_for(std::chrono::hours(1)), std::nullopt);
    EXPECT_TRUE(channel.receive_block().empty());
  }
}

TEST(Channel, OnceAbortedDropsWhatIsInsideAndCountsIt) {
  const auto item = std::make_shared<int>(1);
  Channel<std::shared_ptr<int>> channel({.capacity = 10, .block_items = 2});
  for (int i = 0; i < 7; ++i)
    ASSERT_TRUE(channel.send(item));
  ASSERT_TRUE(channel.receive());
  channel.abort();
  channel.abort();
  EXPECT_TRUE(channel.is_closed());
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_EQ(channel.dropped(), 6u);
  EXPECT_EQ(channel.size(), 0u);
  EXPECT_EQ(channel.receive(), std::nullopt);
  EXPECT_EQ(channel.send(item), SendStatus::closed);
}

TEST(Channel, AbortedAfterItWasClosedDropsTheRest) {
  Channel<int> channel;
  ASSERT_TRUE(channel.send(1));
  channel.close();
  channel.abort();
  EXPECT_EQ(channel.dropped(), 1u);
  EXPECT_EQ(channel.receive(), std::nullopt);
}

TEST(Channel, DestroysWhatWasNotReceived) {
  const auto item = std::make_shared<int>(1);
  {
    Channel<std::shared_ptr<int>> channel({.capacity = 10, .block_items = 2});
    for (int i = 0; i < 7; ++i)
      ASSERT_TRUE(channel.send(item));
    ASSERT_TRUE(channel.receive());
  }
  EXPECT_EQ(item.use_count(), 1);
}

TEST(Channel, CanBeWalkedOver) {
  Channel<std::string> channel;
  for (const char* text : {"a", "b", "c"})
    ASSERT_TRUE(channel.send(text));
  channel.close();
  std::string all;
  for (std::string& text : channel)
    all += text;
  EXPECT_EQ(all, "abc");
  static_assert(std::input_iterator<Channel<std::string>::Iterator>);
  static_assert(std::input_iterator<Channel<std::unique_ptr<int>>::Iterator>);
}

TEST(Channel, SendsManyAtOnce) {
  Channel<int> channel({.capacity = 1000, .block_items = 64});
  std::vector<int> items(1000);
  std::iota(items.begin(), items.end(), 0);
  EXPECT_EQ(channel.send_all(items), items.size());
  EXPECT_EQ(rest_of(channel), items);
}

TEST(Channel, SendsAsManyAsItMay) {
  std::array<int, 5> items{0, 1, 2, 3, 4};
  Channel<int> failing({.capacity = 3, .when_full = WhenFull::fail});
  EXPECT_EQ(failing.send_all(items), 3u);
  EXPECT_EQ(rest_of(failing), (std::vector{0, 1, 2}));
  failing.close();
  EXPECT_EQ(failing.send_all(items), 0u);

  Channel<int> dropping({.capacity = 3, .when_full = WhenFull::drop_oldest});
  EXPECT_EQ(dropping.send_all(items), 5u);
  EXPECT_EQ(rest_of(dropping), (std::vector{2, 3, 4}));
}

TEST(Channel, ReceivesABlockAtOnce) {
  Channel<int> channel({.capacity = 10, .block_items = 4});
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(channel.send(i));
  EXPECT_EQ(channel.receive(), 0);
  EXPECT_EQ(channel.receive_block(), (std::vector{1, 2, 3}));
  EXPECT_EQ(channel.receive_block(), (std::vector{4, 5}));
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(channel.try_send(i), SendStatus::sent) << "its room was not given back";
}

TEST(Channel, WhenFullDoesAsItWasTold) {
  struct Case {
    WhenFull when_full;
    SendStatus answer;
    std::vector<int> inside;
    std::uint64_t dropped;
  };
  for (const Case& expected : {Case{WhenFull::fail, SendStatus::full, {1, 2, 3}, 0},
                               Case{WhenFull::drop_newest, SendStatus::dropped, {1, 2, 3}, 1},
                               Case{WhenFull::drop_oldest, SendStatus::sent, {2, 3, 4}, 1}}) {
    for (const bool patient : {false, true}) {
      Channel<int> channel({.capacity = 3, .when_full = expected.when_full});
      for (int i = 1; i <= 3; ++i)
        ASSERT_TRUE(channel.send(i));
      EXPECT_EQ(patient ? channel.send(4) : channel.try_send(4), expected.answer);
      EXPECT_EQ(channel.dropped(), expected.dropped);
      EXPECT_EQ(rest_of(channel), expected.inside);
    }
  }
}

TEST(Channel, IsClosedByTheLastProducer) {
  Channel<int> channel;
  {
    Channel<int>::Producer first = channel.producer();
    {
      Channel<int>::Producer second = first;
      Channel<int>::Producer moved = std::move(second);
      ASSERT_TRUE(moved->send(1));
    }
    ASSERT_TRUE(first->send(2));
    EXPECT_FALSE(channel.is_closed());
  }
  EXPECT_TRUE(channel.is_closed());
  EXPECT_EQ(rest_of(channel), (std::vector{1, 2}));
}

TEST(Channel, SaysHowASendEnded) {
  EXPECT_EQ(to_string(SendStatus::sent), "sent");
  EXPECT_EQ(to_string(SendStatus::dropped), "dropped");
  EXPECT_EQ(to_string(SendStatus::full), "full");
  EXPECT_EQ(to_string(SendStatus::closed), "closed");
  EXPECT_EQ(to_string(SendStatus::timed_out), "timed_out");
  EXPECT_EQ(to_string(SendStatus::stopped), "stopped");
}

static_assert(!std::is_copy_constructible_v<Channel<int>> && !std::is_move_constructible_v<Channel<int>>);

}  // namespace
}  // namespace weir
