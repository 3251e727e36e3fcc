#include "engine/runtime/event_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weir/testing/manual_clock.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Graph stages_named(std::initializer_list<const char*> names) {
  Graph graph;
  graph.name = "pipeline";
  for (const char* name : names)
    graph.add({.name = name});
  return graph;
}

class EventStreamTest : public ::testing::Test {
 protected:
  /// Tells of `count` records, which the observer knows by the numbers from `first` on, which is above 0.
  void tell(EventKind kind, StageIndex stage, std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t record = first; record < first + count; ++record) {
      stream_->tell_of_record(kind, stage, [&] {
        ++described_;
        return Event{.stage = graph_.stages[stage].name, .attempts = record};
      });
    }
  }
  /// Ends the stream; what the observer saw before that.
  const std::vector<Event>& seen() {
    stream_->finish({.kind = EventKind::run_ended});
    EXPECT_EQ(seen_.back().kind, EventKind::run_ended);
    seen_.pop_back();
    return seen_;
  }
  /// The same, of those that tell of a certain record.
  std::vector<std::uint32_t> records_seen() {
    std::vector<std::uint32_t> records;
    for (const Event& event : seen()) {
      if (event.attempts > 0) records.push_back(event.attempts);
    }
    return records;
  }

  ManualClock clock_;
  const Graph graph_ = stages_named({"one", "two"});
  std::vector<Event> seen_;  ///< by the observer; read once the stream has finished
  int described_ = 0;
  std::optional<EventStream> stream_{
      std::in_place, graph_, std::vector<Observer>{[this](const Event& event) { seen_.push_back(event); }},
      clock_};
};

TEST_F(EventStreamTest, TellsWhatHappenedToARecordWithItsKindAndPipeline) {
  stream_->tell_of_record(EventKind::skipped, 1, [] { return Event{.stage = "two", .attempts = 2}; });
  ASSERT_THAT(seen(), SizeIs(1));
  EXPECT_EQ(seen_[0].kind, EventKind::skipped);
  EXPECT_EQ(seen_[0].stage, "two");
  EXPECT_EQ(seen_[0].attempts, 2u);
  EXPECT_EQ(seen_[0].pipeline, "pipeline");
  EXPECT_EQ(seen_[0].left_out, 0u);
}

