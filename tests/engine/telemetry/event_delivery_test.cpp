#include "engine/telemetry/event_delivery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <semaphore>
#include <stdexcept>
#include <vector>

#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(EventDelivery, TellsInOrderWhatHappenedWhereAndWhen) {
  testing::ManualClock clock;
  std::vector<std::string> seen;
  {
    EventDelivery delivery("sup", {[&](const Event& event) {
                             seen.push_back(event.pipeline + " " + std::string(to_string(event.kind)) + " " +
                                            std::to_string(event.at / 1s));
                           }},
                           clock);
    delivery.tell({.kind = EventKind::run_started});
    clock.advance(3s);
    delivery.tell({.kind = EventKind::draining});
    clock.advance(4s);
    delivery.tell({.kind = EventKind::run_ended});
  }
  EXPECT_THAT(seen, ElementsAre("sup run_started 0", "sup draining 3", "sup run_ended 7"));
}

TEST(EventDelivery, TellsEachObserverWhateverTheOthersThrow) {
  int first = 0, last = 0;
  {
    EventDelivery delivery(
        "",
        {[&](const Event&) { ++first; }, [](const Event&) { throw std::runtime_error("cannot look"); },
         [&](const Event&) { ++last; }},
        Clock::steady());
    delivery.tell({});
    delivery.tell({});
  }
  EXPECT_EQ(first, 2);
  EXPECT_EQ(last, 2);
}

TEST(EventDelivery, CountsWhatASlowObserverMissed) {
  std::binary_semaphore came(0), goes_on(0), caught_up(0);
  std::vector<std::uint64_t> left_out;
  {
    EventDelivery delivery("", {[&](const Event& event) {
                             left_out.push_back(event.left_out);
                             if (left_out.size() == 1) {
                               came.release();
                               goes_on.acquire();
                             }
                             if (left_out.size() == kWaitingEventsMax + 1) caught_up.release();
                           }},
                           Clock::steady());
    delivery.tell({});
    came.acquire();  // it has the first in hand, so that none waits
    for (std::size_t i = 0; i < kWaitingEventsMax + 7; ++i)
      delivery.tell({});
    goes_on.release();
    caught_up.acquire();
    delivery.tell({});
  }
  ASSERT_EQ(left_out.size(), kWaitingEventsMax + 2);
  EXPECT_EQ(left_out.back(), 7u);
  EXPECT_EQ(std::count(left_out.begin(), left_out.end(), 0u),
            static_cast<std::ptrdiff_t>(kWaitingEventsMax + 1));
}

/// An observer that is shut in with the first event until it is let go, while events pile up behind it.
class ShutInObserver {
 public:
  std::vector<Observer> observers() {
    return {[this](const Event& event) {
      seen.push_back(event);
      if (seen.size() > 1) return;
      came_.release();
      goes_on_.acquire();
    }};
  }
  void shut_in(EventDelivery& delivery) {
    delivery.tell({});
    came_.acquire();
  }
  void fill(EventDelivery& delivery) {
    for (std::size_t i = 0; i < kWaitingEventsMax; ++i)
      delivery.tell({});
  }
  void let_go() { goes_on_.release(); }

  std::vector<Event> seen;  ///< read once the delivery has finished

 private:
  std::binary_semaphore came_{0}, goes_on_{0};
};

TEST(EventDelivery, TellsTheEndOfARunHoweverManyWait) {
  ShutInObserver slow;
  {
    EventDelivery delivery("", slow.observers(), Clock::steady());
    slow.shut_in(delivery);
    slow.fill(delivery);
    delivery.tell({.kind = EventKind::failed});
    delivery.tell({.kind = EventKind::run_ended});
    slow.let_go();
  }
  ASSERT_EQ(slow.seen.size(), kWaitingEventsMax + 2);
  EXPECT_EQ(slow.seen.back().kind, EventKind::run_ended);
  EXPECT_EQ(slow.seen.back().left_out, 1u);
}

TEST(EventDelivery, WhatIsLeftOutTakesAlongWhatItHadCounted) {
  ShutInObserver slow;
  {
    EventDelivery delivery("", slow.observers(), Clock::steady());
    slow.shut_in(delivery);
    slow.fill(delivery);
    delivery.tell({.kind = EventKind::retried, .left_out = 70});
    delivery.tell({.kind = EventKind::run_ended});
    slow.let_go();
  }
  EXPECT_EQ(slow.seen.back().left_out, 71u);
}

TEST(EventDelivery, NeedsNoThreadWithoutObservers) {
  EventDelivery delivery("", {}, Clock::steady());
  EXPECT_FALSE(delivery.has_observers());
  for (std::size_t i = 0; i < 2 * kWaitingEventsMax; ++i)
    delivery.tell({});
}

}  // namespace
}  // namespace weir
