// Threads that are begun again: one child at a time. Groups and cascades: supervisor_cascade_test.cpp; how
// they stop: supervisor_stop_test.cpp.
#include "weir/supervisor.hpp"

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/engine/supervision/supervisor_fixture.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum RestartType;

class SupervisorTest : public testing::SupervisorFixture {};

TEST_F(SupervisorTest, RunsEachChildOnAThreadOfItsOwn) {
  std::mutex mutex;
  std::set<std::thread::id> threads = {std::this_thread::get_id()};
  Supervisor supervisor(options());
  for (const char* name : {"a", "b", "c"}) {
    supervisor.add(name, [&](const std::stop_token&) {
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
    });
  }
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(threads.size(), 4u);
}

TEST_F(SupervisorTest, EndsWhenEveryChildHasReturned) {
  Supervisor supervisor(options());
  start(supervisor, {"a", "b"});
  puppets_.let_return("b");
  puppets_.await("b returns");
  puppets_.let_return("a");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(report.restarts, 0u);
  EXPECT_FALSE(report.surrender.has_value());
  EXPECT_THAT(report.left_behind(), IsEmpty());
  ASSERT_EQ(report.children.size(), 2u);
  EXPECT_EQ(report.children[0].name, "a");
  EXPECT_EQ(report.children[0].end, ChildEnd::returned);
  EXPECT_EQ(report.children[0].starts, 1u);
  EXPECT_THAT(events_.lines(),
              ElementsAre("run_started", "stage_started a 1", "stage_started b 1", "run_ended ended"));
}

TEST_F(SupervisorTest, BeginsAThrowerAgain) {
  int calls = 0;
  Supervisor supervisor(options());
  supervisor.add("flaky", [&](const std::stop_token&) {
    if (++calls < 3) throw IoError("connection refused");
  });
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(report.restarts, 2u);
  EXPECT_EQ(report.children[0].starts, 3u);
  EXPECT_EQ(report.children[0].failures, 2u);
  EXPECT_EQ(report.children[0].end, ChildEnd::returned);
  EXPECT_EQ(report.children[0].error.message, "connection refused");
  EXPECT_EQ(report.children[0].error.error_class, ErrorClass::io);
}

TEST_F(SupervisorTest, SurvivesWhateverIsThrown) {
  std::atomic<int> calls = 0;
  Supervisor supervisor(options());
  supervisor.add("number", [&](const std::stop_token&) {
    if (++calls == 1) throw 7;
  });
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.children[0].error.type, "int");
  EXPECT_EQ(report.children[0].end, ChildEnd::returned);
}

TEST_F(SupervisorTest, TheFirstRestartIsImmediateAndTheNextWaitsOnTheClock) {
  Supervisor supervisor(options(policy(Strategy::one_for_one, 5, kDoubling)));
  const TimePoint begin = clock_.now();
  start(supervisor, {"a"});
  puppets_.let_fail("a");
  puppets_.await("a begins", 2);
  puppets_.let_fail("a");
  EXPECT_EQ(clock_.await_waiters(), begin + 100ms);
  clock_.advance(99ms);
  EXPECT_EQ(clock_.await_waiters(), begin + 100ms);
  clock_.advance(1ms);
  puppets_.await("a begins", 3);
  puppets_.let_return("a");
  EXPECT_EQ(supervisor.wait().restarts, 2u);
  EXPECT_THAT(events_.lines(),
              ElementsAre("run_started", "stage_started a 1", "restarting a: a after 0ms", "restarted a 2",
                          "restarting a: a after 100ms", "restarted a 3", "run_ended ended"));
}

TEST_F(SupervisorTest, GivesUpAfterMaxRestartsWithinTheWindow) {
  Supervisor supervisor(options(policy(Strategy::one_for_one, 2)));
  start(supervisor, {"a", "b"});
  for (std::size_t failure = 1; failure <= 3; ++failure) {
    puppets_.await("a begins", failure);
    puppets_.let_fail("a");
  }
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::gave_up);
  EXPECT_EQ(report.restarts, 2u);
  ASSERT_TRUE(report.surrender.has_value());
  EXPECT_EQ(report.surrender->child, "a");
  EXPECT_EQ(report.surrender->error.message, "a fails");
  EXPECT_THAT(report.surrender->groups, ElementsAre(""));
  EXPECT_EQ(child(report, "a").end, ChildEnd::threw);
  EXPECT_EQ(child(report, "a").starts, 3u);
  EXPECT_EQ(child(report, "b").end, ChildEnd::stopped);
  EXPECT_THAT(that("stops"), ElementsAre("b stops"));
  EXPECT_EQ(events_.lines().at(events_.lines().size() - 2), "gave_up a: a fails");
  EXPECT_EQ(events_.lines().back(), "run_ended gave_up");
}

TEST_F(SupervisorTest, DoesNotGiveUpWhereFailuresAreFarBetween) {
  Supervisor supervisor(options(policy(Strategy::one_for_one, 1)));
  start(supervisor, {"a"});
  for (std::size_t failure = 1; failure <= 20; ++failure) {
    puppets_.let_fail("a");
    puppets_.await("a begins", failure + 1);
    clock_.advance(31s);
  }
  puppets_.let_return("a");
  EXPECT_EQ(supervisor.wait().status, SupervisorStatus::ended);
}