TEST_F(EventStreamTest, ThinsAFloodAndDescribesNothingThatIsNotTold) {
  tell(EventKind::retried, 0, 1, 1'000);
  EXPECT_EQ(described_, static_cast<int>(kRecordEventsASecondMax));
  const auto records = records_seen();
  EXPECT_THAT(records, SizeIs(kRecordEventsASecondMax));
  EXPECT_EQ(records.front(), 1u) << "the first are told, without delay";
}

TEST_F(EventStreamTest, SaysHowManyWereLeftOutWithTheNextThatIsTold) {
  tell(EventKind::retried, 0, 1, 100);
  clock_.advance(1s);
  tell(EventKind::retried, 0, 101, 2);
  ASSERT_THAT(seen(), SizeIs(kRecordEventsASecondMax + 2));
  EXPECT_EQ(seen_[kRecordEventsASecondMax].attempts, 101u);
  EXPECT_EQ(seen_[kRecordEventsASecondMax].left_out, 100 - kRecordEventsASecondMax);
  EXPECT_EQ(seen_.back().left_out, 0u);
}

TEST_F(EventStreamTest, ASecondIsCountedFromTheFirstThatIsToldInIt) {
  tell(EventKind::retried, 0, 1, 1);
  clock_.advance(999ms);
  tell(EventKind::retried, 0, 2, 1'000);
  clock_.advance(1ms);
  tell(EventKind::retried, 0, 2'000, 1'000);
  const auto records = records_seen();
  ASSERT_THAT(records, SizeIs(2 * kRecordEventsASecondMax));
  EXPECT_EQ(records[kRecordEventsASecondMax], 2'000u);
}

TEST_F(EventStreamTest, EachStageAndKindHasALimitOfItsOwn) {
  for (const StageIndex stage : {StageIndex{0}, StageIndex{1}}) {
    for (const EventKind kind : {EventKind::retried, EventKind::dead_lettered})
      tell(kind, stage, 1, 1'000);
  }
  EXPECT_THAT(records_seen(), SizeIs(4 * kRecordEventsASecondMax));
}

TEST_F(EventStreamTest, AFloodOfRecordsHidesNothingOfStages) {
  tell(EventKind::retried, 0, 1, kRecordEventsASecondMax);
  for (int i = 0; i < 50; ++i)
    stream_->tell({.kind = EventKind::restarting, .stage = "one"});
  EXPECT_THAT(seen(), SizeIs(kRecordEventsASecondMax + 50));
}

TEST_F(EventStreamTest, ASteadyTrickleIsToldWhole) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t record = 1; record <= 500; ++record) {
    tell(EventKind::skipped, 0, record, 1);
    clock_.advance(Duration(1s) / kRecordEventsASecondMax);
    all.push_back(record);
  }
  EXPECT_THAT(records_seen(), ElementsAreArray(all));
}

/// A flood that nothing follows must not take its count with it.
TEST_F(EventStreamTest, WhatWasLeftOutLastIsCountedAtTheEnd) {
  tell(EventKind::retried, 1, 1, 1'000);
  tell(EventKind::skipped, 0, 1, kRecordEventsASecondMax + 1);
  tell(EventKind::dead_lettered, 0, 1, kRecordEventsASecondMax);
  std::map<std::pair<EventKind, std::string>, std::uint64_t> accounted;
  for (const Event& event : seen())
    accounted[{event.kind, event.stage}] += 1 + event.left_out;
  EXPECT_THAT(accounted,
              UnorderedElementsAre(Pair(Pair(EventKind::retried, "two"), 1'000),
                                   Pair(Pair(EventKind::skipped, "one"), kRecordEventsASecondMax + 1),
                                   Pair(Pair(EventKind::dead_lettered, "one"), kRecordEventsASecondMax)));
}

TEST_F(EventStreamTest, WithoutObserversNothingIsDescribed) {
  EventStream silent(graph_, {}, clock_);
  silent.tell_of_record(EventKind::skipped, 0, [] {
    ADD_FAILURE() << "it was described";
    return Event{};
  });
  silent.tell({});
  silent.finish({});
}

TEST_F(EventStreamTest, AnObserverThatThrowsIsToldTheNextAllTheSame) {
  int told = 0;
  EventStream stream(graph_, {[&](const Event&) {
                       ++told;
                       throw std::runtime_error("cannot look");
                     }},
                     clock_);
  stream.tell({});
  stream.tell_of_record(EventKind::skipped, 0, [] { return Event{}; });
  stream.finish({.attempts = 4});
  EXPECT_EQ(told, 3);
}

TEST_F(EventStreamTest, AnObserverThatTakesItsTimeHoldsNobodyUp) {
  std::binary_semaphore came{0}, goes_on{0};
  std::vector<std::uint32_t> told;
  EventStream stream(graph_, {[&](const Event& event) {
                       if (told.empty()) {
                         came.release();
                         goes_on.acquire();
                       }
                       told.push_back(event.attempts);
                     }},
                     clock_);
  stream.tell({.attempts = 1});
  came.acquire();
  stream.tell({.attempts = 2});  // these would never return if they waited for the observer
  stream.tell_of_record(EventKind::skipped, 0, [] { return Event{.attempts = 3}; });
  goes_on.release();
  stream.finish({.attempts = 4});
  EXPECT_THAT(told, ElementsAre(1u, 2u, 3u, 4u));
}

TEST_F(EventStreamTest, EventsOfOneThreadStayInOrderWhateverOthersTell) {
  constexpr std::uint32_t kEach = 500;
  {
    std::vector<std::jthread> tellers;
    for (std::uint32_t teller = 0; teller < 4; ++teller) {
      tellers.emplace_back([this, teller] {
        for (std::uint32_t i = 0; i < kEach; ++i)
          stream_->tell({.incarnation = teller, .attempts = i});
      });
    }
  }
  std::uint32_t next[4] = {};
  Duration last{0};
  for (const Event& event : seen()) {
    EXPECT_EQ(event.attempts, next[event.incarnation]++);
    EXPECT_GE(event.at, last);
    last = event.at;
  }
  EXPECT_THAT(next, Each(kEach));
}

}  // namespace
}  // namespace weir::runtime
