// One group: every strategy and restart type, and how soon and how often.
#include "engine/supervision/supervision_tree.hpp"

#include <gtest/gtest.h>

#include "tests/engine/supervision/tree_script.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using namespace weir::testing;
using enum RestartType;
using enum Strategy;

// -- whom a failure concerns: three children that start one after another, the middle one fails --

struct StrategyCase {
  Strategy strategy;
  RestartType restart;  ///< of all three
  const char* concerned;
};

class EveryStrategyAndRestartType : public ::testing::TestWithParam<StrategyCase> {
 protected:
  TreeScript script_{in_order(
      {root(policy(GetParam().strategy))},
      {child_of(0, GetParam().restart), child_of(0, GetParam().restart), child_of(0, GetParam().restart)})};

  /// What the tree should answer if it has this group restart after this delay.
  std::string restarted_after(const char* delay) const {
    if (GetParam().restart == temporary) return "left ended";
    return std::string("root restarts ") + GetParam().concerned + " after " + delay;
  }
  std::string given_up() const { return GetParam().restart == temporary ? "left ended" : "root gives up"; }
};
INSTANTIATE_TEST_SUITE_P(
    Each, EveryStrategyAndRestartType,
    ::testing::Values(StrategyCase{one_for_one, permanent, "1"}, StrategyCase{one_for_one, transient, "1"},
                      StrategyCase{one_for_one, temporary, ""}, StrategyCase{rest_for_one, permanent, "1 2"},
                      StrategyCase{rest_for_one, transient, "1 2"}, StrategyCase{rest_for_one, temporary, ""},
                      StrategyCase{one_for_all, permanent, "0 1 2"},
                      StrategyCase{one_for_all, transient, "0 1 2"},
                      StrategyCase{one_for_all, temporary, ""}),
    [](const auto& parameters) {
      return std::string(to_string(parameters.param.strategy)) + "_" +
             std::string(to_string(parameters.param.restart));
    });

TEST_P(EveryStrategyAndRestartType, FailsOnce) { EXPECT_EQ(script_.fails(1, 0s), restarted_after("0ms")); }

TEST_P(EveryStrategyAndRestartType, EndsWithoutFailing) {
  EXPECT_EQ(script_.ends(1, 0s), GetParam().restart == permanent ? restarted_after("0ms") : "left ended");
}

TEST_P(EveryStrategyAndRestartType, GivesUpInAStorm) {
  for (const char* delay : {"0ms", "100ms", "200ms", "400ms", "800ms"})
    EXPECT_EQ(script_.fails(1, 1s), restarted_after(delay));
  EXPECT_EQ(script_.fails(1, 1s), given_up());
}

TEST_P(EveryStrategyAndRestartType, CountsAnewOnceItIsHealthy) {
  EXPECT_EQ(script_.fails(1, 0s), restarted_after("0ms"));
  EXPECT_EQ(script_.fails(1, 1s), restarted_after("100ms"));
  EXPECT_EQ(script_.fails(1, 2s), restarted_after("200ms"));
  EXPECT_EQ(script_.fails(1, 62s + 200ms), restarted_after("0ms"));
  EXPECT_EQ(script_.fails(1, 63s), restarted_after("100ms"));
}

TEST_P(EveryStrategyAndRestartType, SurvivesRebuildsThatFailAsOftenAsItMayRestart) {
  for (int failed_rebuilds = 0; failed_rebuilds < 6; ++failed_rebuilds) {
    TreeScript script(script_.tree().plan());
    Duration at = 0s;
    EXPECT_EQ(script.fails(1, at), restarted_after("0ms"));
    const char* const delays[] = {"100ms", "200ms", "400ms", "800ms"};
    for (int nth = 0; nth < failed_rebuilds; ++nth) {
      at += 2s;
      EXPECT_EQ(script.fails(1, at), nth < 4 ? restarted_after(delays[nth]) : given_up()) << nth;
    }
  }
}