// -- restart types --

TEST_F(SupervisorTest, APermanentChildIsBegunAgainWhenItReturns) {
  Supervisor supervisor(options(policy(Strategy::one_for_one, 2)));
  start(supervisor, {"a"}, {.restart = permanent});
  puppets_.let_return("a");
  puppets_.await("a begins", 2);
  puppets_.let_fail("a");
  puppets_.await("a begins", 3);
  puppets_.let_return("a");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::gave_up);
  EXPECT_EQ(report.children[0].end, ChildEnd::returned);
  EXPECT_EQ(report.children[0].failures, 1u);
  EXPECT_EQ(report.surrender->error.message, "it returned, and is permanent");
}

TEST_F(SupervisorTest, ATransientChildIsBegunAgainWhenItThrowsOnly) {
  Supervisor supervisor(options());
  start(supervisor, {"a"}, {.restart = transient});
  puppets_.let_fail("a");
  puppets_.await("a begins", 2);
  puppets_.let_return("a");
  EXPECT_EQ(supervisor.wait().children[0].starts, 2u);
}

TEST_F(SupervisorTest, ATemporaryChildIsNeverBegunAgainButItsFailureIsTold) {
  Supervisor supervisor(options());
  start(supervisor, {"a", "b"}, {.restart = temporary});
  puppets_.let_fail("a");
  puppets_.let_return("b");
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(child(report, "a").end, ChildEnd::threw);
  EXPECT_EQ(child(report, "a").error.message, "a fails");
  EXPECT_EQ(child(report, "b").end, ChildEnd::returned);
  EXPECT_THAT(that("begins"), ::testing::UnorderedElementsAre("a begins", "b begins"));
  EXPECT_THAT(events_.lines(), ::testing::Contains("failed a: a fails"));
}

// -- no thread can be had --

/// While it lives, a thread would need a stack that does not fit into memory, so that none can be made.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&attributes_);
    pthread_attr_getstacksize(&attributes_, &usual_stack_bytes_);
    set(std::size_t{1} << 50);
  }
  ~NoMoreThreads() {
    set(usual_stack_bytes_);
    pthread_attr_destroy(&attributes_);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  void set(std::size_t stack_bytes) {
    pthread_attr_setstacksize(&attributes_, stack_bytes);
    pthread_setattr_default_np(&attributes_);
  }
  pthread_attr_t attributes_{};
  std::size_t usual_stack_bytes_ = 0;
};

TEST_F(SupervisorTest, AThreadThatCannotBeHadIsAFailureLikeAnyOther) {
  Supervisor supervisor(options(policy(Strategy::one_for_all, 5, kDoubling)));
  start(supervisor, {"a", "b"});
  {
    const NoMoreThreads shortage;
    puppets_.let_fail("b");
    clock_.await_deadline(clock_.now() + 100ms);
  }
  EXPECT_THAT(that("begins"), SizeIs(2));
  clock_.advance(100ms);
  puppets_.await("a begins", 2);
  puppets_.await("b begins", 2);
  supervisor.stop();
  const SupervisorReport report = supervisor.wait();
  EXPECT_EQ(report.restarts, 2u);
  EXPECT_EQ(child(report, "a").starts, 2u);
  EXPECT_EQ(child(report, "a").error.error_class, ErrorClass::io);
  EXPECT_THAT(events_.lines(), ElementsAre("run_started", "stage_started a 1", "stage_started b 1",
                                           "restarting b: a b after 0ms", "restart_failed a 2",
                                           "restarting a: a b after 100ms", "restarted a 3", "restarted b 2",
                                           "draining", "run_ended stopped"));
}

TEST_F(SupervisorTest, GivesUpWhereNoThreadCanBeHadFromTheBeginning) {
  Supervisor supervisor({.policy = policy(Strategy::one_for_one, 3)});
  supervisor.add("a", puppets_.body("a"));
  const SupervisorReport report = [&] {
    const NoMoreThreads shortage;
    return supervisor.run();
  }();
  EXPECT_EQ(report.status, SupervisorStatus::gave_up);
  EXPECT_EQ(report.children[0].starts, 0u);
  EXPECT_EQ(report.children[0].end, ChildEnd::threw);
  EXPECT_THAT(report.surrender->error.type, HasSubstr("system_error"));
}

// -- what a child works on --

TEST_F(SupervisorTest, EachIncarnationWorksOnACopyOfItsBody) {
  std::vector<int> seen;
  Supervisor supervisor(options());
  supervisor.add("counts", [&seen, count = 0](const std::stop_token&) mutable {
    seen.push_back(++count);
    if (seen.size() < 3) throw std::runtime_error("again");
  });
  EXPECT_EQ(supervisor.run().status, SupervisorStatus::ended);
  EXPECT_THAT(seen, ElementsAre(1, 1, 1));
}

