// Rows on disk, apart by a hash of their keys: equal keys are in one partition, so that each can be processed
// by itself in a fraction of the memory.
//
// A partition that is still too large is parted again, one level deeper, by other bits of the hash. Several
// workers have one each, and all are absorbed into one, which is closed and then read. One thread at a time.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "stages/memory/spilled_batches.hpp"

namespace weir {

class RowPartitions {
 public:
  static constexpr std::size_t kCount = 16;
  /// What is too large after so many levels, a part in 65,536, is so because many records have one key.
  static constexpr unsigned kLevelMax = 3;

  RowPartitions(std::shared_ptr<SpillFile> file, unsigned level);

  /// Writes what has come together to disk. Throws as SpillFile does, and may be called again.
  void write_blocks();
  /// Adds rows of columns by `keys`, which have Encoding::values: to memory, for write_blocks. When it
  /// throws, nothing was added.
  void add(std::span<const ColumnPtr> keys, std::span<const ColumnPtr> columns, const RowSet& rows);
  /// Takes over the rows of the other, which is closed by it.
  void absorb(RowPartitions& other);
  /// Nothing can be added any more.
  void close();

  /// After close: hands over a partition's rows.
  std::vector<SpilledBatches> take(std::size_t partition) { return std::exchange(closed_[partition], {}); }
  /// After close: puts rows of that partition there.
  void put(std::size_t partition, SpilledBatches rows) { closed_[partition].push_back(std::move(rows)); }
  const std::shared_ptr<SpillFile>& file() const noexcept { return file_; }

  std::size_t bytes() const noexcept;

 private:
  std::array<RowSet, kCount> parted(std::span<const ColumnPtr> keys, const RowSet& rows) const;

  std::shared_ptr<SpillFile> file_;
  unsigned level_;
  std::vector<SpillWriter> writers_;  ///< one a partition, until it is closed
  std::array<std::vector<SpilledBatches>, kCount> closed_;
};

}  // namespace weir
