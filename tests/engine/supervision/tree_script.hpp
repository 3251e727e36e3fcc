// Supervision trees in a few words, and their answers as a line of text, so that a test reads as a protocol.
//
// For one thread.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "engine/supervision/supervision_tree.hpp"

namespace weir::testing {

/// What tests ask for unless they say otherwise: 5 restarts in 30 s, 100 ms doubling up to 10 s without
/// jitter, well again after 60 s.
inline RestartPolicy policy(Strategy strategy = Strategy::one_for_one, std::uint32_t max_restarts = 5) {
  return {.strategy = strategy,
          .max_restarts = max_restarts,
          .within = std::chrono::seconds(30),
          .backoff = {std::chrono::milliseconds(100), std::chrono::seconds(10), 0},
          .healthy_after = std::chrono::seconds(60)};
}

inline TreeGroup root(RestartPolicy its_policy = policy()) {
  return {.name = "root", .parent = kRootGroup, .policy = its_policy};
}
inline TreeGroup group(std::string name, GroupIndex parent, RestartPolicy its_policy = policy()) {
  return {.name = std::move(name), .parent = parent, .policy = its_policy};
}

inline TreeChild child_of(GroupIndex group, RestartType restart = RestartType::transient,
                          std::initializer_list<ChildIndex> after = {}) {
  return {.group = group, .restart = restart, .after = after};
}

/// Children that start one after another, as threads do: all that are named later are `after`.
TreePlan in_order(std::vector<TreeGroup> groups, std::vector<TreeChild> children);

/// "root restarts 0 2 after 100ms", "inner gives up; root restarts 0 after 0ms", "root gives up" or
/// "left ended".
std::string to_text(const Verdict& verdict, const TreePlan& plan);

/// A tree that is told what happens at times since its beginning.
class TreeScript {
 public:
  explicit TreeScript(TreePlan plan) : tree_(std::move(plan)) {}

  std::string fails(ChildIndex child, Duration at) {
    return to_text(tree_.child_failed(child, kBegin + at), tree_.plan());
  }
  std::string ends(ChildIndex child, Duration at) {
    return to_text(tree_.child_ended(child, kBegin + at), tree_.plan());
  }
  const SupervisionTree& tree() const { return tree_; }

 private:
  static constexpr TimePoint kBegin{std::chrono::hours(1)};
  SupervisionTree tree_;
};

}  // namespace weir::testing