// -- the strategies' edges --

TEST(SupervisionTree, RestForOneTakesAlongTheLaterOnesOnly) {
  const char* const expected[] = {"root restarts 0 1 2 after 0ms", "root restarts 1 2 after 0ms",
                                  "root restarts 2 after 0ms"};
  for (ChildIndex failing = 0; failing < 3; ++failing) {
    TreeScript script(in_order({root(policy(rest_for_one))}, {child_of(0), child_of(0), child_of(0)}));
    EXPECT_EQ(script.fails(failing, 0s), expected[failing]);
  }
}

TEST(SupervisionTree, RestForOneFollowsThePlanNotTheNumbers) {
  // A graph that was written from its end: 2 -> 1 -> 0, and 3 for itself.
  TreeScript script(
      {.groups = {root(policy(rest_for_one))},
       .children = {child_of(0), child_of(0, transient, {0}), child_of(0, transient, {0, 1}), child_of(0)}});
  EXPECT_EQ(script.fails(1, 0s), "root restarts 0 1 after 0ms");
  EXPECT_EQ(script.fails(3, 0s), "root restarts 3 after 100ms");
  EXPECT_EQ(script.fails(2, 0s), "root restarts 0 1 2 after 200ms");
}

TEST(SupervisionTree, CascadesLeaveTemporaryChildrenOut) {
  for (const Strategy strategy : {rest_for_one, one_for_all}) {
    TreeScript script(in_order({root(policy(strategy))},
                               {child_of(0), child_of(0, temporary), child_of(0), child_of(0, temporary)}));
    EXPECT_EQ(script.fails(0, 0s), "root restarts 0 2 after 0ms");
  }
}

TEST(SupervisionTree, ATemporaryChildCostsItsGroupNothing) {
  TreeScript script(in_order({root(policy(one_for_all, 1))}, {child_of(0, temporary), child_of(0)}));
  for (int failures = 0; failures < 100; ++failures)
    EXPECT_EQ(script.fails(0, 0s), "left ended");
  EXPECT_EQ(script.fails(1, 0s), "root restarts 1 after 0ms");
}

// -- how often --

