// How supervised threads stop: in reverse, each within its deadline, from anywhere, at any moment.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/engine/supervision/supervisor_fixture.hpp"
#include "weir/supervisor.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::WhenAskedToStop;

class SupervisorStop : public testing::SupervisorFixture {};

TEST_F(SupervisorStop, StopsInReverseOrder) {
  Supervisor supervisor(options());
  start(supervisor, {"a", "b", "c"});
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_THAT(that("stops"), ElementsAre("c stops", "b stops", "a stops"));
  for (const ChildReport& child : report.children)
    EXPECT_EQ(child.end, ChildEnd::stopped) << child.name;
  EXPECT_THAT(events_.lines(), ElementsAre("run_started", "stage_started a 1", "stage_started b 1",
                                           "stage_started c 1", "draining", "run_ended stopped"));
}

TEST_F(SupervisorStop, AStopBeforeTheStartIsNotForgotten) {
  Supervisor supervisor(options());
  supervisor.add("a", puppets_.body("a"));
  supervisor.stop();
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_EQ(report.children[0].end, ChildEnd::not_begun);
  EXPECT_THAT(puppets_.protocol().lines(), IsEmpty());
}

TEST_F(SupervisorStop, AStopDuringABackoffBeginsNobodyAgain) {
  Supervisor supervisor(options(policy(Strategy::one_for_one, 5, kDoubling)));
  start(supervisor, {"a", "b"});
  puppets_.let_fail("a");
  puppets_.await("a begins", 2);
  puppets_.let_fail("a");
  clock_.await_waiters();
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_EQ(child(report, "a").starts, 2u);
  EXPECT_EQ(child(report, "a").end, ChildEnd::threw);
  EXPECT_EQ(child(report, "b").end, ChildEnd::stopped);
}

TEST_F(SupervisorStop, AChildMayAskForIt) {
  Supervisor supervisor(options());
  supervisor.add("other", puppets_.body("other"));
  supervisor.add("asks", [&](const std::stop_token&) {
    puppets_.await("other begins");
    supervisor.stop();
  });
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_EQ(child(report, "other").end, ChildEnd::stopped);
}

TEST_F(SupervisorStop, AnObserverMayAskForIt) {
  std::optional<Supervisor> supervisor;
  SupervisorOptions watched = options();
  watched.observers.emplace_back([&](const Event& event) {
    if (event.kind == EventKind::restarted) supervisor->stop();
  });
  supervisor.emplace(watched);
  start(*supervisor, {"a"});
  puppets_.let_fail("a");
  EXPECT_EQ(supervisor->wait().status, SupervisorStatus::stopped);
}

TEST_F(SupervisorStop, AsManyMayAskAsLike) {
  Supervisor supervisor(options());
  start(supervisor, {"a"});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { supervisor.stop(); });
  }
  EXPECT_EQ(supervisor.wait().status, SupervisorStatus::stopped);
  supervisor.stop();
}

TEST_F(SupervisorStop, DestroyingItStopsAndWaits) {
  {
    Supervisor supervisor(options());
    start(supervisor, {"a", "b"});
  }
  EXPECT_THAT(that("stops"), ElementsAre("b stops", "a stops"));
}

TEST_F(SupervisorStop, DestroyingWhatWasNeverStartedIsNothing) {
  Supervisor supervisor(options());
  supervisor.add("a", puppets_.body("a"));
}

TEST_F(SupervisorStop, AChildThatThrowsWhileItStopsIsNotBegunAgain) {
  Supervisor supervisor(options());
  supervisor.add("a", puppets_.body("a", WhenAskedToStop::throws));
  supervisor.start();
  puppets_.await("a begins");
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_EQ(report.restarts, 0u);
  EXPECT_EQ(report.children[0].end, ChildEnd::threw);
  EXPECT_EQ(report.children[0].error.message, "a does not like to stop");
  EXPECT_THAT(events_.lines(), Contains("failed a: a does not like to stop"));
}

// -- deadlines --

TEST_F(SupervisorStop, NamesAChildThatDoesNotStop) {
  SupervisorReport report;
  {
    Supervisor supervisor(options());
    supervisor.add("a", puppets_.body("a"));
    supervisor.add("deaf", puppets_.body("deaf", WhenAskedToStop::goes_on));
    supervisor.add("c", puppets_.body("c"));
    supervisor.start();
    puppets_.await("deaf begins");
    supervisor.stop();
    puppets_.await("deaf goes on");
    EXPECT_EQ(clock_.await_waiters(), clock_.now() + 5s);
    EXPECT_THAT(that("stops"), ElementsAre("c stops")) << "a waits for its turn";
    clock_.advance(5s);
    report = supervisor.wait();
  }
  EXPECT_EQ(report.status, SupervisorStatus::stopped);
  EXPECT_THAT(report.left_behind(), ElementsAre("deaf"));
  EXPECT_EQ(child(report, "deaf").end, ChildEnd::did_not_stop);
  EXPECT_EQ(child(report, "a").end, ChildEnd::stopped);
  EXPECT_THAT(events_.lines(), Contains("abandoned deaf 1"));

  // It is still there, and may end when there is no supervisor any more.
  puppets_.let_return("deaf");
  puppets_.await("deaf returns");
}

