// Supervised threads that are begun again together: strategies, groups, and the cases that Erlang's own suite
// for its supervisor thinks of.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engine/supervision/supervisor_fixture.hpp"
#include "weir/supervisor.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::WhenAskedToStop;
using enum RestartType;
using enum Strategy;

class SupervisorCascade : public testing::SupervisorFixture {
 protected:
  /// The events since the line `from`, which is left out.
  std::vector<std::string> events_after(const std::string& from, const std::string& until) const {
    events_.await(until);
    std::vector<std::string> lines = events_.lines();
    const auto begin = std::ranges::find(lines, from);
    const auto end = std::ranges::find(lines, until);
    return {begin == lines.end() ? begin : begin + 1, end};
  }
};

// -- one group --

TEST_F(SupervisorCascade, OneForOneTouchesNobodyElse) {
  Supervisor supervisor(options(policy(one_for_one)));
  start(supervisor, {"a", "b", "c"});
  puppets_.let_fail("b");
  puppets_.await("b begins", 2);
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(child(report, "a").starts, 1u);
  EXPECT_EQ(child(report, "b").starts, 2u);
  EXPECT_EQ(child(report, "c").starts, 1u);
  EXPECT_THAT(that("stops"), ElementsAre("c stops", "b stops", "a stops"));
}

TEST_F(SupervisorCascade, RestForOneStopsTheLaterOnesInReverseAndStartsThemInOrder) {
  Supervisor supervisor(options(policy(rest_for_one)));
  start(supervisor, {"a", "b", "c", "d"});
  puppets_.let_fail("b");
  puppets_.await("d begins", 2);
  EXPECT_THAT(that("stops"), ElementsAre("d stops", "c stops"));
  EXPECT_THAT(events_after("stage_started d 1", "restarted d 2"),
              ElementsAre("restarting b: b c d after 0ms", "restarted b 2", "restarted c 2"));
  supervisor.stop();
  EXPECT_EQ(child(supervisor.wait(), "a").starts, 1u);
}

TEST_F(SupervisorCascade, OneForAllStopsAllInReverseAndStartsThemInOrder) {
  Supervisor supervisor(options(policy(one_for_all)));
  start(supervisor, {"a", "b", "c"});
  puppets_.let_fail("b");
  puppets_.await("c begins", 2);
  EXPECT_THAT(that("stops"), ElementsAre("c stops", "a stops"));
  EXPECT_THAT(events_after("stage_started c 1", "restarted c 2"),
              ElementsAre("restarting b: a b c after 0ms", "restarted a 2", "restarted b 2"));
  supervisor.stop();
  EXPECT_EQ(supervisor.wait().restarts, 1u) << "a cascade is one restart";
}

TEST_F(SupervisorCascade, StopsAtOnceAndBeginsAgainAfterTheDelay) {
  Supervisor supervisor(options(policy(one_for_all, 5, kDoubling)));
  start(supervisor, {"a", "b"});
  puppets_.let_fail("a");
  puppets_.await("b begins", 2);
  const TimePoint failed_at = clock_.now();
  puppets_.let_fail("b");
  puppets_.await("a stops");
  clock_.await_deadline(failed_at + 100ms);
  EXPECT_THAT(that("begins"), ::testing::SizeIs(4));
  clock_.advance(100ms);
  puppets_.await("a begins", 3);
  puppets_.await("b begins", 3);
}

TEST_F(SupervisorCascade, ATemporaryBystanderIsLeftAlone) {
  for (const Strategy strategy : {rest_for_one, one_for_all}) {
    puppets_ = testing::Puppets();
    Supervisor supervisor(options(policy(strategy)));
    supervisor.add("fails", puppets_.body("fails"));
    supervisor.add("bystander", puppets_.body("bystander"), {.restart = temporary});
    supervisor.start();
    puppets_.await("bystander begins");
    puppets_.let_fail("fails");
    puppets_.await("fails begins", 2);
    EXPECT_THAT(that("stops"), IsEmpty());
    supervisor.stop();
    const SupervisorReport report = supervisor.wait();
    EXPECT_EQ(child(report, "bystander").starts, 1u);
    EXPECT_EQ(child(report, "bystander").end, ChildEnd::stopped);
  }
}

