#include "stages/transforms/aggregate_state.hpp"

#include <algorithm>
#include <numeric>

namespace weir {

AggregateState::AggregateState(std::vector<Type> key_types, std::span<const AggregateExpression::Call> calls)
    : keys_(GroupKeys::make(std::move(key_types))) {
  for (const AggregateExpression::Call& call : calls) {
    accumulators_.push_back(Accumulator::make(call));
    accumulators_.back()->resize(keys_->size());
  }
  first_.resize(keys_->size());
  filtered_.resize(calls.size());
}

GroupedRows AggregateState::grouped(std::size_t call, const CallColumns& columns, const RowSet& rows,
                                    const Place& place) const noexcept {
  const bool filtered = columns.filter != nullptr;
  return {columns.argument.get(), filtered ? filtered_[call].rows : rows,
          filtered ? filtered_[call].groups.data() : row_groups_.data(), place, columns.key.get()};
}

void AggregateState::take(std::span<const ColumnPtr> keys, std::span<const CallColumns> columns,
                          const RowSet& rows, const Place& place) {
  const std::size_t known = keys_->size();
  try {
    make_room(keys, columns, rows, place);
  } catch (...) {
    keys_->truncate(known);
    first_.resize(known);
    for (const auto& accumulator : accumulators_)
      accumulator->resize(known);
    throw;
  }
  note_appearances(rows, place, known);
  for (std::size_t call = 0; call < accumulators_.size(); ++call)
    accumulators_[call]->update(grouped(call, columns[call], rows, place));
}

// All that may throw: new groups, still empty, and what the values need.
void AggregateState::make_room(std::span<const ColumnPtr> keys, std::span<const CallColumns> columns,
                               const RowSet& rows, const Place& place) {
  row_groups_.resize(rows.size());
  keys_->number(keys, rows, row_groups_.data());
  first_.resize(keys_->size());
  for (std::size_t call = 0; call < accumulators_.size(); ++call) {
    if (columns[call].filter) filter(call, *columns[call].filter, rows);
    accumulators_[call]->resize(keys_->size());
    accumulators_[call]->prepare(grouped(call, columns[call], rows, place));
  }
}

void AggregateState::filter(std::size_t call, const Column& passes, const RowSet& rows) {
  FilteredRows& filtered = filtered_[call];
  auto passed = std::make_shared<std::vector<std::uint32_t>>();
  filtered.groups.clear();
  const GroupId* group = row_groups_.data();
  rows.for_each([&](std::size_t row) {
    if (passes.is_valid(row) && passes.values<std::uint8_t>()[row] != 0) {
      passed->push_back(static_cast<std::uint32_t>(row));
      filtered.groups.push_back(*group);
    }
    ++group;
  });
  filtered.rows = RowSet::list(std::move(passed));
}

// New groups have the highest numbers, in the order of their first rows.
void AggregateState::note_appearances(const RowSet& rows, const Place& place, std::size_t known) noexcept {
  const bool is_latest = place > latest_;
  if (is_latest && known == keys_->size()) return;
  const GroupId* group = row_groups_.data();
  rows.for_each([&](std::size_t row) {
    const RecordPlace here{place, static_cast<std::uint32_t>(row)};
    if (*group == known) {
      first_[known++] = here;
    } else if (!is_latest) {
      first_[*group] = std::min(first_[*group], here);
    }
    ++group;
  });
  if (is_latest) latest_ = place;
}

void AggregateState::absorb(AggregateState& other) {
  std::vector<GroupId> groups(other.keys_->size());
  const std::size_t known = keys_->size();
  keys_->absorb(*other.keys_, groups.data());
  first_.resize(keys_->size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    RecordPlace& first = first_[groups[i]];
    first = groups[i] < known ? std::min(first, other.first_[i]) : other.first_[i];
  }
  latest_ = std::max(latest_, other.latest_);
  for (std::size_t call = 0; call < accumulators_.size(); ++call) {
    accumulators_[call]->resize(keys_->size());
    accumulators_[call]->absorb(*other.accumulators_[call], groups);
  }
}

std::span<const GroupId> AggregateState::in_order() {
  if (order_.size() != keys_->size()) {
    order_.resize(keys_->size());
    std::iota(order_.begin(), order_.end(), GroupId{0});
    const auto earlier = [this](GroupId a, GroupId b) { return first_[a] < first_[b]; };
    if (!std::is_sorted(order_.begin(), order_.end(), earlier))
      std::sort(order_.begin(), order_.end(), earlier);
  }
  return order_;
}

std::size_t AggregateState::bytes() const noexcept {
  std::size_t bytes = keys_->bytes() + first_.capacity() * sizeof(RecordPlace) +
                      (row_groups_.capacity() + order_.capacity()) * sizeof(GroupId);
  for (const auto& accumulator : accumulators_)
    bytes += accumulator->bytes();
  return bytes;
}

}  // namespace weir
