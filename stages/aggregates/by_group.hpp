// Items put together by the group each belongs to: a counting sort, stable. Immutable once made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "stages/transforms/group_table.hpp"

namespace weir {

class ByGroup {
 public:
  ByGroup() = default;
  /// `groups`: of each item, below `group_count`.
  ByGroup(std::span<const GroupId> groups, std::size_t group_count) : begins_(group_count + 1) {
    for (const GroupId group : groups)
      ++begins_[group + 1];
    for (std::size_t group = 0; group < group_count; ++group)
      begins_[group + 1] += begins_[group];
  }

  /// The items, of the groups that this was made of, group after group.
  template <class T>
  std::vector<T> arranged(std::span<const T> items, std::span<const GroupId> groups) const {
    std::vector<T> arranged(items.size());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < items.size(); ++i)
      arranged[next[groups[i]]++] = items[i];
    return arranged;
  }

  /// How many items a group has.
  std::size_t count(GroupId group) const noexcept { return begins_[group + 1] - begins_[group]; }
  /// A group's part of what was arranged.
  template <class T>
  std::span<T> of(GroupId group, std::span<T> arranged) const noexcept {
    return arranged.subspan(begins_[group], count(group));
  }

  std::size_t bytes() const noexcept { return begins_.capacity() * sizeof(std::size_t); }

 private:
  std::vector<std::size_t> begins_;  ///< of each group, and the end
};

/// Makes room for `more` items, so that adding them cannot fail, and often enough not to copy all each time.
template <class T>
void make_room(std::vector<T>& items, std::size_t more) {
  if (items.size() + more > items.capacity())
    items.reserve(std::max(items.size() + more, 2 * items.capacity()));
}

}  // namespace weir