/// Something that can be had once at a time, like a port.
struct Port {
  explicit Port(std::atomic<int>& taken) : taken_(taken) { ++taken_; }
  Port(const Port& other) : taken_(other.taken_) { ++taken_; }
  Port& operator=(const Port&) = delete;
  ~Port() { --taken_; }
  std::atomic<int>& taken_;
};

TEST_F(SupervisorTest, AnIncarnationHasLetGoOfAllBeforeTheNextBegins) {
  std::atomic<int> taken = 0;
  std::vector<int> seen;
  {
    Supervisor supervisor(options());
    supervisor.add("listens", [&seen, port = Port(taken)](const std::stop_token&) {
      seen.push_back(port.taken_);
      if (seen.size() < 4) throw std::runtime_error("again");
    });
    EXPECT_EQ(supervisor.run().status, SupervisorStatus::ended);
  }
  EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), 1u) << "each finds as many as the first";
  EXPECT_EQ(taken, 0);
}

/// A body that cannot be copied at will.
struct FailsToCopy {
  explicit FailsToCopy(int& copies) : copies_(&copies) {}
  FailsToCopy(FailsToCopy&&) = default;
  FailsToCopy& operator=(FailsToCopy&&) = default;
  FailsToCopy(const FailsToCopy& other) : copies_(other.copies_) {
    if (++*copies_ == 1) throw std::runtime_error("out of handles");
  }
  FailsToCopy& operator=(const FailsToCopy&) = delete;
  ~FailsToCopy() = default;
  void operator()(const std::stop_token&) const {}
  int* copies_;
};

TEST_F(SupervisorTest, ABodyThatCannotBeCopiedHasFailed) {
  int copies = -100;
  Supervisor supervisor(options());
  supervisor.add("a", FailsToCopy(copies));
  copies = 0;
  const SupervisorReport report = supervisor.run();
  EXPECT_EQ(report.status, SupervisorStatus::ended);
  EXPECT_EQ(report.children[0].failures, 1u);
  EXPECT_EQ(report.children[0].error.message, "out of handles");
}

// -- observers --

TEST_F(SupervisorTest, AnObserverThatTakesItsTimeHoldsNobodyUp) {
  testing::Protocol gate;
  SupervisorOptions with_slow = options();
  with_slow.observers.emplace_back([&](const Event&) { gate.await(1); });
  Supervisor supervisor(with_slow);
  start(supervisor, {"a"});
  for (std::size_t failure = 1; failure <= 5; ++failure) {
    puppets_.let_fail("a");
    puppets_.await("a begins", failure + 1);
  }
  puppets_.let_return("a");
  puppets_.await("a returns");
  gate.write("open");
  EXPECT_EQ(supervisor.wait().restarts, 5u);
  EXPECT_EQ(events_.lines().size(), 2u + 5u * 2u + 1u) << "none was lost, and all were seen when it ended";
}

TEST_F(SupervisorTest, AnObserverThatThrowsIsIgnored) {
  SupervisorOptions with_thrower = options();
  with_thrower.observers.emplace_back([](const Event&) { throw std::runtime_error("cannot look"); });
  Supervisor supervisor(with_thrower);
  supervisor.add("a", [](const std::stop_token&) {});
  EXPECT_EQ(supervisor.run().status, SupervisorStatus::ended);
}

TEST_F(SupervisorTest, EventsSayWhoseTheyAre) {
  std::vector<Event> seen;
  SupervisorOptions watched = options();
  watched.observers = {[&](const Event& event) { seen.push_back(event); }};
  Supervisor supervisor(watched);
  supervisor.add_group({.name = "feeds", .policy = policy()});
  bool again = true;
  supervisor.add("a",
                 [&](const std::stop_token&) {
                   if (std::exchange(again, false)) throw IoError("reset by peer");
                 },
                 {.group = "feeds"});
  static_cast<void>(supervisor.run());
  const auto restarting = std::ranges::find(seen, EventKind::restarting, &Event::kind);
  ASSERT_NE(restarting, seen.end());
  EXPECT_EQ(restarting->pipeline, "test");
  EXPECT_EQ(restarting->stage, "a");
  EXPECT_EQ(restarting->incarnation, 1u);
  EXPECT_EQ(restarting->group, "feeds");
  EXPECT_EQ(restarting->error.message, "reset by peer");
  EXPECT_EQ(restarting->error.error_class, ErrorClass::io);
}

// -- the words of the report --

TEST_F(SupervisorTest, NamesTheWordsOfItsReport) {
  EXPECT_EQ(to_string(ChildEnd::not_begun), "not_begun");
  EXPECT_EQ(to_string(ChildEnd::returned), "returned");
  EXPECT_EQ(to_string(ChildEnd::threw), "threw");
  EXPECT_EQ(to_string(ChildEnd::stopped), "stopped");
  EXPECT_EQ(to_string(ChildEnd::did_not_stop), "did_not_stop");
  EXPECT_EQ(to_string(SupervisorStatus::ended), "ended");
  EXPECT_EQ(to_string(SupervisorStatus::stopped), "stopped");
  EXPECT_EQ(to_string(SupervisorStatus::gave_up), "gave_up");
}

}  // namespace
}  // namespace weir
