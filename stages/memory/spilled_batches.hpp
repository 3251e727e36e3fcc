// Batches on disk: written one behind another, and read back in that order.
//
// Some batches together are a block, compressed by zstd. A writer and a reader hold about one block in memory
// each. One thread each; what has been written may be read by several readers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stages/memory/batch_codec.hpp"
#include "stages/memory/spill_file.hpp"

namespace weir {

/// What a SpillWriter has written.
class SpilledBatches {
 public:
  /// How many records there are.
  std::size_t rows() const noexcept { return rows_; }
  /// How much memory a reader of it takes.
  std::size_t reader_bytes() const noexcept { return block_bytes_max_; }

 private:
  friend class SpillWriter;
  friend class SpillReader;
  struct Block {
    std::uint64_t offset = 0;
    std::size_t compressed_bytes = 0;
    std::size_t bytes = 0;
    std::size_t rows = 0;
  };

  std::shared_ptr<SpillFile> file_;
  std::vector<Block> blocks_;
  std::size_t rows_ = 0;
  std::size_t block_bytes_max_ = 0;
};

class SpillWriter {
 public:
  explicit SpillWriter(std::shared_ptr<SpillFile> file) { batches_.file_ = std::move(file); }

  /// Writes `rows` of columns as a batch. Throws as SpillFile::append does.
  void append(std::span<const ColumnPtr> columns, const RowSet& rows);
  /// All that was written. The writer is used up.
  SpilledBatches finish() &&;

  /// `append` in two parts, for those who must be able to take back what they added: `collect` adds to memory
  /// alone, and nothing when it throws.
  void collect(std::span<const ColumnPtr> columns, const RowSet& rows);
  /// Throws as SpillFile::append does, and may be called again.
  void write_block_if_full();
  struct Mark {
    std::size_t bytes = 0;
    std::size_t rows = 0;
  };
  /// How much is collected; and back to it, where no block was written since.
  Mark mark() const noexcept { return {pending_.size(), pending_rows_}; }
  void take_back(const Mark& to) noexcept;

  /// How much memory it holds.
  std::size_t bytes() const noexcept { return pending_.capacity(); }

 private:
  void write_block();

  SpilledBatches batches_;
  std::string pending_;
  std::size_t pending_rows_ = 0;
};

class SpillReader {
 public:
  /// The batches have this schema.
  SpillReader(SpilledBatches batches, std::shared_ptr<const Schema> schema)
      : batches_(std::move(batches)), schema_(std::move(schema)) {}

  /// The next batch; null at the end. When it throws, it may be called again.
  std::shared_ptr<const RecordBatch> next();

 private:
  void read_block();

  SpilledBatches batches_;
  std::shared_ptr<const Schema> schema_;
  std::size_t next_block_ = 0;
  SpillBlock block_;            ///< null: the next one is to be read
  std::size_t block_size_ = 0;  ///< without what lies behind it
  std::size_t at_ = 0;          ///< in it
};

}  // namespace weir
