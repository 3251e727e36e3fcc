// A join whose right input memory does not hold: both inputs go to disk, apart by their keys, and are joined
// one partition at a time.
//
// What comes out is put into the order of the left input, then of the right, by a sort, which may go to disk
// too: so it is what a join in memory gives, in the same order. For that each record carries where it stood
// in columns of its own. A partition whose right side memory does not hold either is parted again.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "stages/transforms/join_transform.hpp"
#include "stages/transforms/row_partitions.hpp"
#include "stages/transforms/sort_state.hpp"

namespace weir {

/// The same join of records that carry their places, as the last columns of each side.
std::shared_ptr<const Joining> with_places(const Joining& joining);

/// Records with the columns of their places. `batch` keeps its rows.
std::shared_ptr<const RecordBatch> with_places(const RecordBatch& batch,
                                               const std::shared_ptr<const Schema>& schema,
                                               const Place& place);

class JoinOnDisk {
 public:
  /// `joining`: of records with places.
  JoinOnDisk(std::shared_ptr<const Joining> joining, std::shared_ptr<MemoryBudget> budget, unsigned level);

  const std::shared_ptr<const Joining>& joining() const noexcept { return joining_; }

  /// Adds `rows` of a batch that has its places, by their keys. When it throws, nothing was added. Those of
  /// the left from any thread.
  void add_right(const RecordBatch& batch, const RowSet& rows, std::span<const ColumnPtr> keys);
  void add_left(const RecordBatch& batch, const RowSet& rows, std::span<const ColumnPtr> keys);
  void absorb(JoinOnDisk& other);

  /// Once both inputs have ended: the next records in order. `at` is 0, then what was answered; what was
  /// asked for last may be asked for again. `output`: the schema, without places.
  Cursor output(Cursor at, const std::shared_ptr<const Schema>& output, Emitter& out);

  std::size_t bytes() const noexcept { return right_.bytes() + left_.bytes(); }

 private:
  class Results;

  void add(RowPartitions& side, const RecordBatch& batch, const RowSet& rows,
           std::span<const ColumnPtr> keys);
  void close();
  void join_partition(std::size_t partition, Results& results);

  std::shared_ptr<const Joining> joining_;
  std::shared_ptr<MemoryBudget> budget_;
  unsigned level_;
  RowPartitions right_;
  std::mutex left_mutex_;
  RowPartitions left_;  ///< until both inputs have ended, guarded by left_mutex_
  MemoryClaim claim_;   ///< for what bytes() says; guarded likewise, once the right input has ended

  // While it gives out:
  struct Progress;
  std::shared_ptr<Progress> progress_;
};

}  // namespace weir
