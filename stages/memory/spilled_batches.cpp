#include "stages/memory/spilled_batches.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>
#include <utility>

#include "weir/error.hpp"

namespace weir {
namespace {

constexpr int kLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

// A context is some hundred KiB, and a stage has many writers: each thread has one for all.
ZSTD_CCtx& compression_context() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  return *context;
}

std::string compressed(const std::string& bytes) {
  std::string result(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(&compression_context(), result.data(), result.size(),
                                             bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0) throw Error(ErrorClass::resource, ZSTD_getErrorName(size));
  result.resize(size);
  return result;
}

}  // namespace

void SpillWriter::append(std::span<const ColumnPtr> columns, const RowSet& rows) {
  write_block_if_full();
  collect(columns, rows);
}

void SpillWriter::collect(std::span<const ColumnPtr> columns, const RowSet& rows) {
  if (rows.size() == 0) return;
  const Mark before = mark();
  try {
    append_columns(pending_, columns, rows);
  } catch (...) {
    take_back(before);
    throw;
  }
  pending_rows_ += rows.size();
}

void SpillWriter::write_block_if_full() {
  if (pending_.size() >= batches_.file_->block_bytes()) write_block();
}

void SpillWriter::take_back(const Mark& to) noexcept {
  pending_.erase(to.bytes);
  pending_rows_ = to.rows;
}

void SpillWriter::write_block() {
  const std::string bytes = compressed(pending_);
  batches_.blocks_.push_back({batches_.file_->append(bytes), bytes.size(), pending_.size(), pending_rows_});
  batches_.rows_ += std::exchange(pending_rows_, 0);
  batches_.block_bytes_max_ = std::max(batches_.block_bytes_max_, pending_.size());
  pending_.clear();
}

SpilledBatches SpillWriter::finish() && {
  if (pending_rows_ > 0) write_block();
  return std::move(batches_);
}

std::shared_ptr<const RecordBatch> SpillReader::next() {
  if (!block_) {
    if (next_block_ == batches_.blocks_.size()) return nullptr;
    read_block();
  }
  ReadColumns read = read_columns(block_, at_, *schema_);
  auto batch = std::make_shared<const RecordBatch>(schema_, std::move(read.columns),
                                                   RowSet::range(0, read.rows), nullptr, read.end - at_);
  at_ = read.end;
  if (at_ == block_size_) block_.reset();
  return batch;
}

void SpillReader::read_block() {
  const SpilledBatches::Block& block = batches_.blocks_[next_block_];
  std::vector<char> packed(block.compressed_bytes);
  batches_.file_->read(block.offset, packed.data(), packed.size());
  auto bytes = std::make_shared<std::vector<char>>(block.bytes + StringSlot::kInline);
  const std::size_t size = ZSTD_decompress(bytes->data(), block.bytes, packed.data(), packed.size());
  if (ZSTD_isError(size) != 0 || size != block.bytes)
    throw IoError("records put on disk cannot be read back: they have changed there");
  block_ = std::move(bytes);
  block_size_ = block.bytes;
  at_ = 0;
  ++next_block_;
}

}  // namespace weir
