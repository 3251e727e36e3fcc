#include "cli/event_text.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {
namespace {

using namespace std::chrono_literals;

// An event about the stage `quote` of the pipeline `flights`, with a cause.
Event event(EventKind kind) {
  Event event;
  event.kind = kind;
  event.pipeline = "flights";
  event.stage = "quote";
  event.error = {ErrorClass::io, "connection refused", "weir::IoError", nullptr};
  return event;
}

Event at_record(EventKind kind, std::uint32_t attempts) {
  Event of_record = event(kind);
  of_record.origin = {std::make_shared<const std::string>("in.csv"), 120, 7};
  of_record.attempts = attempts;
  return of_record;
}

TEST(EventText, TellsWhatBecomesOfARecord) {
  Event retried = at_record(EventKind::retried, 1);
  EXPECT_EQ(event_text(retried), "`quote` failed at in.csv:7: connection refused (io); trying again at once");
  retried.attempts = 2;
  retried.delay = 250ms;
  EXPECT_EQ(event_text(retried),
            "`quote` failed at in.csv:7 after 2 attempts: connection refused (io); trying again in 250 ms");
  EXPECT_EQ(event_text(at_record(EventKind::dead_lettered, 4)),
            "`quote` failed at in.csv:7 after 4 attempts: connection refused (io); the record goes to "
            "`quote.errors`");
  EXPECT_EQ(event_text(event(EventKind::skipped)),
            "`quote` failed: connection refused (io); the record is skipped");
  EXPECT_EQ(event_text(event(EventKind::failed)), "`quote` failed: connection refused (io); the run fails");
}

TEST(EventText, TellsWhoIsRestartedAndWhen) {
  Event restarting = event(EventKind::restarting);
  restarting.stages = {"quote"};
  EXPECT_EQ(event_text(restarting), "`quote` failed: connection refused (io); restarting it at once");
  restarting.stages = {"quote", "late", "out"};
  restarting.delay = 1500ms;
  EXPECT_EQ(event_text(restarting),
            "`quote` failed: connection refused (io); restarting `quote`, `late` and `out` in 1.5 s");
  Event restarted = event(EventKind::restarted);
  restarted.incarnation = 3;
  EXPECT_EQ(event_text(restarted), "`quote` is restarted, incarnation 3");
  EXPECT_EQ(event_text(event(EventKind::restart_failed)),
            "`quote` could not be restarted: connection refused (io)");
}

TEST(EventText, TellsWhoGivesUp) {
  Event escalated = event(EventKind::escalated);
  escalated.group = "writers";
  EXPECT_EQ(event_text(escalated),
            "the group `writers` had more restarts than it may; the group above decides");
  EXPECT_EQ(event_text(event(EventKind::escalated)), "the topmost group had more restarts than it may");
  EXPECT_EQ(event_text(event(EventKind::gave_up)),
            "the topmost group had more restarts than it may; the run gives up on `quote`: connection "
            "refused (io)");
}

TEST(EventText, TellsHangsBreakersAndLimits) {
  const auto told = [](EventKind kind, const std::string& detail = {}, Duration delay = 0s) {
    Event plain = event(kind);
    plain.error = {};
    plain.detail = detail;
    plain.delay = delay;
    return event_text(plain);
  };
  const std::vector<std::pair<std::string, std::string>> table = {
      {told(EventKind::hang_suspected, "it spins"),
       "`quote` has been in one call for longer than its timeout: it spins"},
      {told(EventKind::hang_ended), "`quote` came back from the call that took too long"},
      {told(EventKind::abandoned), "`quote` is left alone with a call that takes too long; its record fails"},
      {told(EventKind::breaker_opened, {}, 5s), "`quote` fails too often; it is left alone for 5 s"},
      {told(EventKind::breaker_closed), "`quote` works again"},
      {told(EventKind::threshold_exceeded, "12 of 100"),
       "`quote` had more bad records than its threshold allows: 12 of 100"},
      {told(EventKind::deadline_reached),
       "the deadline is reached: sources stop, and what is in flight is finished"},
      {told(EventKind::draining), "draining: sources stop, and what is in flight is finished"},
      {told(EventKind::run_started), "`flights` has started"},
      {told(EventKind::stage_started), "`quote` has started"},
      {told(EventKind::run_ended, "succeeded"), "`flights` has ended: succeeded"},
  };
  for (const auto& [got, wanted] : table)
    EXPECT_EQ(got, wanted);
}

TEST(EventText, IsOneLineThatCountsWhatWasLeftOut) {
  Event skipped = event(EventKind::skipped);
  skipped.error.message = "two\nlines";
  skipped.left_out = 12'345;
  EXPECT_EQ(event_text(skipped),
            "`quote` failed: two lines (io); the record is skipped (and 12,345 more such before it)");
}

}  // namespace
}  // namespace weir
