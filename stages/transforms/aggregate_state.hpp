// What a worker of an aggregation has collected: groups in memory and, when memory has become scarce, rows of
// further groups on disk.
//
// From then on the groups in memory are those that were known by then; their rows still go there, and all
// others to partitions by a hash of their keys. When the input has ended, each partition is aggregated by
// itself, in the same way, and the groups of all are put into the order in which they first appeared by a
// sort, which may go to disk too. So the output is the same whatever the memory. A batch is taken in whole
// or, when something throws, not at all. One thread at a time.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stages/transforms/aggregate_table.hpp"
#include "stages/transforms/row_partitions.hpp"
#include "stages/transforms/sort_state.hpp"
#include "stages/transforms/spilled_rows.hpp"
#include "weir/memory_budget.hpp"
#include "weir/transform.hpp"

namespace weir {

/// An aggregation as far as its states know it. They only read it.
struct AggregateShape {
  std::vector<Type> key_types;
  std::vector<AggregateExpression::Call> calls;
  std::shared_ptr<const Schema> schema;  ///< of the output
  /// The output's columns for some groups of a table. What cannot be computed is an error of its row, the
  /// place in `groups`.
  std::function<std::vector<ColumnPtr>(AggregateTable& table, std::span<const GroupId> groups,
                                       RowErrors& errors)>
      results;
};

/// Groups that come out together; none at all is possible.
struct GroupsOut {
  std::vector<ColumnPtr> columns;
  std::size_t rows = 0;
  RowErrors errors;
  Cursor next = kDone;
};

class AggregateState final : public State {
 public:
  AggregateState(std::shared_ptr<const AggregateShape> shape, MemoryClaim claim, unsigned level = 0);

  /// Takes in rows of a batch.
  void take(const AggregateRows& input);
  void absorb(AggregateState& other);

  /// Once everything is taken in: the next groups in the order in which they appeared. `at` is 0, then what
  /// was answered; what was asked for last may be asked for again.
  GroupsOut output(Cursor at);

  std::size_t bytes() const noexcept override;

 private:
  RowPartitions& partitions();
  GroupsOut table_output(Cursor at);
  GroupsOut spilled_output(Cursor at);
  GroupsOut sorted_output(std::size_t at);
  void take_step(std::size_t step, SortState& sorted);
  void take_back_known_rows();
  void put_table(SortState& sorted);
  void aggregate_partition(std::size_t partition, SortState& sorted);

  std::shared_ptr<const AggregateShape> shape_;
  MemoryClaim claim_;  ///< for what bytes() says
  unsigned level_;     ///< how often the rows have been parted already
  SpilledRows rows_;   ///< how they lie on disk
  std::unique_ptr<AggregateTable> table_;
  bool absorbed_ = false;                    ///< others' groups, of which rows may be on disk
  std::optional<RowPartitions> partitions_;  ///< once rows go to disk
  std::unique_ptr<SortState> sorted_;  ///< groups that are ready, while the output is made of what is on disk
  std::size_t steps_done_ = 0;
  std::exception_ptr failure_;  ///< of a step, which cannot be taken again
};

}  // namespace weir
