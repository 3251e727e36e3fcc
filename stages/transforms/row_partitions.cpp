#include "stages/transforms/row_partitions.hpp"

#include <utility>

#include "stages/transforms/key_hash.hpp"
#include "stages/transforms/row_encoding.hpp"

namespace weir {
namespace {

constexpr unsigned kBitsOfLevel = 4;
static_assert(RowPartitions::kCount == std::size_t{1} << kBitsOfLevel);
static_assert((RowPartitions::kLevelMax + 1) * kBitsOfLevel <= 64);

// From the highest bits down: the tables that partitions are processed with use the lowest ones.
std::size_t partition_of(std::uint64_t hash, unsigned level) noexcept {
  return hash >> (64 - kBitsOfLevel * (level + 1)) & (RowPartitions::kCount - 1);
}

}  // namespace

RowPartitions::RowPartitions(std::shared_ptr<SpillFile> file, unsigned level)
    : file_(std::move(file)), level_(level) {
  writers_.reserve(kCount);
  for (std::size_t i = 0; i < kCount; ++i)
    writers_.emplace_back(file_);
}

void RowPartitions::write_blocks() {
  for (SpillWriter& writer : writers_)
    writer.write_block_if_full();
}

std::array<RowSet, RowPartitions::kCount> RowPartitions::parted(std::span<const ColumnPtr> keys,
                                                                const RowSet& rows) const {
  const EncodedRows encoded = encode_rows(keys, rows);
  std::array<std::shared_ptr<std::vector<std::uint32_t>>, kCount> lists;
  for (auto& list : lists)
    list = std::make_shared<std::vector<std::uint32_t>>();
  auto key = encoded.slots.begin();
  rows.for_each([&](std::size_t row) {
    lists[partition_of(hash_of(*key++), level_)]->push_back(static_cast<std::uint32_t>(row));
  });
  std::array<RowSet, kCount> parts;
  for (std::size_t i = 0; i < kCount; ++i)
    parts[i] = RowSet::list(std::move(lists[i]));
  return parts;
}

void RowPartitions::add(std::span<const ColumnPtr> keys, std::span<const ColumnPtr> columns,
                        const RowSet& rows) {
  const std::array<RowSet, kCount> parts = parted(keys, rows);
  std::array<SpillWriter::Mark, kCount> before;
  for (std::size_t i = 0; i < kCount; ++i)
    before[i] = writers_[i].mark();
  try {
    for (std::size_t i = 0; i < kCount; ++i)
      writers_[i].collect(columns, parts[i]);
  } catch (...) {
    for (std::size_t i = 0; i < kCount; ++i)
      writers_[i].take_back(before[i]);
    throw;
  }
}

void RowPartitions::close() {
  for (std::size_t i = 0; i < writers_.size(); ++i)
    closed_[i].push_back(std::move(writers_[i]).finish());
  writers_.clear();
}

void RowPartitions::absorb(RowPartitions& other) {
  other.close();
  for (std::size_t i = 0; i < kCount; ++i)
    for (SpilledBatches& rows : other.take(i))
      put(i, std::move(rows));
}

std::size_t RowPartitions::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const SpillWriter& writer : writers_)
    bytes += writer.bytes();
  return bytes;
}

}  // namespace weir