TEST(SupervisionTree, ACascadeCountsAsOneRestart) {
  TreeScript script(in_order({root(policy(one_for_all, 2))}, {child_of(0), child_of(0), child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 1 2 after 0ms");
  EXPECT_EQ(script.fails(1, 0s), "root restarts 0 1 2 after 100ms");
  EXPECT_EQ(script.tree().restarts(), 2u);
  EXPECT_EQ(script.fails(2, 0s), "root gives up");
  EXPECT_EQ(script.tree().restarts(), 2u);
}

TEST(SupervisionTree, AllChildrenOfAGroupShareItsIntensity) {
  TreeScript script(in_order({root(policy(one_for_one, 2))}, {child_of(0), child_of(0), child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(1, 1s), "root restarts 1 after 100ms");
  EXPECT_EQ(script.fails(2, 2s), "root gives up");
}

TEST(SupervisionTree, TheWindowSlides) {
  TreeScript script(in_order({root(policy(one_for_one, 2))}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 20s), "root restarts 0 after 100ms");
  EXPECT_EQ(script.fails(0, 30s + 1ns), "root restarts 0 after 200ms") << "the first is older than 30 s";
  EXPECT_EQ(script.fails(0, 50s), "root gives up") << "the second is 30 s old, and counts";
}

TEST(SupervisionTree, AWindowOfNoTimeHoldsTheSameMoment) {
  RestartPolicy momentary = policy(one_for_one, 1);
  momentary.within = 0s;
  TreeScript script(in_order({root(momentary)}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 1s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 1s + 1ns), "root restarts 0 after 100ms");
  EXPECT_EQ(script.fails(0, 1s + 1ns), "root gives up");
}

TEST(SupervisionTree, MayNeverRestartAtAll) {
  TreeScript script(in_order({root(policy(one_for_one, 0))}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root gives up");
  EXPECT_EQ(script.fails(0, 1h), "root gives up");
  EXPECT_EQ(script.tree().restarts(), 0u);
}

TEST(SupervisionTree, GoesOnForeverIfFailuresAreRare) {
  TreeScript script(in_order({root(policy(one_for_one, 1))}, {child_of(0)}));
  for (int hours = 0; hours < 1000; ++hours)
    EXPECT_EQ(script.fails(0, std::chrono::hours(hours)), "root restarts 0 after 0ms");
}

// -- how soon --

TEST(SupervisionTree, IsNotHealthyWhileItWaitsToBeBegunAgain) {
  // A backoff that is longer than `healthy_after` still grows.
  RestartPolicy impatient = policy(one_for_one, 100);
  impatient.backoff = {1s, 1h, 0};
  impatient.healthy_after = 2s;
  TreeScript script(in_order({root(impatient)}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 1s), "root restarts 0 after 1000ms");
  EXPECT_EQ(script.fails(0, 2s), "root restarts 0 after 2000ms");
  EXPECT_EQ(script.fails(0, 4s), "root restarts 0 after 4000ms");
  EXPECT_EQ(script.fails(0, 8s), "root restarts 0 after 8000ms");
  EXPECT_EQ(script.fails(0, 18s), "root restarts 0 after 0ms") << "it ran from 16 s on";
}

TEST(SupervisionTree, AnotherChildsFailureKeepsTheGroupFromBeingHealthy) {
  TreeScript script(in_order({root()}, {child_of(0), child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(1, 40s), "root restarts 1 after 100ms");
  EXPECT_EQ(script.fails(0, 80s), "root restarts 0 after 200ms");
}

TEST(SupervisionTree, BeingHealthyDoesNotEmptyTheWindow) {
  RestartPolicy quick_to_heal = policy(one_for_one, 2);
  quick_to_heal.healthy_after = 1s;
  TreeScript script(in_order({root(quick_to_heal)}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 5s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 10s), "root gives up");
}

TEST(SupervisionTree, DelaysStopGrowingAtTheMost) {
  TreeScript script(in_order({root(policy(one_for_one, 100))}, {child_of(0)}));
  std::string last;
  for (int failure = 0; failure < 100; ++failure)
    last = script.fails(0, 1s);
  EXPECT_EQ(last, "root restarts 0 after 10000ms");
}

TEST(SupervisionTree, WaitsForeverIfItsBackoffSaysSo) {
  RestartPolicy endless = policy();
  endless.backoff = {Duration::max(), Duration::max(), 0};
  SupervisionTree tree(in_order({root(endless)}, {child_of(0)}));
  const TimePoint now{1h};
  EXPECT_EQ(std::get<Restart>(tree.child_failed(0, now)).delay, 0s);
  EXPECT_EQ(std::get<Restart>(tree.child_failed(0, now)).delay, Duration::max());
  EXPECT_EQ(std::get<Restart>(tree.child_failed(0, now)).delay, Duration::max());
}

TEST(SupervisionTree, JitterDependsOnTheSeedAndOnTheGroup) {
  RestartPolicy jittered = policy();
  jittered.backoff.jitter = 0.5;
  const auto second_delay = [&](std::uint64_t seed, ChildIndex child) {
    TreePlan plan = in_order({root(jittered), group("inner", 0, jittered)}, {child_of(0), child_of(1)});
    plan.seed = seed;
    SupervisionTree tree(plan);
    static_cast<void>(tree.child_failed(child, TimePoint(1h)));
    return std::get<Restart>(tree.child_failed(child, TimePoint(1h))).delay;
  };
  EXPECT_EQ(second_delay(1, 0), second_delay(1, 0));
  EXPECT_NE(second_delay(1, 0), second_delay(2, 0));
  EXPECT_NE(second_delay(1, 0), second_delay(1, 1));
}

}  // namespace
}  // namespace weir
