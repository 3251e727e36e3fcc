#include "stages/transforms/spilled_runs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "stages/transforms/place_columns.hpp"

namespace weir {
namespace {

// What is written and read at once: small, so that a merge of many runs holds little.
constexpr std::size_t kRowsOfBatch = 512;

RowGatherer gatherer_over(std::span<const SortChunk> chunks, const std::shared_ptr<const Schema>& schema) {
  RowGatherer::Batches batches;
  batches.reserve(chunks.size());
  for (const SortChunk& chunk : chunks)
    batches.push_back(chunk.batch);
  return RowGatherer(schema, std::move(batches));
}

// Writes sorted records batch by batch.
class RunWriter {
 public:
  explicit RunWriter(std::shared_ptr<SpillFile> file) : writer_(std::move(file)) {}

  // `columns`: of the records and their keys.
  void append(std::vector<ColumnPtr> columns, std::span<const RecordPlace> places) {
    for (ColumnPtr& column : place_columns(places))
      columns.push_back(std::move(column));
    writer_.append(columns, RowSet::range(0, places.size()));
  }
  SpilledBatches finish() && { return std::move(writer_).finish(); }

 private:
  SpillWriter writer_;
};

}  // namespace

RunMerger::RunMerger(std::shared_ptr<const SortSpec> spec, std::shared_ptr<const Schema> spilled,
                     std::vector<SpilledBatches> runs)
    : spec_(std::move(spec)), spilled_(std::move(spilled)) {
  runs_.reserve(runs.size());
  for (SpilledBatches& run : runs)
    runs_.push_back({SpillReader(std::move(run), spilled_), {}, 0});
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    if (!read(runs_[run])) continue;
    heap_.push_back(run);
    advance(run);
  }
}

// The next batch of a run; whether there is one.
bool RunMerger::read(Run& run) {
  auto batch = run.reader.next();
  if (!batch) return false;
  const RowSet rows = batch->row_set();
  const std::span<const ColumnPtr> columns(batch->columns());
  std::vector<RecordPlace> places = places_in(columns.subspan(spec_->schema->size()));
  chunks_.push_back(make_chunk(std::move(batch), spec_->key_begin(), spec_->schema->size(), {}));
  chunks_.back().places = std::move(places);
  run.entries =
      make_entries(chunks_.back(), static_cast<std::uint32_t>(chunks_.size() - 1), rows, spec_->descending);
  run.at = 0;
  return true;
}

// Puts the run that is last in the heap where its head belongs.
void RunMerger::advance(std::size_t run) {
  heap_.back() = run;
  const SortOrder before(chunks_, spec_->descending);
  std::push_heap(heap_.begin(), heap_.end(),
                 [&](std::size_t a, std::size_t b) { return before(runs_[b].head(), runs_[a].head()); });
}

SortChunk RunMerger::next(std::size_t rows) {
  std::vector<SortEntry> entries;
  entries.reserve(rows);
  while (!heap_.empty() && entries.size() < rows) {
    const SortOrder before(chunks_, spec_->descending);
    std::pop_heap(heap_.begin(), heap_.end(),
                  [&](std::size_t a, std::size_t b) { return before(runs_[b].head(), runs_[a].head()); });
    const std::size_t first = heap_.back();
    Run& run = runs_[first];
    entries.push_back(run.head());
    ++run.at;
    if (run.at < run.entries.size() || read(run)) {
      advance(first);
    } else {
      heap_.pop_back();
    }
  }
  SortChunk chunk = gathered(entries);
  forget_read_chunks();
  return chunk;
}

