#include "stages/transforms/window_state.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace weir {
namespace {

std::size_t first_row(const RecordBatch& batch) { return batch.rows() > 0 ? batch.row_set()[0] : 0; }

}  // namespace

void WindowState::collect(std::shared_ptr<const RecordBatch> batch, std::vector<ColumnPtr> partition,
                          const Place& place) {
  const std::size_t bytes = batch->bytes();
  SortChunk chunk{std::move(batch), {}, place, {}};
  for (std::size_t key = spec_->key_begin(); key < spec_->call_begin(); ++key)
    chunk.keys.push_back(&chunk.batch->column(key));
  partition_keys_.push_back(std::move(partition));
  try {
    chunks_.push_back(std::move(chunk));
  } catch (...) {
    partition_keys_.pop_back();
    throw;
  }
  held_bytes_ += bytes;
}

void WindowState::absorb(WindowState& other) {
  std::move(other.chunks_.begin(), other.chunks_.end(), std::back_inserter(chunks_));
  std::move(other.partition_keys_.begin(), other.partition_keys_.end(), std::back_inserter(partition_keys_));
  held_bytes_ += std::exchange(other.held_bytes_, 0);
  other.chunks_.clear();
  other.partition_keys_.clear();
}

void WindowState::finish() {
  if (finished_) return;
  order_.resize(chunks_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) {
    const auto begin = [this](std::size_t chunk) {
      return std::pair(chunks_[chunk].place, first_row(*chunks_[chunk].batch));
    };
    return begin(a) < begin(b);
  });
  Results results(chunks_.size());
  for (auto& of_chunk : results)
    of_chunk.resize(spec_->calls.size());
  for (const std::vector<WindowRow>& rows : partitions())
    for (std::size_t call = 0; call < spec_->calls.size(); ++call)
      compute(rows, call, results);
  RowGatherer::Batches batches;
  for (const SortChunk& chunk : chunks_)
    batches.push_back(chunk.batch);
  gatherer_ = std::make_unique<const RowGatherer>(spec_->schema, std::move(batches));
  results_ = std::move(results);
  finished_ = true;
}

// The records of each partition, in order.
std::vector<std::vector<WindowRow>> WindowState::partitions() const {
  const auto partition_keys = GroupKeys::make(spec_->partition_types);
  std::vector<Type> order_types;
  for (std::size_t key = spec_->key_begin(); key < spec_->call_begin(); ++key)
    order_types.push_back((*spec_->schema)[key].type);
  const auto order_keys = GroupKeys::make(order_types);
  std::vector<std::vector<WindowRow>> partitions;
  for (const std::size_t number : order_) {
    const SortChunk& chunk = chunks_[number];
    const RowSet& rows = chunk.batch->row_set();
    std::vector<GroupId> groups(rows.size());
    std::vector<GroupId> peers(rows.size());
    partition_keys->number(partition_keys_[number], rows, groups.data());
    const auto& columns = chunk.batch->columns();
    const auto key = columns.begin() + static_cast<std::ptrdiff_t>(spec_->key_begin());
    order_keys->number({key, spec_->descending.size()}, rows, peers.data());
    partitions.resize(partition_keys->size());
    std::vector<SortEntry> entries;
    if (!spec_->descending.empty())
      entries = make_entries(chunk, static_cast<std::uint32_t>(number), rows, spec_->descending);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const SortEntry entry =
          !entries.empty()
              ? entries[i]
              : SortEntry{{}, {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(rows[i])}};
      partitions[groups[i]].push_back({entry, peers[i]});
    }
  }
  if (spec_->descending.empty()) return partitions;
  const SortOrder order(chunks_, spec_->descending);
  for (std::vector<WindowRow>& rows : partitions)
    std::sort(rows.begin(), rows.end(),
              [&](const WindowRow& a, const WindowRow& b) { return order(a.entry, b.entry); });
  return partitions;
}

std::vector<ColumnPtr> WindowState::results(std::size_t number, RowErrors& errors) const {
  const std::size_t chunk = order_[number];
  const std::size_t rows = chunks_[chunk].batch->physical_rows();
  std::vector<ColumnPtr> columns;
  for (std::size_t call = 0; call < spec_->calls.size(); ++call) {
    const Result& result = results_[chunk][call];
    if (spec_->calls[call].is_a_value()) {
      columns.push_back(
          gatherer_->gather(spec_->call_begin() + call, result.values, GatheredStrings::shared));
      continue;
    }
    ColumnBuilder builder(spec_->calls[call].result.type, rows);
    std::copy(result.numbers.begin(), result.numbers.end(), builder.values<std::int64_t>());
    std::copy(result.doubles.begin(), result.doubles.end(), builder.values<double>());
    for (std::size_t row = 0; row < result.nulls.size(); ++row)
      if (result.nulls[row]) builder.set_null(row);
    for (const std::size_t row : result.overflows)
      errors.add(row, "the running sum `" + spec_->calls[call].result.name + "` does not fit an int64");
    columns.push_back(std::move(builder).finish());
  }
  return columns;
}

std::size_t WindowState::bytes() const noexcept {
  std::size_t bytes = held_bytes_;
  for (const auto& of_chunk : results_)
    for (const Result& result : of_chunk)
      bytes += result.values.capacity() * sizeof(RowRef) +
               (result.numbers.capacity() + result.doubles.capacity()) * sizeof(std::int64_t);
  return bytes;
}

}  // namespace weir
