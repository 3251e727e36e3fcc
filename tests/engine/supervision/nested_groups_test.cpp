// Groups in groups: who decides, who is taken along, and what is forgotten.
#include <gtest/gtest.h>

#include "engine/supervision/supervision_tree.hpp"
#include "tests/engine/supervision/tree_script.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using namespace weir::testing;
using enum RestartType;
using enum Strategy;

TEST(NestedGroups, TheGroupAboveDecidesByItsOwnHistory) {
  TreeScript script(
      in_order({root(), group("inner", 0, policy(one_for_one, 1))}, {child_of(0), child_of(1), child_of(1)}));
  EXPECT_EQ(script.fails(0, 1s), "root restarts 0 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.fails(1, 3s), "inner gives up; root restarts 1 2 after 100ms");
}

TEST(NestedGroups, AGroupThatWasBegunAgainForgets) {
  TreeScript script(
      in_order({root(), group("inner", 0, policy(one_for_one, 1))}, {child_of(0), child_of(1)}));
  EXPECT_EQ(script.fails(1, 1s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "inner gives up; root restarts 1 after 0ms");
  EXPECT_EQ(script.fails(1, 3s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.fails(1, 4s), "inner gives up; root restarts 1 after 100ms");
}

TEST(NestedGroups, AGroupThatMayNotRestartEscalatesEachTime) {
  TreeScript script(in_order({root(policy(one_for_one, 2)), group("inner", 0, policy(one_for_one, 0))},
                             {child_of(1), child_of(1)}));
  EXPECT_EQ(script.fails(0, 1s), "inner gives up; root restarts 0 1 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "inner gives up; root restarts 0 1 after 100ms");
  EXPECT_EQ(script.fails(0, 3s), "inner gives up; root gives up");
}

TEST(NestedGroups, EscalateThroughAsManyGroupsAsGaveUp) {
  const RestartPolicy never = policy(one_for_one, 0);
  TreeScript script(in_order({root(policy(one_for_one, 1)), group("a", 0, never), group("b", 1, never),
                              group("c", 2, policy(one_for_one, 1))},
                             {child_of(3), child_of(2), child_of(1), child_of(0)}));
  EXPECT_EQ(script.fails(0, 1s), "c restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 2s), "c gives up; b gives up; a gives up; root restarts 0 1 2 after 0ms");
  EXPECT_EQ(script.fails(0, 3s), "c restarts 0 after 0ms");
  EXPECT_EQ(script.fails(0, 4s), "c gives up; b gives up; a gives up; root gives up");
}

/// root: 0, left {1, 2}, middle {3, deep {4}}, right {5}; started in this order. 6 is temporary, in middle.
TreePlan branches(RestartPolicy of_root, RestartPolicy of_middle = policy(one_for_one, 0)) {
  return in_order(
      {root(of_root), group("left", 0, policy(one_for_one, 1)), group("middle", 0, of_middle),
       group("deep", 2, policy(one_for_one, 1)), group("right", 0, policy(one_for_one, 1))},
      {child_of(0), child_of(1), child_of(1), child_of(2), child_of(3), child_of(4), child_of(2, temporary)});
}

TEST(NestedGroups, AFailedGroupIsOneChildOfTheGroupAbove) {
  const struct {
    Strategy strategy;
    const char* expected;
  } cases[] = {{one_for_one, "middle gives up; root restarts 3 4 after 0ms"},
               {rest_for_one, "middle gives up; root restarts 3 4 5 after 0ms"},
               {one_for_all, "middle gives up; root restarts 0 1 2 3 4 5 after 0ms"}};
  for (const auto& [strategy, expected] : cases)
    EXPECT_EQ(TreeScript(branches(policy(strategy))).fails(3, 0s), expected);
}

TEST(NestedGroups, RestForOneInAGroupStaysInIt) {
  // 5 and 6 come after 3 as well, but are not in the group, or temporary.
  TreeScript script(branches(policy(one_for_all), policy(rest_for_one)));
  EXPECT_EQ(script.fails(3, 0s), "middle restarts 3 4 after 0ms");
}

TEST(NestedGroups, AChildOfTheRootTakesGroupsAlong) {
  EXPECT_EQ(TreeScript(branches(policy(rest_for_one))).fails(0, 0s), "root restarts 0 1 2 3 4 5 after 0ms");
  EXPECT_EQ(TreeScript(branches(policy(one_for_all))).fails(0, 0s), "root restarts 0 1 2 3 4 5 after 0ms");
  EXPECT_EQ(TreeScript(branches(policy(one_for_one))).fails(0, 0s), "root restarts 0 after 0ms");
}

TEST(NestedGroups, WhatComesAfterATemporaryChildOfAFailedGroupIsNotConcerned) {
  // 1 is in the group that failed, but is not begun again, so 2, which comes after it only, need not be.
  TreeScript script({.groups = {root(policy(rest_for_one)), group("inner", 0, policy(one_for_one, 0))},
                     .children = {child_of(1), child_of(1, temporary, {2}), child_of(0)}});
  EXPECT_EQ(script.fails(0, 0s), "inner gives up; root restarts 0 after 0ms");
}

// -- what is forgotten --

TEST(NestedGroups, ACascadeMakesEachGroupItBeginsAgainForget) {
  TreeScript script(branches(policy(one_for_all)));
  EXPECT_EQ(script.fails(1, 1s), "left restarts 1 after 0ms");
  EXPECT_EQ(script.fails(4, 1s), "deep restarts 4 after 0ms");
  EXPECT_EQ(script.fails(0, 2s), "root restarts 0 1 2 3 4 5 after 0ms");
  EXPECT_EQ(script.fails(1, 3s), "left restarts 1 after 0ms");
  EXPECT_EQ(script.fails(4, 3s), "deep restarts 4 after 0ms");
}

TEST(NestedGroups, OneForOneMakesNoOtherGroupForget) {
  TreeScript script(branches(policy(one_for_one)));
  EXPECT_EQ(script.fails(1, 1s), "left restarts 1 after 0ms");
  EXPECT_EQ(script.fails(4, 1s), "deep restarts 4 after 0ms");
  EXPECT_EQ(script.fails(3, 2s), "middle gives up; root restarts 3 4 after 0ms");
  EXPECT_EQ(script.fails(4, 3s), "deep restarts 4 after 0ms") << "it was in the group that failed";
  EXPECT_EQ(script.fails(1, 3s), "left gives up; root restarts 1 2 after 100ms") << "it was not";
}

TEST(NestedGroups, AGroupThatWasBegunAgainInPartRemembers) {
  // 2 comes after 1, but 0, of the same group as 2, does not.
  TreeScript script({.groups = {root(policy(rest_for_one)), group("inner", 0, policy(one_for_one, 1))},
                     .children = {child_of(1), child_of(0, transient, {2}), child_of(1)}});
  EXPECT_EQ(script.fails(2, 1s), "inner restarts 2 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "root restarts 1 2 after 0ms");
  EXPECT_EQ(script.fails(2, 3s), "inner gives up; root restarts 0 2 after 100ms");
}

TEST(NestedGroups, ATemporaryChildThatGoesOnDoesNotKeepItsGroupFromForgetting) {
  TreeScript script(in_order({root(policy(one_for_all)), group("inner", 0, policy(one_for_one, 1))},
                             {child_of(0), child_of(1), child_of(1, temporary)}));
  EXPECT_EQ(script.fails(1, 1s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.fails(0, 2s), "root restarts 0 1 after 0ms");
  EXPECT_EQ(script.fails(1, 3s), "inner restarts 1 after 0ms");
}

TEST(NestedGroups, TheDecidingGroupItselfRemembers) {
  TreeScript script(
      in_order({root(), group("inner", 0, policy(one_for_all, 2))}, {child_of(1), child_of(1)}));
  EXPECT_EQ(script.fails(0, 1s), "inner restarts 0 1 after 0ms");
  EXPECT_EQ(script.fails(1, 2s), "inner restarts 0 1 after 100ms");
  EXPECT_EQ(script.fails(0, 3s), "inner gives up; root restarts 0 1 after 0ms");
}

TEST(NestedGroups, FailuresThatAGroupSettlesAreNoneOfTheGroupAbove) {
  TreeScript script(in_order({root(policy(one_for_one, 1)), group("inner", 0, policy(one_for_one, 4))},
                             {child_of(0), child_of(1)}));
  for (const char* delay : {"0ms", "100ms", "200ms", "400ms"})
    EXPECT_EQ(script.fails(1, 1s), std::string("inner restarts 1 after ") + delay);
  EXPECT_EQ(script.fails(0, 1s), "root restarts 0 after 0ms");
}

TEST(NestedGroups, APermanentChildThatEndsEscalatesLikeOneThatFails) {
  TreeScript script(
      in_order({root(policy(one_for_all)), group("inner", 0, policy(one_for_one, 1))},
               {child_of(0), child_of(1, permanent), child_of(1, transient), child_of(1, temporary)}));
  EXPECT_EQ(script.ends(1, 1s), "inner restarts 1 after 0ms");
  EXPECT_EQ(script.ends(2, 1s), "left ended");
  EXPECT_EQ(script.ends(1, 2s), "inner gives up; root restarts 0 1 2 after 0ms");
}

}  // namespace
}  // namespace weir
