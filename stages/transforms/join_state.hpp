// What a join has collected of its right input: in memory, or, when that became scarce, on disk with both.
//
// While the right input is read, each worker has one; they are absorbed into one, which `finish` makes ready.
// After that it is shared by all workers: it is only read or, where it is on disk, takes in the left input.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/transforms/join_build.hpp"
#include "stages/transforms/join_on_disk.hpp"
#include "weir/memory_budget.hpp"

namespace weir {

class JoinState final : public State {
 public:
  /// `level`: 0, or how often the records, which then carry their places, have been parted already.
  JoinState(std::shared_ptr<const Joining> joining, MemoryClaim claim, unsigned level = 0);

  /// Takes in `rows` of a batch of the right input, with its keys.
  void collect(std::shared_ptr<const RecordBatch> batch, const RowSet& rows, std::vector<ColumnPtr> keys,
               const Place& place);
  void absorb(JoinState& other);
  /// The right input has ended.
  void finish();

  /// Null: all is in memory.
  JoinOnDisk* disk() const noexcept { return disk_.get(); }
  /// After finish, where all is in memory.
  const JoinBuild& build() const noexcept { return build_; }

  std::size_t bytes() const noexcept override { return build_.bytes() + (disk_ ? disk_->bytes() : 0); }

 private:
  void go_to_disk();
  void add_to_disk(JoinOnDisk& disk, const JoinBuild::Collected& collected) const;

  std::shared_ptr<const Joining> joining_;
  MemoryClaim claim_;  ///< for what is in memory; what is on disk has its own
  unsigned level_;
  JoinBuild build_;
  std::unique_ptr<JoinOnDisk> disk_;
};

}  // namespace weir
