// Decides about restarts: who is begun again when a child fails, after what delay, and when to give up.
//
// Children are the stages of a graph or the threads of a weir::Supervisor. A tree knows nothing of either: it
// is told what happened and when, and answers what to do. Its answers depend on plan, history and the times
// that it is told, and on nothing else. Not synchronised: the owner guards it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "weir/restart_policy.hpp"

namespace weir {

using ChildIndex = std::size_t;
using GroupIndex = std::size_t;
inline constexpr GroupIndex kRootGroup = 0;

struct TreeGroup {
  std::string name = {};
  GroupIndex parent = kRootGroup;  ///< of the root: itself
  RestartPolicy policy = {};
};

struct TreeChild {
  GroupIndex group = kRootGroup;
  RestartType restart = RestartType::transient;
  std::vector<ChildIndex> after = {};  ///< all that rest_for_one takes along, of whatever group; itself not
};

struct TreePlan {
  std::vector<TreeGroup> groups = {TreeGroup{}};  ///< the root first, every parent before its children
  std::vector<TreeChild> children = {};
  std::uint64_t seed = 1;
};

/// These are to be begun again, after `delay`. Counted as one restart of `group`.
struct Restart {
  std::vector<ChildIndex>
      children;  ///< in the plan's order; the failed one always, temporary ones never else
  Duration delay{0};
  GroupIndex group = kRootGroup;
  std::vector<GroupIndex> escalated = {};  ///< groups that gave up on the way there, the innermost first
};

/// The root gave up too.
struct GiveUp {
  std::vector<GroupIndex> escalated;  ///< the root last
};

/// The child stays as it is: its restart type says so.
struct LeaveEnded {};

using Verdict = std::variant<Restart, GiveUp, LeaveEnded>;

class SupervisionTree {
 public:
  explicit SupervisionTree(TreePlan plan);

  /// A child failed, or beginning it anew did. `now` never goes back. A group whose restarts exceed its
  /// policy escalates: the group above treats it as a failed child of its own, which concerns all that is in
  /// it, and a group that is begun again forgets its history.
  Verdict child_failed(ChildIndex child, TimePoint now);
  /// A child came to its end without failing.
  Verdict child_ended(ChildIndex child, TimePoint now);

  const TreePlan& plan() const noexcept { return plan_; }
  /// Restarts that were decided, of all groups; a cascade is one.
  std::uint64_t restarts() const noexcept { return restarts_; }

 private:
  struct History {
    std::vector<TimePoint> restarts;  ///< within the policy's window, oldest first
    std::uint32_t since_healthy = 0;  ///< restarts since the group was last healthy
    TimePoint last_failure{};         ///< meaningful where since_healthy > 0
  };

  Verdict decide(ChildIndex child, TimePoint now);
  /// Whether `group` may restart once more at `now`; if so it is counted, and `delay` is set.
  bool admit(GroupIndex group, TimePoint now, Duration& delay);
  bool is_within(GroupIndex group, GroupIndex ancestor) const noexcept;
  void forget(GroupIndex group);

  TreePlan plan_;
  std::vector<History> histories_;  ///< one a group
  std::uint64_t restarts_ = 0;
};

}  // namespace weir
