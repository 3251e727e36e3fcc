#include "stages/transforms/join_build.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

// The rows that have a value in every key.
RowSet rows_without_nulls(const RowSet& rows, std::span<const ColumnPtr> keys) {
  const bool any =
      std::any_of(keys.begin(), keys.end(), [](const ColumnPtr& key) { return key->has_nulls(); });
  if (!any) return rows;
  auto kept = std::make_shared<std::vector<std::uint32_t>>();
  rows.for_each([&](std::size_t row) {
    const bool complete =
        std::all_of(keys.begin(), keys.end(), [row](const ColumnPtr& key) { return key->is_valid(row); });
    if (complete) kept->push_back(static_cast<std::uint32_t>(row));
  });
  return RowSet::list(std::move(kept));
}

}  // namespace

JoinBuild::JoinBuild(std::shared_ptr<const Schema> schema, std::vector<Type> key_types, Unmatched unmatched)
    : schema_(std::move(schema)), keys_(GroupKeys::make(std::move(key_types))), unmatched_(unmatched) {}

void JoinBuild::collect(std::shared_ptr<const RecordBatch> batch, const RowSet& rows,
                        std::vector<ColumnPtr> keys, const Place& place) {
  const std::size_t bytes = batch->bytes();
  RowSet complete = rows_without_nulls(rows, keys);
  const std::size_t first_row = batch->rows() > 0 ? batch->row_set()[0] : 0;
  collected_.push_back({{place, first_row}, std::move(batch), std::move(complete), rows, std::move(keys)});
  collected_bytes_ += bytes;
}

void JoinBuild::absorb(JoinBuild& other) {
  collected_.insert(collected_.end(), std::make_move_iterator(other.collected_.begin()),
                    std::make_move_iterator(other.collected_.end()));
  collected_bytes_ += std::exchange(other.collected_bytes_, 0);
  other.collected_.clear();
}

void JoinBuild::forget() noexcept {
  collected_.clear();
  collected_bytes_ = 0;
}

void JoinBuild::finish() {
  std::sort(collected_.begin(), collected_.end(),
            [](const Collected& a, const Collected& b) { return a.begin < b.begin; });
  const std::vector<std::vector<GroupId>> groups = number_rows();
  place_refs(groups);
  if (unmatched_ == Unmatched::kept) note_rows(groups);
  RowGatherer::Batches batches;
  batches.reserve(collected_.size());
  for (const Collected& each : collected_)
    batches.push_back(each.batch);
  gatherer_ = std::make_unique<const RowGatherer>(schema_, std::move(batches));
  collected_.clear();
}

std::vector<std::vector<GroupId>> JoinBuild::number_rows() {
  std::vector<std::vector<GroupId>> groups;
  groups.reserve(collected_.size());
  for (const Collected& each : collected_) {
    groups.emplace_back(each.rows.size());
    keys_->number(each.keys, each.rows, groups.back().data());
  }
  return groups;
}

// Sorts all rows by group, by counting: first how many each group has, then each row to its place.
void JoinBuild::place_refs(const std::vector<std::vector<GroupId>>& groups) {
  offsets_.assign(keys_->size() + 1, 0);
  for (const auto& batch_groups : groups)
    for (const GroupId group : batch_groups)
      ++offsets_[group + 1];
  for (std::size_t group = 0; group < keys_->size(); ++group)
    offsets_[group + 1] += offsets_[group];
  refs_.resize(offsets_.back());
  std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
  for (std::size_t batch = 0; batch < collected_.size(); ++batch) {
    const GroupId* group = groups[batch].data();
    collected_[batch].rows.for_each([&](std::size_t row) {
      refs_[next[*group++]++] = {static_cast<std::uint32_t>(batch), static_cast<std::uint32_t>(row)};
    });
  }
}

void JoinBuild::note_rows(const std::vector<std::vector<GroupId>>& groups) {
  matched_ = std::make_unique<std::atomic<bool>[]>(keys_->size());
  for (std::uint32_t batch = 0; batch < collected_.size(); ++batch) {
    const Collected& each = collected_[batch];
    std::size_t complete = 0;  // how many rows without NULL came before
    each.all_rows.for_each([&](std::size_t row) {
      const bool has_key = complete < each.rows.size() && each.rows[complete] == row;
      rows_.push_back(
          {{batch, static_cast<std::uint32_t>(row)}, has_key ? groups[batch][complete] : kNoGroup});
      complete += has_key ? 1 : 0;
    });
  }
}

std::size_t JoinBuild::collect_unmatched(std::size_t begin, std::size_t count,
                                         std::vector<RowRef>& to) const {
  std::size_t row = begin;
  for (; row < rows_.size() && to.size() < count; ++row) {
    const NumberedRow& each = rows_[row];
    if (each.group == kNoGroup || !matched_[each.group].load(std::memory_order_relaxed))
      to.push_back(each.ref);
  }
  return row;
}

std::size_t JoinBuild::bytes() const noexcept {
  return collected_bytes_ + keys_->bytes() + offsets_.capacity() * sizeof(std::size_t) +
         refs_.capacity() * sizeof(RowRef) + rows_.capacity() * sizeof(NumberedRow);
}

}  // namespace weir
