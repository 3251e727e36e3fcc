// What an aggregation knows of its groups: their keys, where each was seen first, and the values so far.
//
// It is filled with batches in any order; absorbing merges two. The result depends on neither. A batch is
// taken in whole or, when something throws, not at all. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/transforms/group_keys.hpp"
#include "stages/transforms/record_place.hpp"

namespace weir {

/// What a call of an aggregate function is computed of in a batch; what it has none of is null.
struct CallColumns {
  ColumnPtr argument;
  ColumnPtr key;
  ColumnPtr filter;  ///< booleans
};

/// Rows of a batch as an aggregation takes them in.
struct AggregateRows {
  std::span<const ColumnPtr> keys;
  std::span<const CallColumns> calls;  ///< one a call
  RowSet rows;
  RowPlaces places;
};

class AggregateTable {
 public:
  AggregateTable(std::vector<Type> key_types, std::span<const AggregateExpression::Call> calls);

  void take(const AggregateRows& input);
  /// Takes in the rows whose groups are known already. The others are handed to `put_aside`, if there are
  /// any; when that throws, nothing is taken in.
  void take_known(const AggregateRows& input, const std::function<void(const RowSet& rest)>& put_aside);

  void absorb(AggregateTable& other);

  std::size_t size() const noexcept { return keys_->size(); }
  /// All groups, in the order in which they appeared. Valid until a batch or a table is taken in.
  std::span<const GroupId> in_order();
  const RecordPlace& first_place(GroupId group) const noexcept { return first_[group]; }

  std::vector<ColumnPtr> keys(std::span<const GroupId> groups) const { return keys_->columns(groups); }
  /// The results of one call; see Accumulator::result.
  ColumnPtr result(std::size_t call, std::span<const GroupId> groups, RowErrors& errors) {
    return accumulators_[call]->result(groups, errors);
  }

  std::size_t bytes() const noexcept;

 private:
  /// The rows of a batch that a call's filter lets pass, and their groups.
  struct FilteredRows {
    RowSet rows;
    std::vector<GroupId> groups;
  };

  void make_room(const AggregateRows& input);
  void prepare(const AggregateRows& input);
  void update(const AggregateRows& input, std::size_t known) noexcept;
  RowSet part_known(const RowSet& rows, RowSet& rest);
  void filter(std::size_t call, const Column& passes, const RowSet& rows);
  void note_appearances(const AggregateRows& input, std::size_t known) noexcept;
  GroupedRows grouped(std::size_t call, const AggregateRows& input) const noexcept;

  std::unique_ptr<GroupKeys> keys_;
  std::vector<std::unique_ptr<Accumulator>> accumulators_;
  std::vector<RecordPlace> first_;  ///< of each group
  Place latest_;  ///< the highest so far: a batch from behind it changes no group's first appearance
  std::vector<GroupId> row_groups_;     ///< of the batch in hand
  std::vector<FilteredRows> filtered_;  ///< of it, a call that has a filter
  std::vector<GroupId> order_;
};

}  // namespace weir
