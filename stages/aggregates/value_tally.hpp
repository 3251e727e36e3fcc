// Which values each group has, how often, and where each stood first. NULLs are not counted.
//
// Taken in like an accumulator: `prepare` may throw and changes nothing that shows, `update` cannot fail. One
// thread.
#pragma once

#include <span>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/by_group.hpp"
#include "stages/transforms/group_keys.hpp"

namespace weir {

class ValueTally {
 public:
  /// A value in a group, by number.
  using Pair = GroupId;

  explicit ValueTally(Type type);

  void resize(std::size_t groups) noexcept { group_count_ = groups; }
  void prepare(const GroupedRows& rows);
  void update(const GroupedRows& rows) noexcept;
  void absorb(ValueTally& other, std::span<const GroupId> groups);

  /// Once everything was taken in: a group's values, in the order in which they came first.
  std::span<const Pair> of(GroupId group);
  std::int64_t count(Pair pair) const noexcept { return pairs_[pair].count; }
  /// The values of pairs, as a column.
  ColumnPtr values(std::span<const Pair> pairs) const;

  std::size_t bytes() const noexcept;

 private:
  struct Counted {
    GroupId group;
    std::int64_t count;
    RecordPlace first;
  };

  void number(const ColumnPtr& values, const RowSet& rows, std::span<const GroupId> groups);
  void forget_uncounted() noexcept;
  void arrange();

  Type type_;
  std::unique_ptr<GroupKeys> keys_;  ///< of the group and the value
  std::vector<Counted> pairs_;  ///< those that were counted; what is numbered beyond them was only prepared
  std::size_t group_count_ = 0;

  // Of the batch in hand: its rows with a value, and their pairs.
  RowSet rows_;
  std::vector<GroupId> row_groups_;
  std::vector<Pair> row_pairs_;

  ByGroup by_group_;
  std::vector<Pair> arranged_;
  bool is_arranged_ = false;
};

}  // namespace weir
