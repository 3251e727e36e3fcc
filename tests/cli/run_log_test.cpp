#include "cli/run_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class RunLogTest : public testing::Test {
 protected:
  RunLog log(LogFormat format, LogLevel level, Colour colour = Colour::never) {
    return {format, level, std::make_shared<Console>(stream_), colour};
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::istringstream text(stream_.str());
    for (std::string line; std::getline(text, line);)
      lines.push_back(line);
    return lines;
  }

  static Event event(EventKind kind) {
    Event event;
    event.kind = kind;
    event.pipeline = "flights";
    event.stage = "quote";
    return event;
  }

  std::ostringstream stream_;
};

const std::vector<EventKind> kAllKinds = {EventKind::run_started,
                                          EventKind::stage_started,
                                          EventKind::retried,
                                          EventKind::dead_lettered,
                                          EventKind::skipped,
                                          EventKind::failed,
                                          EventKind::restarting,
                                          EventKind::restarted,
                                          EventKind::restart_failed,
                                          EventKind::escalated,
                                          EventKind::gave_up,
                                          EventKind::hang_suspected,
                                          EventKind::hang_ended,
                                          EventKind::abandoned,
                                          EventKind::breaker_opened,
                                          EventKind::breaker_closed,
                                          EventKind::threshold_exceeded,
                                          EventKind::deadline_reached,
                                          EventKind::draining,
                                          EventKind::run_ended};

TEST_F(RunLogTest, TellsPeopleTheTimeTheLevelAndWhatHappened) {
  log(LogFormat::text, LogLevel::warning).tell(event(EventKind::breaker_closed));
  EXPECT_THAT(lines(),
              ElementsAre(MatchesRegex(
                  "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\.[0-9][0-9][0-9] warning: `quote` works again")));
}

TEST_F(RunLogTest, TellsAtItsDefaultLevelWhatIsSurvivedAndNothingOfSingleRecords) {
  for (const EventKind kind : kAllKinds)
    log(LogFormat::json, LogLevel::warning).tell(event(kind));
  std::vector<std::string> told;
  for (const std::string& line : lines())
    told.push_back(nlohmann::json::parse(line)["event"]);
  EXPECT_THAT(told, ElementsAre("failed", "restarting", "restart_failed", "escalated", "gave_up",
                                "hang_suspected", "hang_ended", "abandoned", "breaker_opened",
                                "breaker_closed", "threshold_exceeded", "deadline_reached"));
}

TEST_F(RunLogTest, TellsEverythingAtDebugAndOnlyWhatEndsARunAtError) {
  for (const EventKind kind : kAllKinds)
    log(LogFormat::json, LogLevel::debug).tell(event(kind));
  EXPECT_EQ(lines().size(), kAllKinds.size());
  stream_.str({});
  for (const EventKind kind : kAllKinds)
    log(LogFormat::json, LogLevel::error).tell(event(kind));
  EXPECT_EQ(lines().size(), 3u);
}

TEST_F(RunLogTest, LeavesWhatEndsARunToTheEndWherePeopleRead) {
  for (const EventKind kind : kAllKinds)
    log(LogFormat::text, LogLevel::error).tell(event(kind));
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("the run gives up")));
}

TEST_F(RunLogTest, ColoursTheLevelWhereThatIsWanted) {
  log(LogFormat::text, LogLevel::warning, Colour::always).tell(event(EventKind::breaker_closed));
  EXPECT_THAT(stream_.str(), HasSubstr(" \x1b[33mwarning\x1b[0m: `quote`"));
  stream_.str({});
  log(LogFormat::json, LogLevel::warning, Colour::always).tell(event(EventKind::breaker_closed));
  EXPECT_EQ(stream_.str().find('\x1b'), std::string::npos);
}

TEST_F(RunLogTest, TellsMachinesOneObjectALineWithStableNames) {
  Event full = event(EventKind::restarting);
  full.at = 1500ms;
  full.incarnation = 2;
  full.attempts = 3;
  full.error = {ErrorClass::io, "no \xff", "weir::IoError", nullptr};
  full.origin = {std::make_shared<const std::string>("in.csv"), 120, 7};
  full.delay = 100ms;
  full.group = "writers";
  full.stages = {"quote", "out"};
  full.detail = "text";
  full.left_out = 4;
  log(LogFormat::json, LogLevel::debug).tell(full);
  ASSERT_EQ(lines().size(), 1u);
  nlohmann::json json = nlohmann::json::parse(lines()[0]);
  EXPECT_THAT(json["time"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\.[0-9]{3}Z"));
  json.erase("time");
  EXPECT_EQ(json, nlohmann::json::parse(
                      R"({"level": "warning", "event": "restarting", "at_ns": 1500000000,
    "pipeline": "flights", "stage": "quote", "incarnation": 2, "attempts": 3, "error_class": "io", "message": "no )"
                      "\xef\xbf\xbd"
                      R"(", "type": "weir::IoError", "file": "in.csv", "line": 7, "byte_offset": 120,
    "delay_ns": 100000000, "group": "writers", "stages": ["quote", "out"], "detail": "text", "left_out": 4})"));
}

TEST_F(RunLogTest, LeavesOutWhatDoesNotApply) {
  Event drained;
  drained.kind = EventKind::draining;
  drained.pipeline = "flights";
  log(LogFormat::json, LogLevel::info).tell(drained);
  nlohmann::json json = nlohmann::json::parse(lines()[0]);
  json.erase("time");
  EXPECT_EQ(json, nlohmann::json::parse(
                      R"({"level": "info", "event": "draining", "at_ns": 0, "pipeline": "flights"})"));
}

TEST_F(RunLogTest, NotesWhatTheCommandItselfHasToSayWhateverTheLevel) {
  log(LogFormat::text, LogLevel::error).note("drained", "stopped: all is well");
  EXPECT_EQ(stream_.str(), "weir: stopped: all is well\n");
  stream_.str({});
  log(LogFormat::json, LogLevel::error).note("drained", "stopped: all is \"well\"");
  const nlohmann::json json = nlohmann::json::parse(lines()[0]);
  EXPECT_EQ(json["event"], "drained");
  EXPECT_EQ(json["detail"], "stopped: all is \"well\"");
}

TEST_F(RunLogTest, LivesAsLongAsItsObserver) {
  Observer observer;
  {
    auto log = std::make_shared<RunLog>(LogFormat::text, LogLevel::debug, std::make_shared<Console>(stream_),
                                        Colour::never);
    observer = observer_of(std::move(log));
  }
  observer(event(EventKind::stage_started));
  EXPECT_THAT(stream_.str(), HasSubstr("debug: `quote` has started\n"));
}

}  // namespace
}  // namespace weir