SortChunk RunMerger::gathered(std::span<const SortEntry> entries) const {
  std::vector<RowRef> refs;
  std::vector<RecordPlace> places;
  refs.reserve(entries.size());
  places.reserve(entries.size());
  for (const SortEntry& entry : entries) {
    refs.push_back(entry.ref);
    places.push_back(chunks_[entry.ref.batch].place_of(entry.ref.row));
  }
  const RowGatherer gatherer = gatherer_over(chunks_, spec_->schema);
  SortChunk chunk = make_chunk(gatherer.gather(refs, GatheredStrings::shared), spec_->key_begin(),
                               spec_->schema->size(), {});
  chunk.places = std::move(places);
  return chunk;
}

// Keeps the chunks that runs still stand in, and numbers them anew.
void RunMerger::forget_read_chunks() {
  std::vector<SortChunk> kept;
  kept.reserve(heap_.size());
  for (const std::size_t number : heap_) {
    Run& run = runs_[number];
    const std::uint32_t chunk = run.head().ref.batch;
    for (std::size_t i = run.at; i < run.entries.size(); ++i)
      run.entries[i].ref.batch = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(chunks_[chunk]));
  }
  chunks_ = std::move(kept);
}

SpilledRuns::SpilledRuns(std::shared_ptr<const SortSpec> spec) : spec_(std::move(spec)) {
  std::vector<Field> fields = spec_->schema->fields();
  for (Field& field : place_fields())
    fields.push_back(std::move(field));
  spilled_ = std::make_shared<const Schema>(std::move(fields));
}

std::size_t SpilledRuns::merge_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const SpilledBatches& run : runs_)
    bytes += run.reader_bytes();
  return bytes;
}

void SpilledRuns::add(const MemoryBudget& budget, std::span<const SortEntry> entries,
                      std::span<const SortChunk> chunks) {
  if (entries.empty()) return;
  if (runs_.size() == kRunsMax) merge_smallest(budget, kRunsMax / 2);
  const RowGatherer gatherer = gatherer_over(chunks, spec_->schema);
  RunWriter writer(file(budget));
  std::vector<RowRef> refs;
  std::vector<RecordPlace> places;
  for (std::size_t begin = 0; begin < entries.size(); begin += kRowsOfBatch) {
    refs.clear();
    places.clear();
    for (const SortEntry& entry : entries.subspan(begin, std::min(kRowsOfBatch, entries.size() - begin))) {
      refs.push_back(entry.ref);
      places.push_back(chunks[entry.ref.batch].place_of(entry.ref.row));
    }
    writer.append(gatherer.gather(refs, GatheredStrings::shared)->columns(), places);
  }
  SpilledBatches run = std::move(writer).finish();
  runs_.push_back(std::move(run));
  rows_ += entries.size();
}

void SpilledRuns::merge_smallest(const MemoryBudget& budget, std::size_t count) {
  std::sort(runs_.begin(), runs_.end(),
            [](const SpilledBatches& a, const SpilledBatches& b) { return a.rows() < b.rows(); });
  const auto end = runs_.begin() + static_cast<std::ptrdiff_t>(count);
  RunMerger merger(spec_, spilled_, {runs_.begin(), end});
  RunWriter writer(file(budget));
  for (SortChunk chunk = merger.next(kRowsOfBatch); !chunk.places.empty(); chunk = merger.next(kRowsOfBatch))
    writer.append(chunk.batch->columns(), chunk.places);
  runs_.push_back(std::move(writer).finish());
  runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(count));
}

void SpilledRuns::absorb(SpilledRuns& other) {
  std::move(other.runs_.begin(), other.runs_.end(), std::back_inserter(runs_));
  other.runs_.clear();
  rows_ += std::exchange(other.rows_, 0);
}

RunMerger SpilledRuns::merge(const MemoryBudget& budget) {
  while (runs_.size() > kRunsMax)
    merge_smallest(budget, std::min(kRunsMax, runs_.size() - kRunsMax + 1));
  return RunMerger(spec_, spilled_, runs_);
}

std::shared_ptr<SpillFile> SpilledRuns::file(const MemoryBudget& budget) {
  if (!file_) file_ = std::make_shared<SpillFile>(budget);
  return file_;
}

}  // namespace weir
