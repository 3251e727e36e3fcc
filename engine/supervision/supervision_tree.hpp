// Decides about restarts: who is begun again when a child fails, after what delay, and when to give up.
//
// Children are the stages of a graph or the threads of a weir::Supervisor. A tree knows nothing of either: it
// is told what happened and when, and answers what to do. Its answers depend on plan, history and the times
// that it is told, and on nothing else. Not synchronised: the owner guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
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
///
/// Where `group` decides for itself, `children` are those that its strategy names. Where a group below it
/// gave up, that whole group is the child that failed: one_for_one takes all that is in it, rest_for_one also
/// what is `after` any of these, one_for_all all that is in `group`. In each case "in" means: or in a group
/// below.
struct Restart {
  std::vector<ChildIndex>
      children;  ///< in the plan's order; the failed one always, temporary ones never else
  Duration delay{0};
  GroupIndex group = kRootGroup;
  std::vector<GroupIndex> escalated = {};  ///< groups that gave up on the way there, the innermost first
};

/// The root gave up too.
struct GiveUp {
  std::vector<GroupIndex> escalated;  ///< the innermost first, the root last
};

/// The child stays as it is: its restart type says so.
struct LeaveEnded {};

using Verdict = std::variant<Restart, GiveUp, LeaveEnded>;

class SupervisionTree {
 public:
  /// Requires a plan whose groups stand below groups named before them, and whose children name groups and
  /// children that are there.
  explicit SupervisionTree(TreePlan plan);

  /// A child failed, or beginning it anew did. `now` never goes back.
  ///
  /// A group's first restart is immediate and the next wait as its backoff says; once it was well for
  /// `healthy_after`, from when its last restart was due, they count anew. A group that has made
  /// `max_restarts` in the last `within` (a restart just as old still counts) escalates: the group above
  /// treats it as a failed child of its own, by its own policy and history. Groups below the deciding one of
  /// which every child is begun again forget their history.
  ///
  /// A temporary child is left ended, whatever came of it, and stays out of every cascade.
  Verdict child_failed(ChildIndex child, TimePoint now);
  /// A child came to its end without failing: a permanent one is treated as if it had failed.
  Verdict child_ended(ChildIndex child, TimePoint now);

  const TreePlan& plan() const noexcept { return plan_; }
  /// Restarts that were decided, of all groups; a cascade is one.
  std::uint64_t restarts() const noexcept { return restarts_; }

 private:
  /// One flag a child of the plan.
  using ChildSet = std::vector<bool>;

  struct History {
    std::deque<TimePoint> restarts;   ///< within the policy's window, oldest first
    std::uint32_t since_healthy = 0;  ///< restarts since the group was last healthy
    TimePoint due{};                  ///< when the last of them was; meaningful where since_healthy > 0
  };

  /// Whether `group` may restart once more at `now`; if so it is counted, and `delay` is set.
  bool admit(GroupIndex group, TimePoint now, Duration& delay);
  /// All that `group` begins again when `failed` did, by its strategy.
  ChildSet affected(GroupIndex group, const ChildSet& failed) const;
  /// The children in `group` or below it that may be begun again.
  ChildSet restartable_in(GroupIndex group) const;
  bool is_within(GroupIndex group, GroupIndex ancestor) const noexcept;
  void forget_groups_begun_again(GroupIndex below, const ChildSet& begun_again);

  const TreePlan plan_;
  std::vector<History> histories_;  ///< one a group
  std::uint64_t restarts_ = 0;
};

}  // namespace weir
