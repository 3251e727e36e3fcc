#include "engine/runtime/timers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "weir/testing/manual_clock.hpp"
#include "tests/engine/testing/number_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TimersTest : public ::testing::Test {
 protected:
  /// A callback that notes its name.
  std::function<void()> note(std::string name) {
    return [this, name = std::move(name)] {
      const std::lock_guard lock(mutex_);
      called_.push_back(name);
    };
  }
  std::vector<std::string> called() {
    const std::lock_guard lock(mutex_);
    return called_;
  }
  /// Waits until so many have been called, and answers all that were.
  std::vector<std::string> called(std::size_t count) {
    EXPECT_TRUE(wait_until([&] { return called().size() >= count; }));
    return called();
  }

  ManualClock clock_;
  const TimePoint begin_ = clock_.now();
  std::mutex mutex_;
  std::vector<std::string> called_;  ///< guarded by mutex_
  std::optional<Timers> timers_{std::in_place, clock_};
};

TEST_F(TimersTest, CallsInOrderOfDueTime) {
  timers_->at(begin_ + 3s, note("third"));
  timers_->at(begin_ + 1s, note("first"));
  timers_->at(begin_ + 2s, note("second"));
  clock_.await_deadline(begin_ + 1s);
  clock_.advance(10s);
  EXPECT_THAT(called(3), ElementsAre("first", "second", "third"));
}

TEST_F(TimersTest, CallsThoseOfOneMomentInTheOrderTheyCame) {
  for (const char* name : {"a", "b", "c", "d"})
    timers_->at(begin_ + 1s, note(name));
  clock_.await_deadline(begin_ + 1s);
  clock_.advance(1s);
  EXPECT_THAT(called(4), ElementsAre("a", "b", "c", "d"));
}

TEST_F(TimersTest, CallsNothingBeforeItIsDueAndThenAtOnce) {
  timers_->at(begin_ + 2h, note("late"));
  clock_.await_deadline(begin_ + 2h);
  clock_.advance(2h - 1ns);
  clock_.await_deadline(begin_ + 2h);
  EXPECT_THAT(called(), IsEmpty());
  clock_.advance(1ns);
  EXPECT_THAT(called(1), ElementsAre("late"));
}

TEST_F(TimersTest, WhatIsDueAlreadyIsCalledSoonButNotByTheCaller) {
  std::binary_semaphore over{0};
  std::thread::id called_by;
  timers_->at(begin_ - 1h, [&] {
    called_by = std::this_thread::get_id();
    over.release();
  });
  over.acquire();
  EXPECT_NE(called_by, std::this_thread::get_id());
}

TEST_F(TimersTest, AnEarlierOneThatComesLaterGoesFirst) {
  timers_->at(begin_ + 1h, note("later"));
  clock_.await_deadline(begin_ + 1h);
  timers_->at(begin_ + 1s, note("earlier"));
  clock_.await_deadline(begin_ + 1s);
  clock_.advance(1s);
  EXPECT_THAT(called(1), ElementsAre("earlier"));
  clock_.await_deadline(begin_ + 1h);
}

TEST_F(TimersTest, HurryingEndsTheWaitsThatAreNotWorthItInTheirOrder) {
  timers_->at(begin_ + 1s, note("deadline"));
  timers_->at_or_when_hurried(begin_ + 2h, note("backoff"));
  timers_->at_or_when_hurried(begin_ + 1h, note("rate"));
  timers_->hurry();
  EXPECT_THAT(called(2), ElementsAre("backoff", "rate"));
  clock_.await_deadline(begin_ + 1s);
  EXPECT_EQ(called().size(), 2u) << "a deadline does not come sooner by it";
  clock_.advance(1s);
  EXPECT_THAT(called(3), ElementsAre("backoff", "rate", "deadline"));
}

TEST_F(TimersTest, WhatComesAfterwardsIsHurriedToo) {
  timers_->hurry();
  timers_->at(begin_ + 1s, note("deadline"));
  timers_->at_or_when_hurried(begin_ + 2h, note("backoff"));
  EXPECT_THAT(called(1), ElementsAre("backoff"));
  timers_->hurry();
  clock_.await_deadline(begin_ + 1s);
}

TEST_F(TimersTest, ACallbackMayAddTimersAndHurry) {
  timers_->at(begin_ + 1s, [this] {
    note("one")();
    timers_->at(begin_ + 1s, note("two"));
    timers_->at(begin_ + 2s, note("three"));
    timers_->at_or_when_hurried(begin_ + 1h, note("hurried"));
    timers_->hurry();
  });
  clock_.await_deadline(begin_ + 1s);
  clock_.advance(1s);
  EXPECT_THAT(called(3), ElementsAre("one", "hurried", "two"));
  clock_.await_deadline(begin_ + 2s);
  clock_.advance(1s);
  EXPECT_THAT(called(4), ElementsAre("one", "hurried", "two", "three"));
}

TEST_F(TimersTest, WhatACallbackHoldsIsLetGoOfWhenItWasCalled) {
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  timers_->at(begin_, [held = std::move(held)] {});
  EXPECT_TRUE(wait_until([&] { return watched.expired(); }));
}

TEST_F(TimersTest, LettingGoOfACallbackMayAddATimer) {
  struct AddsWhenDestroyed {
    Timers& timers;
    std::function<void()> then;
    AddsWhenDestroyed(Timers& its_timers, std::function<void()> its_then)
        : timers(its_timers), then(std::move(its_then)) {}
    ~AddsWhenDestroyed() { timers.at(TimePoint{}, then); }
  };
  timers_->at(begin_, [last = std::make_shared<AddsWhenDestroyed>(*timers_, note("after"))] {});
  EXPECT_THAT(called(1), ElementsAre("after"));
}

TEST_F(TimersTest, CallNothingOnceTheyWereStopped) {
  timers_->at(begin_ + 1h, note("never"));
  clock_.await_deadline(begin_ + 1h);
  timers_->stop();
  timers_->at(begin_, note("never"));
  timers_->hurry();
  timers_->stop();
  clock_.advance(2h);
  EXPECT_THAT(called(), IsEmpty());
}

TEST_F(TimersTest, WhatIsNotDueWhenTheyAreDestroyedIsDropped) {
  timers_->at(begin_ + 1h, note("never"));
  timers_->at_or_when_hurried(begin_ + 2h, note("never"));
  clock_.await_deadline(begin_ + 1h);
  timers_.reset();
  clock_.advance(3h);
  EXPECT_THAT(called(), IsEmpty());
}

TEST_F(TimersTest, DestroyingThemWaitsForTheCallUnderWay) {
  std::binary_semaphore inside{0};
  timers_->at(begin_, [&] {
    inside.release();
    std::this_thread::yield();
    note("came to its end")();
  });
  inside.acquire();
  timers_.reset();
  EXPECT_THAT(called(), ElementsAre("came to its end"));
}

TEST_F(TimersTest, ThoseThatWereNeverAskedForAreDestroyedWithoutAThread) { timers_.reset(); }

TEST_F(TimersTest, ManyThreadsMayAddAndHurryAtOnce) {
  constexpr int kThreads = 4, kEach = 500;
  {
    std::vector<std::jthread> adders;
    for (int thread = 0; thread < kThreads; ++thread) {
      adders.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          timers_->at_or_when_hurried(begin_ + std::chrono::hours(i % 7), note("one"));
          if (i == kEach / 2) timers_->hurry();
        }
      });
    }
  }
  EXPECT_EQ(called(kThreads * kEach).size(), static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace weir::runtime
