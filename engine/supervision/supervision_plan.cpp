#include "engine/supervision/supervision_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "engine/graph/topology.hpp"

namespace weir {
namespace {

std::vector<StageIndex> downstream_of(const Graph& graph, StageIndex stage) {
  std::set<StageIndex> reached;
  std::vector<StageIndex> ahead{stage};
  while (!ahead.empty()) {
    const StageIndex at = ahead.back();
    ahead.pop_back();
    for (const Edge& edge : graph.edges) {
      if (edge.from == at && reached.insert(edge.to).second) ahead.push_back(edge.to);
    }
  }
  return {reached.begin(), reached.end()};
}

bool can_be_restarted(const StageSpec& stage) {
  return stage.restart == RestartType::permanent ||
         (stage.restart == RestartType::transient && stage.on_error.may(RecoveryStep::Kind::restart));
}

bool is_within(const TreePlan& plan, GroupIndex group, GroupIndex ancestor) {
  while (group != ancestor && group != kRootGroup)
    group = plan.groups[group].parent;
  return group == ancestor;
}

/// All that one failure of `failed` may take along, whichever group decides.
std::set<StageIndex> concerned_by(const TreePlan& plan, StageIndex failed) {
  std::set<StageIndex> concerned{failed};
  GroupIndex group = plan.children[failed].group;
  while (true) {
    const Strategy strategy = plan.groups[group].policy.strategy;
    const std::set<StageIndex> so_far = concerned;
    for (StageIndex other = 0; other < plan.children.size(); ++other) {
      if (!is_within(plan, plan.children[other].group, group)) continue;
      const bool after = std::ranges::any_of(so_far, [&](StageIndex stage) {
        return std::ranges::find(plan.children[stage].after, other) != plan.children[stage].after.end();
      });
      if (strategy == Strategy::one_for_all || (strategy == Strategy::rest_for_one && after))
        concerned.insert(other);
    }
    if (group == kRootGroup) return concerned;
    for (StageIndex other = 0; other < plan.children.size(); ++other) {  // the group may fail as a whole
      if (is_within(plan, plan.children[other].group, group)) concerned.insert(other);
    }
    group = plan.groups[group].parent;
  }
}

}  // namespace

TreePlan supervision_plan(const Graph& graph, std::uint64_t seed) {
  TreePlan plan{.groups = {{.policy = graph.supervisor}}, .seed = seed};
  std::map<std::string, GroupIndex> placed{{"", kRootGroup}};
  // Every parent before its children, whatever the order they are given in.
  while (placed.size() <= graph.groups.size()) {
    for (const SupervisionGroup& group : graph.groups) {
      if (placed.contains(group.name) || !placed.contains(group.parent)) continue;
      placed[group.name] = plan.groups.size();
      plan.groups.push_back({.name = group.name, .parent = placed[group.parent], .policy = group.policy});
    }
  }
  for (StageIndex i = 0; i < graph.stages.size(); ++i) {
    const StageSpec& stage = graph.stages[i];
    plan.children.push_back(
        {.group = placed[stage.group], .restart = stage.restart, .after = downstream_of(graph, i)});
  }
  return plan;
}

std::vector<StageIndex> build_order(const Graph& graph) {
  auto order = topological_order(graph);
  std::reverse(order.begin(), order.end());
  std::ranges::stable_sort(order, {}, [&](StageIndex stage) {
    const StageSpec& spec = graph.stages[stage];
    return spec.is_sink() ? 0 : spec.is_transform() ? 1 : 2;
  });
  return order;
}

std::vector<bool> may_be_rebuilt(const Graph& graph) {
  const TreePlan plan = supervision_plan(graph, 0);
  std::vector<bool> rebuilt(graph.stages.size(), false);
  std::vector<StageIndex> ahead;
  for (StageIndex stage = 0; stage < graph.stages.size(); ++stage) {
    rebuilt[stage] = can_be_restarted(graph.stages[stage]);
    if (rebuilt[stage]) ahead.push_back(stage);
  }
  while (!ahead.empty()) {
    const StageIndex failed = ahead.back();
    ahead.pop_back();
    // Who is taken along may fail meanwhile, and takes along others than the first did.
    for (const StageIndex stage : concerned_by(plan, failed)) {
      if (rebuilt[stage] || graph.stages[stage].restart == RestartType::temporary) continue;
      rebuilt[stage] = true;
      ahead.push_back(stage);
    }
  }
  return rebuilt;
}

}  // namespace weir
