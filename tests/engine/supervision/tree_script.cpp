#include "tests/engine/supervision/tree_script.hpp"

namespace weir::testing {
namespace {

std::string gave_up(const std::vector<GroupIndex>& groups, const TreePlan& plan) {
  std::string text;
  for (const GroupIndex group : groups)
    text += (text.empty() ? "" : "; ") + plan.groups[group].name + " gives up";
  return text;
}

}  // namespace

TreePlan in_order(std::vector<TreeGroup> groups, std::vector<TreeChild> children) {
  for (ChildIndex child = 0; child < children.size(); ++child) {
    for (ChildIndex later = child + 1; later < children.size(); ++later)
      children[child].after.push_back(later);
  }
  return {.groups = std::move(groups), .children = std::move(children)};
}

std::string to_text(const Verdict& verdict, const TreePlan& plan) {
  if (std::holds_alternative<LeaveEnded>(verdict)) return "left ended";
  if (const auto* end = std::get_if<GiveUp>(&verdict)) return gave_up(end->escalated, plan);
  const Restart& restart = std::get<Restart>(verdict);
  std::string text = gave_up(restart.escalated, plan);
  text += (text.empty() ? "" : "; ") + plan.groups[restart.group].name + " restarts";
  for (const ChildIndex child : restart.children)
    text += " " + std::to_string(child);
  const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(restart.delay);
  return text + " after " + std::to_string(delay.count()) + "ms";
}

}  // namespace weir::testing