TEST_F(SupervisorCascade, BeginsAgainWhoHadReturned) {
  Supervisor supervisor(options(policy(one_for_all)));
  start(supervisor, {"a", "b"});
  puppets_.let_return("a");
  puppets_.await("a returns");
  puppets_.let_fail("b");
  puppets_.await("a begins", 2);
  puppets_.let_return("a");
  puppets_.let_return("b");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(child(report, "a").starts, 2u);
}

TEST_F(SupervisorCascade, AChildThatThrowsWhenItIsStoppedDoesNotCountAgain) {
  Supervisor supervisor(options(policy(one_for_all, 1)));
  supervisor.add("a", puppets_.body("a", WhenAskedToStop::throws));
  supervisor.add("b", puppets_.body("b"));
  supervisor.start();
  puppets_.await("a begins");
  puppets_.let_fail("b");
  puppets_.await("a begins", 2);
  puppets_.let_return("a");
  puppets_.let_return("b");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(report.restarts, 1u);
  EXPECT_EQ(child(report, "a").failures, 1u);
}

TEST_F(SupervisorCascade, ChildrenThatFailTogetherAreOneRestart) {
  for (int round = 0; round < 50; ++round) {
    std::barrier together(2);
    std::atomic<int> failures = 0;
    const ChildBody fails_once = [&](const std::stop_token&) {
      if (failures >= 2) return;
      together.arrive_and_wait();
      ++failures;
      together.arrive_and_wait();
      throw std::runtime_error("lost the connection that both use");
    };
    Supervisor supervisor(options(policy(one_for_all, 1)));
    supervisor.add("a", fails_once);
    supervisor.add("b", fails_once);
    const SupervisorReport report = supervisor.run();
    EXPECT_EQ(report.status, SupervisorStatus::ended);
    EXPECT_EQ(report.restarts, 1u);
    EXPECT_EQ(report.children[0].failures + report.children[1].failures, 2u);
  }
}

TEST_F(SupervisorCascade, OneThatFailsAgainDuringTheDelayPutsAllOff) {
  // Both groups' children are concerned: inner waits for 100 ms when the topmost begins all again after 400
  // ms.
  const RestartPolicy late = {.strategy = one_for_all, .max_restarts = 9, .backoff = {400ms, 400ms, 0}};
  Supervisor supervisor(options(late));
  supervisor.add_group({.name = "inner", .policy = policy(one_for_one, 5, kDoubling)});
  supervisor.add("top", puppets_.body("top"));
  supervisor.add("in", puppets_.body("in"), {.group = "inner"});
  supervisor.start();
  puppets_.await("in begins");
  puppets_.let_fail("top");  // so that the next waits
  puppets_.await("in begins", 2);
  const TimePoint begin = clock_.now();
  puppets_.let_fail("in");
  puppets_.await("in begins", 3);
  puppets_.let_fail("in");
  EXPECT_EQ(clock_.await_waiters(), begin + 100ms);
  puppets_.let_fail("top");
  events_.await("restarting top: top in after 400ms");
  clock_.advance(100ms);
  EXPECT_EQ(clock_.await_waiters(), begin + 400ms);
  EXPECT_THAT(that("begins"), ::testing::SizeIs(5));
  clock_.advance(300ms);
  puppets_.await("in begins", 4);
  EXPECT_THAT(events_after("restarting top: top in after 400ms", "restarted in 4"),
              ElementsAre("restarted top 3"));
}

// -- groups --

