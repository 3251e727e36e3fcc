#include "stages/transforms/sort_state.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "stages/transforms/sort_candidates.hpp"

namespace weir {
namespace {

// How many records more than twice the limit are kept before those beyond the limit are let go.
constexpr std::size_t kSpareRows = 1024;

// Where the records of entries lie in a part of the chunks that begins with number `first_chunk`.
std::vector<RowRef> refs_of(std::span<const SortEntry> entries, std::uint32_t first_chunk = 0) {
  std::vector<RowRef> refs;
  refs.reserve(entries.size());
  for (const SortEntry& entry : entries)
    refs.push_back({entry.ref.batch - first_chunk, entry.ref.row});
  return refs;
}

RowGatherer gatherer_over(std::span<const SortChunk> chunks, const std::shared_ptr<const Schema>& schema) {
  RowGatherer::Batches batches;
  batches.reserve(chunks.size());
  for (const SortChunk& chunk : chunks)
    batches.push_back(chunk.batch);
  return RowGatherer(schema, std::move(batches));
}

}  // namespace

SortChunk SortState::chunk_of(std::shared_ptr<const RecordBatch> batch, const Place& place) const {
  return make_chunk(std::move(batch), spec_->key_begin(), spec_->schema->size(), place);
}

void SortState::take(std::shared_ptr<const RecordBatch> batch, const RowSet& rows, const Place& place) {
  take(chunk_of(std::move(batch), place), rows);
}

void SortState::take(std::shared_ptr<const RecordBatch> batch, std::vector<RecordPlace> places) {
  const RowSet rows = RowSet::range(0, places.size());
  SortChunk chunk = chunk_of(std::move(batch), {});
  chunk.places = std::move(places);
  take(std::move(chunk), rows);
}

void SortState::take(SortChunk chunk, const RowSet& rows) {
  if (rows.size() == 0) return;
  if (claim_.should_spill(Growth::steady)) spill();
  if (spec_->limit && chunk_rows_ > 2 * *spec_->limit + kSpareRows) compact();
  chunks_.push_back(std::move(chunk));
  try {
    if (spec_->limit) {
      take_best(rows);
    } else {
      take_all(rows);
    }
  } catch (...) {
    chunks_.pop_back();
    throw;
  }
  if (spec_->limit) {
    recount();
  } else {
    chunk_bytes_ += chunks_.back().batch->bytes();
  }
  claim_.set(bytes());
}

void SortState::take_all(const RowSet& rows) {
  const auto number = static_cast<std::uint32_t>(chunks_.size() - 1);
  Run run = make_entries(chunks_.back(), number, rows, spec_->descending);
  std::sort(run.begin(), run.end(), order());
  std::size_t kept = runs_.size();
  while (kept > 0 && runs_[kept - 1].size() <= 2 * run.size())
    run = merged(runs_[--kept], run);
  runs_.reserve(kept + 1);
  runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(kept), runs_.end());
  runs_.push_back(std::move(run));
}

void SortState::take_best(const RowSet& rows) {
  const auto number = static_cast<std::uint32_t>(chunks_.size() - 1);
  const RowSet candidates = candidates_among(rows);
  if (candidates.size() == 0) return chunks_.pop_back();
  Run run = best_of(make_entries(chunks_.back(), number, candidates, spec_->descending));
  if (run.empty()) return chunks_.pop_back();
  chunks_.back() = copied(run, number);
  for (std::uint32_t row = 0; row < run.size(); ++row)
    run[row].ref = {number, row};
  runs_.reserve(1);
  if (runs_.empty()) {
    runs_.push_back(std::move(run));
  } else {
    runs_[0] = merged(runs_[0], run);
  }
}

// Those rows of the newest chunk that their first key does not rule out.
RowSet SortState::candidates_among(const RowSet& rows) const {
  const bool are_enough = !runs_.empty() && !runs_[0].empty() && runs_[0].size() == *spec_->limit;
  if (!are_enough || spec_->descending.empty()) return rows;
  const RowRef worst = runs_[0].back().ref;
  return rows_not_after(chunks_.back(), rows, chunks_[worst.batch], worst.row, spec_->descending.front());
}

// Those of a batch's entries that are among the best so far, sorted.
SortState::Run SortState::best_of(Run entries) const {
  const SortOrder order = this->order();
  const std::size_t limit = *spec_->limit;
  if (!runs_.empty() && runs_[0].size() == limit)
    std::erase_if(entries,
                  [&](const SortEntry& entry) { return limit == 0 || !order(entry, runs_[0].back()); });
  if (entries.size() > limit) {
    const auto end = entries.begin() + static_cast<std::ptrdiff_t>(limit);
    std::nth_element(entries.begin(), end, entries.end(), order);
    entries.erase(end, entries.end());
  }
  std::sort(entries.begin(), entries.end(), order);
  return entries;
}

