#include "engine/supervision/supervision_tree.hpp"

#include <limits>
#include <utility>

#include "engine/supervision/later.hpp"

namespace weir {
namespace {

std::vector<ChildIndex> members(const std::vector<bool>& set) {
  std::vector<ChildIndex> all;
  for (ChildIndex child = 0; child < set.size(); ++child) {
    if (set[child]) all.push_back(child);
  }
  return all;
}

}  // namespace

SupervisionTree::SupervisionTree(TreePlan plan) : plan_(std::move(plan)), histories_(plan_.groups.size()) {}

Verdict SupervisionTree::child_failed(ChildIndex child, TimePoint now) {
  if (plan_.children[child].restart == RestartType::temporary) return LeaveEnded{};
  ChildSet failed(plan_.children.size());
  failed[child] = true;
  std::vector<GroupIndex> escalated;
  for (GroupIndex group = plan_.children[child].group;; group = plan_.groups[group].parent) {
    Duration delay{0};
    if (admit(group, now, delay)) {
      const ChildSet begun_again = affected(group, failed);
      forget_groups_begun_again(group, begun_again);
      return Restart{members(begun_again), delay, group, std::move(escalated)};
    }
    escalated.push_back(group);
    if (group == kRootGroup) return GiveUp{std::move(escalated)};
    failed = restartable_in(group);
  }
}

Verdict SupervisionTree::child_ended(ChildIndex child, TimePoint now) {
  if (plan_.children[child].restart != RestartType::permanent) return LeaveEnded{};
  return child_failed(child, now);
}

bool SupervisionTree::admit(GroupIndex group, TimePoint now, Duration& delay) {
  const RestartPolicy& policy = plan_.groups[group].policy;
  History& history = histories_[group];
  while (!history.restarts.empty() && now - history.restarts.front() > policy.within)
    history.restarts.pop_front();
  if (history.restarts.size() >= policy.max_restarts) return false;

  // Counted from when the restart was due, as a group that waits to be begun again is not healthy: else a
  // delay longer than `healthy_after` would always be followed by none.
  if (history.since_healthy > 0 && now - history.due >= policy.healthy_after) history.since_healthy = 0;
  // Groups have jitter of their own, so that they do not come back all at once.
  delay = history.since_healthy == 0 ? Duration(0)
                                     : policy.backoff.delay(history.since_healthy - 1, plan_.seed + group);
  history.restarts.push_back(now);
  history.due = later(now, delay);
  if (history.since_healthy < std::numeric_limits<std::uint32_t>::max()) ++history.since_healthy;
  ++restarts_;
  return true;
}

SupervisionTree::ChildSet SupervisionTree::affected(GroupIndex group, const ChildSet& failed) const {
  const Strategy strategy = plan_.groups[group].policy.strategy;
  if (strategy == Strategy::one_for_one) return failed;
  const ChildSet all = restartable_in(group);
  if (strategy == Strategy::one_for_all) return all;
  ChildSet set = failed;
  for (const ChildIndex child : members(failed)) {
    for (const ChildIndex later : plan_.children[child].after) {
      if (all[later]) set[later] = true;
    }
  }
  return set;
}

SupervisionTree::ChildSet SupervisionTree::restartable_in(GroupIndex group) const {
  ChildSet set(plan_.children.size());
  for (ChildIndex child = 0; child < set.size(); ++child) {
    const TreeChild& candidate = plan_.children[child];
    set[child] = candidate.restart != RestartType::temporary && is_within(candidate.group, group);
  }
  return set;
}

bool SupervisionTree::is_within(GroupIndex group, GroupIndex ancestor) const noexcept {
  while (group > ancestor)  // parents are named before their children
    group = plan_.groups[group].parent;
  return group == ancestor;
}

void SupervisionTree::forget_groups_begun_again(GroupIndex below, const ChildSet& begun_again) {
  std::vector<bool> goes_on(plan_.groups.size());  // has a child that is left as it is
  for (ChildIndex child = 0; child < begun_again.size(); ++child) {
    const TreeChild& left = plan_.children[child];
    if (begun_again[child] || left.restart == RestartType::temporary) continue;
    for (GroupIndex group = left.group; !goes_on[group]; group = plan_.groups[group].parent)
      goes_on[group] = true;
  }
  for (GroupIndex group = below + 1; group < plan_.groups.size(); ++group) {
    if (!goes_on[group] && is_within(group, below)) histories_[group] = History{};
  }
}

}  // namespace weir
