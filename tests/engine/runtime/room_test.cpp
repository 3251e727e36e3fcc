// Where posters wait: who goes on when a place becomes free, and who gives up.
#include "engine/runtime/room.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "weir/testing/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ManualClock;

TEST(Room, LetsNobodyWaitWhereThereIsRoom) {
  Room room([] { return false; });
  EXPECT_TRUE(room.wait(Clock::steady(), {}, {}));
}

TEST(Room, LetsOneGoOnForEachPlace) {
  constexpr int kPosters = 4;
  ManualClock clock;
  std::atomic<int> gone_on = 0;
  Room room([] { return true; });
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster)
    posters.emplace_back([&] { gone_on += room.wait(clock, clock.now() + 1h, {}) ? 1 : 0; });
  clock.await_waiters(kPosters);
  for (int place = 0; place < 3; ++place)
    room.made();
  while (gone_on < 3)
    std::this_thread::yield();
  clock.advance(1h);
  for (std::thread& poster : posters)
    poster.join();
  EXPECT_EQ(gone_on, 3);
}

TEST(Room, GivesUpWhenTheTimeHasCome) {
  ManualClock clock;
  Room room([] { return true; });
  EXPECT_FALSE(room.wait(clock, clock.now(), {}));
  std::thread poster([&] { EXPECT_FALSE(room.wait(clock, clock.now() + 1s, {})); });
  clock.await_waiters();
  clock.advance(1s);
  poster.join();
}

TEST(Room, GivesUpWhenAStopIsRequested) {
  Room room([] { return true; });
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(room.wait(Clock::steady(), {}, stopped.get_token()));
  std::jthread poster(
      [&](const std::stop_token& stop) { EXPECT_FALSE(room.wait(Clock::steady(), {}, stop)); });
}

TEST(Room, LetsNobodyWaitOnceItIsClosed) {
  Room room([] { return true; });
  std::thread poster([&] { EXPECT_TRUE(room.wait(Clock::steady(), {}, {})); });
  room.close();
  poster.join();
  EXPECT_TRUE(room.wait(Clock::steady(), {}, {}));
}

}  // namespace
}  // namespace weir::runtime