TEST_F(SupervisorCascade, AGroupThatGivesUpIsBegunAgainAsAWhole) {
  Supervisor supervisor(options(policy(one_for_one)));
  supervisor.add_group({.name = "feeds", .policy = policy(one_for_one, 1)});
  supervisor.add("log", puppets_.body("log"));
  supervisor.add("left", puppets_.body("left"), {.group = "feeds"});
  supervisor.add("right", puppets_.body("right"), {.group = "feeds"});
  supervisor.start();
  puppets_.await("right begins");
  puppets_.let_fail("left");
  puppets_.await("left begins", 2);
  puppets_.let_fail("left");
  puppets_.await("right begins", 2);
  EXPECT_THAT(events_after("restarted left 2", "restarted right 2"),
              ElementsAre("escalated feeds", "restarting left: left right after 0ms", "restarted left 3"));
  EXPECT_THAT(that("stops"), ElementsAre("right stops"));
  supervisor.stop();
  EXPECT_EQ(child(supervisor.wait(), "log").starts, 1u);
}

TEST_F(SupervisorCascade, GroupsNestAsDeepAsOneLikes) {
  Supervisor supervisor(options(policy(one_for_one, 1)));
  supervisor.add_group({.name = "outer", .policy = policy(rest_for_one, 1)});
  supervisor.add_group({.name = "inner", .parent = "outer", .policy = policy(one_for_one, 1)});
  supervisor.add("top", puppets_.body("top"));
  supervisor.add("first", puppets_.body("first"), {.group = "outer"});
  supervisor.add("deep", puppets_.body("deep"), {.group = "inner"});
  supervisor.add("last", puppets_.body("last"), {.group = "outer"});
  supervisor.start();
  const char* const expected[] = {
      "restarting deep: deep after 0ms by inner", "restarting deep: deep last after 0ms by outer",
      "restarting deep: deep after 0ms by inner", "restarting deep: first deep last after 0ms"};
  std::vector<std::string> seen;
  for (std::size_t failure = 1; failure <= std::size(expected); ++failure) {
    puppets_.await("deep begins", failure);
    puppets_.let_fail("deep");
    puppets_.await("deep begins", failure + 1);
  }
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  for (const std::string& line : events_.lines()) {
    if (line.starts_with("restarting")) seen.push_back(line);
  }
  EXPECT_THAT(seen, ::testing::ElementsAreArray(expected));
  EXPECT_EQ(report.restarts, 4u);
  EXPECT_EQ(child(report, "top").starts, 1u);
}

TEST_F(SupervisorCascade, TheReportSaysWhichGroupsGaveUp) {
  Supervisor supervisor(options(policy(one_for_one, 0)));
  supervisor.add_group({.name = "outer", .policy = policy(one_for_one, 0)});
  supervisor.add_group({.name = "inner", .parent = "outer", .policy = policy(one_for_one, 0)});
  supervisor.add("deep", puppets_.body("deep"), {.group = "inner"});
  supervisor.start();
  puppets_.let_fail("deep");
  const SupervisorReport report = supervisor.wait();
  ASSERT_TRUE(report.surrender.has_value());
  EXPECT_THAT(report.surrender->groups, ElementsAre("inner", "outer", ""));
  EXPECT_EQ(report.children[0].group, "inner");
  EXPECT_THAT(events_.lines(),
              ElementsAre("run_started", "stage_started deep 1", "escalated inner", "escalated outer",
                          "gave_up deep: deep fails", "run_ended gave_up"));
}

TEST_F(SupervisorCascade, ASupervisorMayBeTheChildOfAnother) {
  int runs = 0;
  Supervisor outer(options(policy(one_for_one, 2)));
  outer.add("inner", [&](const std::stop_token& stop) {
    Supervisor inner({.policy = policy(one_for_one, 1), .clock = &clock_});
    inner.add("fails", [](const std::stop_token&) { throw std::runtime_error("no such host"); });
    const std::stop_callback stops(stop, [&] { inner.stop(); });
    const SupervisorReport report = inner.run();
    ++runs;
    if (report.surrender) throw std::runtime_error(report.surrender->error.message);
  });
  const SupervisorReport report = outer.run();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(report.surrender->child, "inner");
  EXPECT_EQ(report.surrender->error.message, "no such host");
}

