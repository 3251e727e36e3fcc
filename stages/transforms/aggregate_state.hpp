// What an aggregation knows of its groups: their keys, where each was seen first, and the values so far.
//
// A worker fills one with the batches it gets, in any order; absorbing merges two. The result depends on
// neither. A batch is taken in whole or, when something throws, not at all. One thread at a time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/transforms/group_keys.hpp"
#include "stages/transforms/record_place.hpp"
#include "weir/transform.hpp"

namespace weir {

class AggregateState final : public State {
 public:
  AggregateState(std::vector<Type> key_types, std::span<const AggregateExpression::Call> calls);

  /// What a call is computed of in a batch; what it has none of is null.
  struct CallColumns {
    ColumnPtr argument;
    ColumnPtr key;
    ColumnPtr filter;  ///< booleans
  };

  /// Takes in rows of a batch. `columns`: one a call.
  void take(std::span<const ColumnPtr> keys, std::span<const CallColumns> columns, const RowSet& rows,
            const Place& place);

  void absorb(AggregateState& other);

  /// All groups, in the order in which they appeared. Valid until a batch or a state is taken in.
  std::span<const GroupId> in_order();

  std::vector<ColumnPtr> keys(std::span<const GroupId> groups) const { return keys_->columns(groups); }
  /// The results of one call; see Accumulator::result.
  ColumnPtr result(std::size_t call, std::span<const GroupId> groups, RowErrors& errors) {
    return accumulators_[call]->result(groups, errors);
  }

  std::size_t bytes() const noexcept override;

 private:
  /// The rows of a batch that a call's filter lets pass, and their groups.
  struct FilteredRows {
    RowSet rows;
    std::vector<GroupId> groups;
  };

  void make_room(std::span<const ColumnPtr> keys, std::span<const CallColumns> columns, const RowSet& rows,
                 const Place& place);
  void filter(std::size_t call, const Column& passes, const RowSet& rows);
  void note_appearances(const RowSet& rows, const Place& place, std::size_t known) noexcept;
  GroupedRows grouped(std::size_t call, const CallColumns& columns, const RowSet& rows,
                      const Place& place) const noexcept;

  std::unique_ptr<GroupKeys> keys_;
  std::vector<std::unique_ptr<Accumulator>> accumulators_;
  std::vector<RecordPlace> first_;  ///< of each group
  Place latest_;  ///< the highest so far: a batch from behind it changes no group's first appearance
  std::vector<GroupId> row_groups_;     ///< of the batch in hand
  std::vector<FilteredRows> filtered_;  ///< of it, a call that has a filter
  std::vector<GroupId> order_;
};

}  // namespace weir
