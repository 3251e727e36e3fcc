#include "engine/supervision/supervision_tree.hpp"

#include <gtest/gtest.h>

#include "tests/engine/supervision/tree_script.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using namespace weir::testing;
using enum RestartType;
using enum Strategy;

// -- how soon, and how often --

TEST(SupervisionTree, BeginsAFailedChildAgainAtOnce) {
  TreeScript script(in_order({root()}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 0s), "root restarts 0 after 0ms");
}

TEST(SupervisionTree, WaitsLongerWithEachFailureAndThenGivesUp) {
  TreeScript script(in_order({root()}, {child_of(0)}));
  EXPECT_EQ(script.fails(0, 1s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 2s), "root restarts 0 after 100ms");
  EXPECT_EQ(script.fails(0, 3s), "root restarts 0 after 200ms");
  EXPECT_EQ(script.fails(0, 4s), "root restarts 0 after 400ms");
  EXPECT_EQ(script.fails(0, 5s), "root restarts 0 after 800ms");
  EXPECT_EQ(script.fails(0, 6s), "root gives up");
}

TEST(SupervisionTree, EscalatesToTheGroupAboveWhichDecidesByItsOwnHistory) {
  TreeScript script(
      in_order({root(), group("inner", 0, policy(one_for_one, 1))}, {child_of(0), child_of(1), child_of(1)}));
  EXPECT_EQ(script.fails(1, 1s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "inner gives up; root restarts 1 2 after 0ms");
  EXPECT_EQ(script.fails(1, 3s), "inner restarts 1 after 0ms") << "it was begun again, and forgot";
  EXPECT_EQ(script.fails(1, 4s), "inner gives up; root restarts 1 2 after 100ms");
}

TEST(SupervisionTree, TakesAlongWhatItsStrategySays) {
  const struct {
    Strategy strategy;
    const char* expected;
  } cases[] = {{one_for_one, "root restarts 1 after 0ms"},
               {rest_for_one, "root restarts 1 2 after 0ms"},
               {one_for_all, "root restarts 0 1 2 after 0ms"}};
  for (const auto& [strategy, expected] : cases) {
    TreeScript script(
        in_order({root(policy(strategy))}, {child_of(0), child_of(0), child_of(0), child_of(0, temporary)}));
    EXPECT_EQ(script.fails(1, 0s), expected);
  }
}

TEST(SupervisionTree, LeavesEndedWhatItsRestartTypeSays) {
  TreeScript script(
      in_order({root()}, {child_of(0, permanent), child_of(0, transient), child_of(0, temporary)}));
  EXPECT_EQ(script.ends(0, 0s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.ends(1, 0s), "left ended");
  EXPECT_EQ(script.ends(2, 0s), "left ended");
  EXPECT_EQ(script.fails(2, 0s), "left ended");
}

}  // namespace
}  // namespace weir
