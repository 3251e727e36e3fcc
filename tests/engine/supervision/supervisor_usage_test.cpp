// A supervisor that is used wrongly says so, and says the mend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "weir/supervisor.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

void does_nothing(const std::stop_token&) {}

std::string complaint_about(const std::function<void()>& misuse) {
  try {
    misuse();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no complaint";
}

struct Misuse {
  const char* name;
  std::function<void(Supervisor&)> make;
  const char* mend;
};

class SupervisorUsage : public ::testing::TestWithParam<Misuse> {};
INSTANTIATE_TEST_SUITE_P(
    Each, SupervisorUsage,
    ::testing::Values(
        Misuse{"TwoChildrenOfOneName",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 supervisor.add("a", does_nothing);
               },
               "two children of a supervisor need two names: 'a' is taken"},
        Misuse{"AChildWithoutAName", [](Supervisor& supervisor) { supervisor.add("", does_nothing); },
               "a child needs a name"},
        Misuse{"AChildWithoutABody", [](Supervisor& supervisor) { supervisor.add("a", nullptr); },
               "a child needs a body: 'a' has none"},
        Misuse{"AGroupThatIsNotThere",
               [](Supervisor& supervisor) { supervisor.add("a", does_nothing, {.group = "feeds"}); },
               "there is no group 'feeds'; call add_group() before it is named"},
        Misuse{"AGroupWithoutAName", [](Supervisor& supervisor) { supervisor.add_group({.name = ""}); },
               "a group needs a name; the policy of the topmost, which has none, is in the supervisor's "
               "options"},
        Misuse{"TwoGroupsOfOneName",
               [](Supervisor& supervisor) {
                 supervisor.add_group({.name = "feeds"});
                 supervisor.add_group({.name = "feeds"});
               },
               "two groups of a supervisor need two names: 'feeds' is taken"},
        Misuse{"AGroupBelowOneThatIsNotThere",
               [](Supervisor& supervisor) { supervisor.add_group({.name = "a", .parent = "b"}); },
               "there is no group 'b'"},
        Misuse{"AGroupBelowItself",
               [](Supervisor& supervisor) { supervisor.add_group({.name = "a", .parent = "a"}); },
               "there is no group 'a'"},
        Misuse{"TooMuchJitter",
               [](Supervisor& supervisor) {
                 supervisor.add_group({.name = "a", .policy = {.backoff = {1s, 1s, 1.5}}});
               },
               "group 'a' has a jitter that is not from 0 to 1: 1.5"},
        Misuse{"AJitterThatIsNoNumber",
               [](Supervisor& supervisor) {
                 supervisor.add_group({.name = "a", .policy = {.backoff = {1s, 1s, std::nan("")}}});
               },
               "group 'a' has a jitter that is not from 0 to 1"},
        Misuse{
            "ATimeThatGoesBack",
            [](Supervisor& supervisor) { supervisor.add_group({.name = "a", .policy = {.within = -5ns}}); },
            "group 'a' has a negative time in its restart policy: -5 ns"},
        Misuse{"NoChildren", [](Supervisor& supervisor) { supervisor.start(); },
               "a supervisor needs children: call add() before it is run"},
        Misuse{"RunTwice",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 static_cast<void>(supervisor.run());
                 static_cast<void>(supervisor.run());
               },
               "a supervisor is run once: make another one"},
        Misuse{"StartedTwice",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 supervisor.start();
                 supervisor.start();
               },
               "a supervisor is run once: make another one"},
        Misuse{"AChildThatComesTooLate",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 supervisor.start();
                 supervisor.add("b", does_nothing);
               },
               "a child must be added before the supervisor is started: 'b'"},
        Misuse{"AGroupThatComesTooLate",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 supervisor.start();
                 supervisor.add_group({.name = "b"});
               },
               "a group must be added before the supervisor is started: 'b'"},
        Misuse{"WaitingForNothing", [](Supervisor& supervisor) { static_cast<void>(supervisor.wait()); },
               "there is nothing to wait for: call start() before wait()"},
        Misuse{"WaitingTwice",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 supervisor.start();
                 static_cast<void>(supervisor.wait());
                 static_cast<void>(supervisor.wait());
               },
               "a supervisor's report is given once"},
        Misuse{"WaitingForWhatWasRun",
               [](Supervisor& supervisor) {
                 supervisor.add("a", does_nothing);
                 static_cast<void>(supervisor.run());
                 static_cast<void>(supervisor.wait());
               },
               "a supervisor's report is given once"}),
    [](const auto& parameters) { return parameters.param.name; });

TEST_P(SupervisorUsage, IsToldTheMend) {
  Supervisor supervisor;
  EXPECT_THAT(complaint_about([&] { GetParam().make(supervisor); }), HasSubstr(GetParam().mend));
}

TEST(SupervisorUsageOfOptions, AreCheckedFromTheBeginning) {
  EXPECT_THAT(complaint_about([] {
                Supervisor({.policy = {.backoff = {1s, 1s, -0.1}}});
              }),
              HasSubstr("the topmost group has a jitter that is not from 0 to 1: -0.1"));
  EXPECT_THAT(complaint_about([] { Supervisor({.policy = {.healthy_after = -1s}}); }),
              HasSubstr("the topmost group has a negative time in its restart policy"));
}

TEST(SupervisorUsageByAChild, MayNotWaitForItsOwnSupervisor) {
  Supervisor supervisor;
  supervisor.add("waits", [&](const std::stop_token&) { static_cast<void>(supervisor.wait()); },
                 {.restart = RestartType::temporary});
  supervisor.start();
  const SupervisorReport report = supervisor.wait();
  EXPECT_THAT(
      report.children[0].error.message,
      HasSubstr("a child cannot wait for its supervisor, which waits for it; call stop() and return"));
}

TEST(SupervisorUsageByAChild, MayNotAddToItsOwnSupervisor) {
  Supervisor supervisor;
  supervisor.add("adds", [&](const std::stop_token&) { supervisor.add("b", does_nothing); },
                 {.restart = RestartType::temporary});
  const SupervisorReport report = supervisor.run();
  EXPECT_THAT(report.children[0].error.message,
              HasSubstr("must be added before the supervisor is started: 'b'"));
}

TEST(SupervisorUsageAfterAMistake, GoesOnAsIfItHadNotBeenMade) {
  Supervisor supervisor;
  supervisor.add("a", does_nothing);
  EXPECT_THROW(supervisor.add("a", does_nothing), UsageError);
  EXPECT_THROW(supervisor.add("b", does_nothing, {.group = "none"}), UsageError);
  EXPECT_EQ(supervisor.run().children.size(), 1u);
}

}  // namespace
}  // namespace weir
