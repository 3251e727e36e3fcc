// Any tree, any history: the tree answers what a naive model of it answers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/supervision/supervision_tree.hpp"
#include "tests/engine/supervision/tree_model.hpp"
#include "tests/engine/supervision/tree_script.hpp"

namespace weir {
namespace {

using weir::testing::to_text;
using weir::testing::TreeModel;

/// Milliseconds, few enough that windows, delays and moments often meet exactly.
Duration a_little_while() { return std::chrono::milliseconds(*rc::gen::inRange(0, 25)); }

RestartPolicy any_policy() {
  return {.strategy = *rc::gen::element(Strategy::one_for_one, Strategy::rest_for_one, Strategy::one_for_all),
          .max_restarts = *rc::gen::inRange(0U, 6U),
          .within = a_little_while(),
          .backoff = {a_little_while() / 8, a_little_while(), 0},
          .healthy_after = a_little_while()};
}

TreePlan any_plan() {
  TreePlan plan;
  plan.groups.clear();
  const auto groups = *rc::gen::inRange<GroupIndex>(1, 7);
  for (GroupIndex group = 0; group < groups; ++group) {
    const GroupIndex parent = group == 0 ? kRootGroup : *rc::gen::inRange<GroupIndex>(0, group);
    plan.groups.push_back({"g" + std::to_string(group), parent, any_policy()});
  }
  const auto children = *rc::gen::inRange<ChildIndex>(1, 9);
  for (ChildIndex child = 0; child < children; ++child) {
    TreeChild one;
    one.group = *rc::gen::inRange<GroupIndex>(0, groups);
    one.restart = *rc::gen::weightedElement<RestartType>(
        {{3, RestartType::transient}, {3, RestartType::permanent}, {1, RestartType::temporary}});
    for (ChildIndex other = 0; other < children; ++other) {
      if (other != child && *rc::gen::inRange(0, 3) == 0) one.after.push_back(other);
    }
    plan.children.push_back(one);
  }
  return plan;
}

struct Happening {
  ChildIndex child;
  bool failed;
  Duration later;
};

std::vector<Happening> any_history(const TreePlan& plan) {
  std::vector<Happening> history;
  const auto length = *rc::gen::inRange(0, 60);
  for (int i = 0; i < length; ++i) {
    history.push_back({*rc::gen::inRange<ChildIndex>(0, plan.children.size()), *rc::gen::inRange(0, 4) > 0,
                       a_little_while() / *rc::gen::inRange(1, 6)});
  }
  return history;
}

constexpr TimePoint kBegin{std::chrono::hours(1)};

RC_GTEST_PROP(RandomTree, AnswersAsTheModel, ()) {
  const TreePlan plan = any_plan();
  SupervisionTree tree(plan);
  TreeModel model(plan);
  TimePoint now = kBegin;
  std::uint64_t restarts = 0;
  for (const Happening& happening : any_history(plan)) {
    now += happening.later;
    const Verdict expected =
        happening.failed ? model.child_failed(happening.child, now) : model.child_ended(happening.child, now);
    const Verdict actual =
        happening.failed ? tree.child_failed(happening.child, now) : tree.child_ended(happening.child, now);
    RC_ASSERT(to_text(actual, plan) == to_text(expected, plan));
    if (const auto* restart = std::get_if<Restart>(&actual)) {
      RC_ASSERT(restart->delay == std::get<Restart>(expected).delay);
      ++restarts;
    }
    RC_ASSERT(tree.restarts() == restarts);
  }
}

RC_GTEST_PROP(RandomTree, AnswersTheSameForTheSameSeedAndHistory, ()) {
  TreePlan plan = any_plan();
  plan.seed = *rc::gen::arbitrary<std::uint64_t>();
  for (TreeGroup& group : plan.groups)
    group.policy.backoff.jitter = *rc::gen::inRange(0, 11) / 10.0;
  SupervisionTree tree(plan), twin(plan);
  TimePoint now = kBegin;
  for (const Happening& happening : any_history(plan)) {
    now += happening.later;
    const Verdict one = tree.child_failed(happening.child, now);
    const Verdict other = twin.child_failed(happening.child, now);
    RC_ASSERT(to_text(one, plan) == to_text(other, plan));
    if (const auto* restart = std::get_if<Restart>(&one)) {
      RC_ASSERT(restart->delay == std::get<Restart>(other).delay);
      RC_ASSERT(restart->delay >= Duration(0));
      RC_ASSERT(restart->delay <= plan.groups[restart->group].policy.backoff.max);
    }
  }
}

/// What every answer has in common, whatever the model says.
RC_GTEST_PROP(RandomTree, BeginsAgainTheFailedChildAndNoTemporaryOne, ()) {
  const TreePlan plan = any_plan();
  SupervisionTree tree(plan);
  TimePoint now = kBegin;
  for (const Happening& happening : any_history(plan)) {
    now += happening.later;
    const Verdict verdict = tree.child_failed(happening.child, now);
    RC_ASSERT(std::holds_alternative<LeaveEnded>(verdict) ==
              (plan.children[happening.child].restart == RestartType::temporary));
    if (const auto* restart = std::get_if<Restart>(&verdict)) {
      RC_ASSERT(std::ranges::is_sorted(restart->children));
      RC_ASSERT(std::ranges::count(restart->children, happening.child) == 1);
      for (const ChildIndex child : restart->children)
        RC_ASSERT(plan.children[child].restart != RestartType::temporary);
    }
    if (const auto* end = std::get_if<GiveUp>(&verdict)) RC_ASSERT(end->escalated.back() == kRootGroup);
  }
}

}  // namespace
}  // namespace weir
