// Many threads at once: every item arrives once, and those of a producer in their order.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "weir/channel.hpp"

namespace weir {
namespace {

constexpr std::size_t kItemsPerProducer = 4000;

struct Item {
  std::size_t producer;
  std::size_t number;
};
using Items = std::vector<Item>;

/// Sends numbered items, now one by one, now many at once, now in vain.
void produce(Channel<Item>& channel, std::size_t producer) {
  std::minstd_rand random(static_cast<unsigned>(producer) + 1);
  for (std::size_t number = 0; number < kItemsPerProducer;) {
    switch (random() % 4) {
      case 0: {
        Items some(std::min<std::size_t>(random() % 100 + 1, kItemsPerProducer - number));
        for (Item& item : some)
          item = {producer, number++};
        ASSERT_EQ(channel.send_all(some), some.size());
        break;
      }
      case 1:
        number += channel.try_send(Item{producer, number}) == SendStatus::sent;
        break;
      case 2:
        number += channel.send_for(Item{producer, number}, std::chrono::microseconds(1)) == SendStatus::sent;
        break;
      default:
        ASSERT_TRUE(channel.send(Item{producer, number++}));
    }
  }
}

/// Receives all there is, in as many ways.
Items consume(Channel<Item>& channel, std::size_t consumer) {
  std::minstd_rand random(static_cast<unsigned>(consumer) + 100);
  Items received;
  while (true) {
    switch (random() % 4) {
      case 0: {
        const Items block = channel.receive_block();
        if (block.empty()) return received;
        received.insert(received.end(), block.begin(), block.end());
        break;
      }
      case 1:
        if (const auto item = channel.try_receive()) received.push_back(*item);
        break;
      case 2:
        if (const auto item = channel.receive_for(std::chrono::microseconds(1))) received.push_back(*item);
        break;
      default:
        const auto item = channel.receive();
        if (!item) return received;
        received.push_back(*item);
    }
  }
}

bool in_order_of_each_producer(const Items& items, std::size_t producers) {
  std::vector<std::size_t> next(producers, 0);
  return std::ranges::all_of(items, [&](const Item& item) {
    const bool later = item.number >= next[item.producer];
    next[item.producer] = item.number + 1;
    return later;
  });
}

using Shape = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>;

class ChannelStress : public ::testing::TestWithParam<Shape> {};

TEST_P(ChannelStress, EveryItemArrivesOnceAndInItsProducersOrder) {
  const auto [producers, consumers, capacity, block_items] = GetParam();
  Channel<Item> channel({.capacity = capacity, .block_items = block_items});
  std::vector<Items> received(consumers);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < consumers; ++i)
      threads.emplace_back([&, i] { received[i] = consume(channel, i); });
    Channel<Item>::Producer mine = channel.producer();
    for (std::size_t i = 0; i < producers; ++i)
      threads.emplace_back([i, producer = mine] { produce(*producer, i); });
  }
  std::vector<std::vector<bool>> seen(producers, std::vector<bool>(kItemsPerProducer, false));
  for (const Items& items : received) {
    EXPECT_TRUE(in_order_of_each_producer(items, producers));
    for (const Item& item : items) {
      EXPECT_FALSE(seen[item.producer][item.number]) << "arrived twice";
      seen[item.producer][item.number] = true;
    }
  }
  for (const auto& of_producer : seen)
    EXPECT_EQ(std::ranges::count(of_producer, true), static_cast<std::ptrdiff_t>(kItemsPerProducer));
  EXPECT_EQ(channel.size(), 0u);
}

std::string name_of(const ::testing::TestParamInfo<Shape>& info) {
  const auto [producers, consumers, capacity, block_items] = info.param;
  return std::to_string(producers) + "To" + std::to_string(consumers) + "Through" + std::to_string(capacity) +
         "InBlocksOf" + std::to_string(block_items);
}
INSTANTIATE_TEST_SUITE_P(Shapes, ChannelStress,
                         ::testing::Combine(::testing::Values(1, 2, 4), ::testing::Values(1, 2, 4),
                                            ::testing::Values(1, 2, 3, 64, 10000), ::testing::Values(0, 7)),
                         name_of);

/// Waits that nothing but the other side ends: a wake-up that is lost hangs.
TEST(ChannelWakeUps, AreNotLostBetweenThreadsThatWaitForEachItem) {
  for (const std::size_t threads : {1u, 2u, 4u}) {
    constexpr int kItems = 4000;
    Channel<int> there({.capacity = 1});
    Channel<int> back({.capacity = 1});
    std::atomic<int> returned{0};
    {
      std::vector<std::jthread> all;
      for (std::size_t i = 0; i < threads; ++i) {
        all.emplace_back([&] {
          for (int item : there)
            EXPECT_TRUE(back.send(item));
        });
        all.emplace_back([&] {
          // One of ours is under way for each that we wait for, so that nobody waits in vain.
          for (int item = 0; item < kItems; ++item) {
            EXPECT_TRUE(there.send(item));
            EXPECT_TRUE(back.receive());
            ++returned;
          }
          if (returned == kItems * static_cast<int>(threads)) there.close();
        });
      }
    }
  }
}

class ChannelEnd : public ::testing::TestWithParam<bool> {};

TEST_P(ChannelEnd, LosesNothingWhenItRacesWithSendsAndReceives) {
  const bool abort = GetParam();
  for (int round = 0; round < 200; ++round) {
    Channel<int> channel({.capacity = static_cast<std::size_t>(round % 70 + 1)});
    std::atomic<std::uint64_t> sent{0}, received{0};
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
          while (channel.send(1))
            ++sent;
        });
        threads.emplace_back([&] {
          while (channel.receive())
            ++received;
        });
      }
      while (received < static_cast<std::uint64_t>(round))
        std::this_thread::yield();
      for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] { abort ? channel.abort() : channel.close(); });
    }
    EXPECT_EQ(received + channel.dropped(), sent);
    EXPECT_EQ(channel.size(), 0u);
    if (!abort) {
      EXPECT_EQ(channel.dropped(), 0u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ends, ChannelEnd, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Abort" : "Close"; });

TEST(ChannelOverflow, NeverHoldsMoreThanItsCapacityAndCountsWhatItDrops) {
  for (const WhenFull when_full : {WhenFull::drop_newest, WhenFull::drop_oldest}) {
    for (const std::size_t capacity : {1u, 3u, 64u}) {
      Channel<int> channel({.capacity = capacity, .when_full = when_full});
      std::atomic<std::uint64_t> received{0};
      {
        std::vector<std::jthread> threads;
        Channel<int>::Producer mine = channel.producer();
        for (int i = 0; i < 2; ++i) {
          threads.emplace_back([producer = mine] {
            for (std::size_t n = 0; n < kItemsPerProducer; ++n)
              EXPECT_TRUE(producer->send(1));
          });
        }
        threads.emplace_back([&] {
          while (channel.receive()) {
            EXPECT_LE(channel.size(), channel.capacity());
            ++received;
          }
        });
      }
      EXPECT_EQ(received + channel.dropped(), 2 * kItemsPerProducer);
    }
  }
}

}  // namespace
}  // namespace weir
