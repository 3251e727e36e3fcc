#include "stages/transforms/best_of_groups.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir {

BestOfGroups::BestOfGroups(std::shared_ptr<const BestSpec> spec)
    : spec_(std::move(spec)), keys_(GroupKeys::make(spec_->group_types)) {}

bool BestOfGroups::earlier(const SortEntry& a, const SortEntry& b) const noexcept {
  return chunks_[a.ref.batch].place_of(a.ref.row) < chunks_[b.ref.batch].place_of(b.ref.row);
}

bool BestOfGroups::better(const SortEntry& a, const SortEntry& b) const noexcept {
  const SortEntry& first = spec_->last ? b : a;
  const SortEntry& second = spec_->last ? a : b;
  if (spec_->descending.empty()) return earlier(first, second);
  return SortOrder(chunks_, spec_->descending)(first, second);
}

SortChunk BestOfGroups::chunk_of(std::shared_ptr<const RecordBatch> batch, const Place& place) const {
  const std::size_t columns = spec_->schema->size();
  return make_chunk(std::move(batch), columns - spec_->descending.size(), columns, place);
}

void BestOfGroups::take(const std::shared_ptr<const RecordBatch>& batch, std::span<const ColumnPtr> groups,
                        const RowSet& rows, const Place& place) {
  if (rows.size() == 0 || spec_->limit == 0) return;
  if (held_rows_ > 2 * kept_rows_ + kSpareRows) compact();
  const std::size_t known = keys_->size();
  const std::size_t before = candidates_.size();
  const std::size_t chunks = chunks_.size();
  try {
    std::vector<GroupId> numbers(rows.size());
    keys_->number(groups, rows, numbers.data());
    chunks_.push_back(chunk_of(batch, place));
    add_candidates(numbers, rows);
  } catch (...) {
    keys_->truncate(known);
    candidates_.resize(before);
    chunks_.resize(chunks);
    throw;
  }
  if (candidates_.size() == before) return chunks_.pop_back();
  held_rows_ += batch->physical_rows();
  held_bytes_ += batch->bytes();
}

// Of the newest chunk.
void BestOfGroups::add_candidates(std::span<const GroupId> groups, const RowSet& rows) {
  const auto number = static_cast<std::uint32_t>(chunks_.size() - 1);
  std::vector<SortEntry> entries;
  if (!spec_->descending.empty()) {
    entries = make_entries(chunks_.back(), number, rows, spec_->descending);
  } else {
    entries.reserve(rows.size());
    rows.for_each([&](std::size_t row) {
      entries.push_back({{}, {number, static_cast<std::uint32_t>(row)}});
    });
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const GroupId group = groups[i];
    const bool beaten = group < to_beat_.size() && to_beat_[group] && !better(entries[i], *to_beat_[group]);
    if (!beaten) candidates_.push_back({entries[i], group});
  }
}

BestOfGroups::Candidates BestOfGroups::trimmed() const {
  Candidates all = candidates_;
  std::sort(all.begin(), all.end(), [this](const Candidate& a, const Candidate& b) {
    return a.group != b.group ? a.group < b.group : better(a.entry, b.entry);
  });
  Candidates best;
  std::size_t of_group = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    of_group = i > 0 && all[i].group == all[i - 1].group ? of_group + 1 : 1;
    if (of_group <= spec_->limit) best.push_back(all[i]);
  }
  return best;
}

RowGatherer BestOfGroups::gatherer() const {
  RowGatherer::Batches batches;
  batches.reserve(chunks_.size());
  for (const SortChunk& chunk : chunks_)
    batches.push_back(chunk.batch);
  return RowGatherer(spec_->schema, std::move(batches));
}

// Copies the best out of the batches that they came in, and lets go of the others.
void BestOfGroups::compact() {
  Candidates best = trimmed();
  std::vector<RowRef> refs;
  std::vector<RecordPlace> places;
  std::vector<std::optional<SortEntry>> to_beat(keys_->size());
  refs.reserve(best.size());
  places.reserve(best.size());
  std::size_t of_group = 0;
  for (std::uint32_t row = 0; row < best.size(); ++row) {
    Candidate& each = best[row];
    refs.push_back(each.entry.ref);
    places.push_back(chunks_[each.entry.ref.batch].place_of(each.entry.ref.row));
    each.entry.ref = {0, row};
    of_group = row > 0 && best[row - 1].group == each.group ? of_group + 1 : 1;
    if (of_group == spec_->limit) to_beat[each.group] = each.entry;
  }
  std::vector<SortChunk> chunks;
  chunks.push_back(chunk_of(gatherer().gather(refs, GatheredStrings::copied), {}));
  chunks.front().places = std::move(places);
  chunks_ = std::move(chunks);
  candidates_ = std::move(best);
  to_beat_ = std::move(to_beat);
  kept_rows_ = held_rows_ = candidates_.size();
  held_bytes_ = chunks_.front().batch->bytes();
}

void BestOfGroups::absorb(BestOfGroups& other) {
  std::vector<GroupId> groups(other.keys_->size());
  keys_->absorb(*other.keys_, groups.data());
  const auto offset = static_cast<std::uint32_t>(chunks_.size());
  std::move(other.chunks_.begin(), other.chunks_.end(), std::back_inserter(chunks_));
  for (Candidate each : other.candidates_) {
    each.entry.ref.batch += offset;
    each.group = groups[each.group];
    candidates_.push_back(each);
  }
  held_rows_ += std::exchange(other.held_rows_, 0);
  held_bytes_ += std::exchange(other.held_bytes_, 0);
  other.chunks_.clear();
  other.candidates_.clear();
}

std::span<const SortEntry> BestOfGroups::in_order() {
  if (gatherer_) return ordered_;
  for (const Candidate& each : trimmed())
    ordered_.push_back(each.entry);
  const bool by_place = spec_->output == BestSpec::Output::by_place;
  std::sort(ordered_.begin(), ordered_.end(),
            [&](const SortEntry& a, const SortEntry& b) { return by_place ? earlier(a, b) : better(a, b); });
  gatherer_ = std::make_unique<const RowGatherer>(gatherer());
  return ordered_;
}

std::vector<ColumnPtr> BestOfGroups::gather(std::span<const SortEntry> entries) {
  std::vector<RowRef> refs;
  refs.reserve(entries.size());
  for (const SortEntry& entry : entries)
    refs.push_back(entry.ref);
  std::vector<ColumnPtr> columns;
  for (std::size_t column = 0; column + spec_->descending.size() < spec_->schema->size(); ++column)
    columns.push_back(gatherer_->gather(column, refs, GatheredStrings::shared));
  return columns;
}

std::size_t BestOfGroups::bytes() const noexcept {
  return held_bytes_ + keys_->bytes() + candidates_.capacity() * sizeof(Candidate) +
         to_beat_.capacity() * sizeof(std::optional<SortEntry>) + ordered_.capacity() * sizeof(SortEntry);
}

}  // namespace weir