SortState::Run SortState::merged(const Run& a, const Run& b) const {
  Run run;
  run.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(run), order());
  if (spec_->limit && run.size() > *spec_->limit) run.resize(*spec_->limit);
  return run;
}

// A chunk of nothing but these records, in this order. They lie in the chunks from `first_chunk` on.
SortChunk SortState::copied(std::span<const SortEntry> entries, std::uint32_t first_chunk) const {
  const RowGatherer gatherer = gatherer_over(std::span(chunks_).subspan(first_chunk), spec_->schema);
  SortChunk copy = chunk_of(gatherer.gather(refs_of(entries, first_chunk), GatheredStrings::copied), {});
  copy.places.reserve(entries.size());
  for (const SortEntry& entry : entries)
    copy.places.push_back(chunks_[entry.ref.batch].place_of(entry.ref.row));
  return copy;
}

// Lets go of all records but the best.
void SortState::compact() {
  std::vector<SortChunk> chunks;
  chunks.push_back(copied(runs_[0], 0));
  chunks_ = std::move(chunks);
  for (std::uint32_t row = 0; row < runs_[0].size(); ++row)
    runs_[0][row].ref = {0, row};
  recount();
}

// With a limit there are few chunks, so that all may be counted again.
void SortState::recount() noexcept {
  chunk_bytes_ = 0;
  chunk_rows_ = 0;
  for (const SortChunk& chunk : chunks_) {
    chunk_bytes_ += chunk.batch->bytes();
    chunk_rows_ += chunk.places.size();
  }
}

std::size_t SortState::bytes() const noexcept {
  std::size_t bytes = chunk_bytes_;
  for (const Run& run : runs_)
    bytes += run.capacity() * sizeof(SortEntry);
  return bytes;
}

void SortState::absorb(SortState& other) {
  const auto offset = static_cast<std::uint32_t>(chunks_.size());
  std::move(other.chunks_.begin(), other.chunks_.end(), std::back_inserter(chunks_));
  for (Run& run : other.runs_) {
    for (SortEntry& entry : run)
      entry.ref.batch += offset;
    runs_.push_back(std::move(run));
  }
  other.chunks_.clear();
  other.runs_.clear();
  chunk_bytes_ += std::exchange(other.chunk_bytes_, 0);
  chunk_rows_ += std::exchange(other.chunk_rows_, 0);
  spilled_.absorb(other.spilled_);
  if (spec_->limit) in_order();
  other.claim_.set(0);
  claim_.set(bytes());
}

std::size_t SortState::size() const noexcept {
  std::size_t rows = spilled_.rows();
  for (const Run& run : runs_)
    rows += run.size();
  return spec_->limit ? std::min(rows, *spec_->limit) : rows;
}

std::vector<ColumnPtr> SortState::output(std::size_t at, std::size_t rows) {
  const std::size_t count = std::min(rows, size() - at);
  return spilled_.empty() ? gather(in_order().subspan(at, count)) : merged_output(at, count);
}

std::vector<ColumnPtr> SortState::merged_output(std::size_t at, std::size_t rows) {
  if (merged_at_ == at) return merged_;
  if (!merger_) {
    spill();
    merger_ = std::make_unique<RunMerger>(spilled_.merge(*claim_.budget()));
    claim_.set(spilled_.merge_bytes());
  }
  merged_ = merger_->next(rows).batch->columns();
  merged_.resize(spec_->key_begin());
  merged_at_ = at;
  return merged_;
}

// Puts all records on disk.
void SortState::spill() {
  spilled_.add(*claim_.budget(), in_order(), chunks_);
  chunks_.clear();
  runs_.clear();
  chunk_bytes_ = 0;
  chunk_rows_ = 0;
  claim_.set(0);
}

std::span<const SortEntry> SortState::in_order() {
  const auto larger = [](const Run& a, const Run& b) { return a.size() > b.size(); };
  std::sort(runs_.begin(), runs_.end(), larger);
  while (runs_.size() > 1) {
    Run run = merged(runs_[runs_.size() - 2], runs_.back());
    runs_.pop_back();
    runs_.back() = std::move(run);
    std::sort(runs_.begin(), runs_.end(), larger);
  }
  return runs_.empty() ? std::span<const SortEntry>() : std::span<const SortEntry>(runs_[0]);
}

std::vector<ColumnPtr> SortState::gather(std::span<const SortEntry> entries) {
  if (!gatherer_) gatherer_ = std::make_unique<const RowGatherer>(gatherer_over(chunks_, spec_->schema));
  const std::vector<RowRef> refs = refs_of(entries);
  std::vector<ColumnPtr> columns;
  columns.reserve(spec_->key_begin());
  for (std::size_t column = 0; column < spec_->key_begin(); ++column)
    columns.push_back(gatherer_->gather(column, refs, GatheredStrings::shared));
  return columns;
}

}  // namespace weir
