// What a supervision tree should answer, written to be obviously right and nothing else: it keeps a diary of
// everything that happened, and reads it from the beginning each time it is asked.
//
// For one thread.
#pragma once

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "engine/supervision/supervision_tree.hpp"

namespace weir::testing {

class TreeModel {
 public:
  explicit TreeModel(TreePlan plan) : plan_(std::move(plan)) {}

  Verdict child_failed(ChildIndex child, TimePoint now);
  Verdict child_ended(ChildIndex child, TimePoint now);

 private:
  /// A restart that was decided, and the groups that it began again.
  struct Entry {
    TimePoint at;
    TimePoint due;
    GroupIndex decided_by;
    std::set<GroupIndex> begun_again;
  };

  /// The restarts that a group still remembers, oldest first.
  std::vector<Entry> remembered(GroupIndex group) const;
  std::size_t within_window(GroupIndex group, TimePoint now) const;
  std::size_t since_healthy(GroupIndex group, TimePoint now) const;
  /// The children of a group and of all groups in it, less those that are temporary.
  std::set<ChildIndex> leaves(GroupIndex group) const;
  std::set<GroupIndex> groups_in(GroupIndex group) const;
  std::set<ChildIndex> cascade(GroupIndex group, const std::set<ChildIndex>& failed) const;

  TreePlan plan_;
  std::vector<Entry> diary_;
};

}  // namespace weir::testing