// -- as in Erlang's suite --

TEST_F(SupervisorCascade, TheFrequencyIsThatOfAllChildrenTogether) {
  // one_for_one, rest_for_one, one_for_all: two restarts are allowed, whosever they are.
  for (const Strategy strategy : {one_for_one, rest_for_one, one_for_all}) {
    puppets_ = testing::Puppets();
    Supervisor supervisor(options(policy(strategy, 2)));
    start(supervisor, {"a", "b"}, {.restart = permanent});
    puppets_.let_fail("b");
    puppets_.await("b begins", 2);
    puppets_.let_fail("b");
    puppets_.await("b begins", 3);
    if (strategy == one_for_all) puppets_.await("a begins", 3);
    puppets_.let_fail("a");
    const SupervisorReport report = supervisor.wait();
    EXPECT_EQ(report.status, SupervisorStatus::gave_up);
    EXPECT_EQ(report.surrender->child, "a");
    EXPECT_EQ(child(report, "b").end, ChildEnd::stopped);
  }
}

TEST_F(SupervisorCascade, OneForAllStopsARestartedChildWhenAnotherFailsItsRestart) {
  Supervisor supervisor(options(policy(one_for_all, 3)));
  start(supervisor, {"child1", "child2"});
  puppets_.let_fail("child2");
  puppets_.await("child2 begins", 2);
  puppets_.await("child1 begins", 2);
  puppets_.let_fail("child2");
  puppets_.await("child1 begins", 3);
  puppets_.await("child2 begins", 3);
  EXPECT_THAT(that("stops"), ElementsAre("child1 stops", "child1 stops"));
}

TEST_F(SupervisorCascade, RestForOneLeavesARestartedChildWhenALaterOneFailsItsRestart) {
  Supervisor supervisor(options(policy(rest_for_one, 3)));
  start(supervisor, {"child1", "child2"});
  puppets_.let_fail("child1");
  puppets_.await("child2 begins", 2);
  puppets_.await("child1 begins", 2);
  puppets_.let_fail("child2");
  puppets_.await("child2 begins", 3);
  supervisor.stop();
  EXPECT_EQ(child(supervisor.wait(), "child1").starts, 2u);
}

TEST_F(SupervisorCascade, AChildThatAlwaysFailsTakesItsSupervisorAndSiblingsDown) {
  for (const Strategy strategy : {one_for_one, rest_for_one, one_for_all}) {
    puppets_ = testing::Puppets();
    Supervisor supervisor(options(policy(strategy, 4)));
    supervisor.add("fails", [](const std::stop_token&) { throw std::runtime_error("error"); });
    supervisor.add("sibling", puppets_.body("sibling"));
    const SupervisorReport report = supervisor.run();
    EXPECT_EQ(report.status, SupervisorStatus::gave_up);
    EXPECT_EQ(report.restarts, 4u);
    EXPECT_EQ(child(report, "fails").starts, 5u);
    EXPECT_EQ(child(report, "sibling").end, ChildEnd::stopped);
  }
}

TEST_F(SupervisorCascade, ScalesToManyChildren) {
  Supervisor supervisor(options(policy(one_for_all, 1)));
  constexpr std::size_t kMany = 100;
  for (std::size_t i = 0; i < kMany; ++i)
    supervisor.add(std::to_string(i), puppets_.body(std::to_string(i)));
  supervisor.start();
  puppets_.await("99 begins");
  puppets_.let_fail("50");
  puppets_.await("99 begins", 2);
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  for (const ChildReport& child : report.children)
    EXPECT_EQ(child.starts, 2u) << child.name;
}

}  // namespace
}  // namespace weir