TEST_F(SupervisorStop, EachChildHasADeadlineOfItsOwn) {
  Supervisor supervisor(options());
  supervisor.add("first", puppets_.body("first", WhenAskedToStop::goes_on), {.stop_deadline = 1min});
  supervisor.add("second", puppets_.body("second", WhenAskedToStop::goes_on), {.stop_deadline = 1s});
  supervisor.start();
  puppets_.await("first begins");
  puppets_.await("second begins");
  supervisor.stop();
  puppets_.await("second goes on");
  EXPECT_EQ(clock_.await_waiters(), clock_.now() + 1s);
  clock_.advance(1s);
  puppets_.await("first goes on");
  EXPECT_EQ(clock_.await_waiters(), clock_.now() + 1min);
  puppets_.let_return("first");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(child(report, "first").end, ChildEnd::stopped) << "late, but in time";
  EXPECT_THAT(report.left_behind(), ElementsAre("second"));
  puppets_.let_return("second");
  puppets_.await("second returns");
}

TEST_F(SupervisorStop, IsNotWaitedForWhereThereIsNoTime) {
  Supervisor supervisor(options());
  supervisor.add("deaf", puppets_.body("deaf", WhenAskedToStop::goes_on), {.stop_deadline = 0s});
  supervisor.start();
  puppets_.await("deaf begins");
  supervisor.stop();
  EXPECT_THAT(supervisor.wait().left_behind(), ElementsAre("deaf"));
  puppets_.let_return("deaf");
  puppets_.await("deaf returns");
}

TEST_F(SupervisorStop, WaitsForeverWhereItIsToldTo) {
  Supervisor supervisor(options());
  supervisor.add("slow", puppets_.body("slow", WhenAskedToStop::goes_on), {.stop_deadline = Duration::max()});
  supervisor.start();
  puppets_.await("slow begins");
  supervisor.stop();
  EXPECT_EQ(clock_.await_waiters(), TimePoint::max());
  clock_.advance(std::chrono::hours(24 * 365));
  puppets_.let_return("slow");
  EXPECT_EQ(supervisor.wait().children[0].end, ChildEnd::stopped);
}

TEST_F(SupervisorStop, ACascadeLeavesBehindWhoDoesNotStopAndBeginsItAnew) {
  Supervisor supervisor(options(policy(Strategy::one_for_all)));
  supervisor.add("deaf", puppets_.body("deaf", WhenAskedToStop::goes_on));
  supervisor.add("b", puppets_.body("b"));
  supervisor.start();
  puppets_.await("deaf begins");
  puppets_.let_fail("b");
  puppets_.await("deaf goes on");
  clock_.await_waiters();
  clock_.advance(5s);
  puppets_.await("b begins", 2);
  puppets_.await("deaf begins", 2);
  puppets_.let_return("deaf");  // one of the two, it does not matter which
  puppets_.await("deaf returns");
  puppets_.let_return("deaf");
  puppets_.let_return("b");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(report.restarts, 1u) << "the end of an incarnation that is past decides nothing";
  EXPECT_EQ(child(report, "deaf").left_behind, 1u);
  EXPECT_EQ(child(report, "deaf").starts, 2u);
  EXPECT_EQ(child(report, "deaf").end, ChildEnd::returned);
  EXPECT_THAT(report.left_behind(), ElementsAre("deaf"));
  puppets_.await("deaf returns", 2);
}

// -- at any moment --

TEST_F(SupervisorStop, AtAnyMomentOfAStormEveryIncarnationIsAccountedFor) {
  for (std::size_t round = 0; round < 60; ++round) {
    SCOPED_TRACE(::testing::Message() << "round " << round);
    testing::Protocol protocol;
    SupervisorOptions stormy = options(policy(Strategy(round % 3), 1'000'000));
    stormy.observers.clear();
    Supervisor supervisor(stormy);
    for (const char* name : {"a", "b", "c", "d"}) {
      supervisor.add(name, [&protocol](const std::stop_token& stop) {
        protocol.write("begins");
        if (!stop.stop_requested()) throw std::runtime_error("storm");
      });
    }
    supervisor.start();
    protocol.await(round * 3);
    supervisor.stop();
    const SupervisorReport report = supervisor.wait();
    EXPECT_EQ(report.status, SupervisorStatus::stopped);
    std::uint64_t starts = 0;
    for (const ChildReport& child : report.children) {
      starts += child.starts;
      EXPECT_LE(child.failures, child.starts);
      EXPECT_EQ(child.left_behind, 0u);
    }
    EXPECT_EQ(starts, protocol.lines().size());
  }
}

}  // namespace
}  // namespace weir
