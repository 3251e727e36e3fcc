#include "tests/engine/supervision/tree_model.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace weir::testing {

std::vector<TreeModel::Entry> TreeModel::remembered(GroupIndex group) const {
  std::vector<Entry> all;
  for (const Entry& entry : diary_) {
    if (entry.begun_again.contains(group)) all.clear();
    if (entry.decided_by == group) all.push_back(entry);
  }
  return all;
}

std::size_t TreeModel::within_window(GroupIndex group, TimePoint now) const {
  const std::vector<Entry> all = remembered(group);
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [&](const Entry& entry) { return entry.at + plan_.groups[group].policy.within >= now; }));
}

std::size_t TreeModel::since_healthy(GroupIndex group, TimePoint now) const {
  std::vector<Entry> all = remembered(group);
  all.push_back({.at = now, .due = now, .decided_by = group, .begun_again = {}});
  std::size_t count = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool was_healthy = all[i - 1].due + plan_.groups[group].policy.healthy_after <= all[i].at;
    count = was_healthy ? 0 : count + 1;
  }
  return count;
}

std::set<GroupIndex> TreeModel::groups_in(GroupIndex group) const {
  std::set<GroupIndex> all;
  for (GroupIndex below = 1; below < plan_.groups.size(); ++below) {
    if (plan_.groups[below].parent != group) continue;
    all.insert(below);
    all.merge(groups_in(below));
  }
  return all;
}

std::set<ChildIndex> TreeModel::leaves(GroupIndex group) const {
  std::set<GroupIndex> groups = groups_in(group);
  groups.insert(group);
  std::set<ChildIndex> all;
  for (ChildIndex child = 0; child < plan_.children.size(); ++child) {
    if (groups.contains(plan_.children[child].group) &&
        plan_.children[child].restart != RestartType::temporary)
      all.insert(child);
  }
  return all;
}

std::set<ChildIndex> TreeModel::cascade(GroupIndex group, const std::set<ChildIndex>& failed) const {
  switch (plan_.groups[group].policy.strategy) {
    case Strategy::one_for_one:
      return failed;
    case Strategy::one_for_all:
      return leaves(group);
    case Strategy::rest_for_one:
      break;
  }
  std::set<ChildIndex> after;
  for (const ChildIndex child : failed)
    after.insert(plan_.children[child].after.begin(), plan_.children[child].after.end());
  const std::set<ChildIndex> eligible = leaves(group);
  std::set<ChildIndex> all = failed;
  std::ranges::set_intersection(after, eligible, std::inserter(all, all.end()));
  return all;
}

Verdict TreeModel::child_failed(ChildIndex child, TimePoint now) {
  if (plan_.children[child].restart == RestartType::temporary) return LeaveEnded{};
  std::vector<GroupIndex> escalated;
  std::set<ChildIndex> failed = {child};
  for (std::optional<GroupIndex> group = plan_.children[child].group; group;) {
    const RestartPolicy& policy = plan_.groups[*group].policy;
    if (within_window(*group, now) + 1 > policy.max_restarts) {
      escalated.push_back(*group);
      failed = leaves(*group);
      group = *group == kRootGroup ? std::nullopt : std::optional(plan_.groups[*group].parent);
      continue;
    }
    const std::set<ChildIndex> all = cascade(*group, failed);
    Duration delay{0};
    if (const std::size_t before = since_healthy(*group, now); before > 0) {
      delay = policy.backoff.initial;
      for (std::size_t doubled = 1; doubled < before; ++doubled)
        delay = std::min(2 * delay, policy.backoff.max);
      delay = std::min(delay, policy.backoff.max);
    }
    std::set<GroupIndex> begun_again;
    for (const GroupIndex below : groups_in(*group)) {
      if (std::ranges::includes(all, leaves(below))) begun_again.insert(below);
    }
    diary_.push_back({now, now + delay, *group, begun_again});
    return Restart{{all.begin(), all.end()}, delay, *group, escalated};
  }
  return GiveUp{escalated};
}

Verdict TreeModel::child_ended(ChildIndex child, TimePoint now) {
  return plan_.children[child].restart == RestartType::permanent ? child_failed(child, now) : LeaveEnded{};
}

}  // namespace weir::testing
