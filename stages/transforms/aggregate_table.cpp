#include "stages/transforms/aggregate_table.hpp"

#include <algorithm>
#include <numeric>

#include "stages/transforms/sort_runs.hpp"

namespace weir {

AggregateTable::AggregateTable(std::vector<Type> key_types, std::span<const AggregateExpression::Call> calls)
    : keys_(GroupKeys::make(std::move(key_types))) {
  for (const AggregateExpression::Call& call : calls) {
    accumulators_.push_back(Accumulator::make(call));
    accumulators_.back()->resize(keys_->size());
  }
  first_.resize(keys_->size());
  filtered_.resize(calls.size());
}

GroupedRows AggregateTable::grouped(std::size_t call, const AggregateRows& input) const noexcept {
  const CallColumns& columns = input.calls[call];
  const bool filtered = columns.filter != nullptr;
  return {columns.argument.get(), filtered ? filtered_[call].rows : input.rows,
          filtered ? filtered_[call].groups.data() : row_groups_.data(), input.places, columns.key.get()};
}

void AggregateTable::take(const AggregateRows& input) {
  const std::size_t known = keys_->size();
  try {
    make_room(input);
  } catch (...) {
    keys_->truncate(known);
    first_.resize(known);
    for (const auto& accumulator : accumulators_)
      accumulator->resize(known);
    throw;
  }
  update(input, known);
}

void AggregateTable::take_known(const AggregateRows& input,
                                const std::function<void(const RowSet& rest)>& put_aside) {
  row_groups_.resize(input.rows.size());
  keys_->find(input.keys, input.rows, row_groups_.data());
  RowSet rest;
  const AggregateRows known{input.keys, input.calls, part_known(input.rows, rest), input.places};
  if (known.rows.size() > 0) prepare(known);
  if (rest.size() > 0) put_aside(rest);
  if (known.rows.size() > 0) update(known, keys_->size());
}

// Those of `rows` that have a group, of which row_groups_ is left; and the rest.
RowSet AggregateTable::part_known(const RowSet& rows, RowSet& rest) {
  auto known = std::make_shared<std::vector<std::uint32_t>>();
  auto others = std::make_shared<std::vector<std::uint32_t>>();
  std::size_t i = 0;
  rows.for_each([&](std::size_t row) {
    const GroupId group = row_groups_[i++];
    if (group == kNoGroup) return others->push_back(static_cast<std::uint32_t>(row));
    row_groups_[known->size()] = group;
    known->push_back(static_cast<std::uint32_t>(row));
  });
  row_groups_.resize(known->size());
  rest = RowSet::list(std::move(others));
  return RowSet::list(std::move(known));
}

// All that may throw: new groups, still empty, and what the values need.
void AggregateTable::make_room(const AggregateRows& input) {
  row_groups_.resize(input.rows.size());
  keys_->number(input.keys, input.rows, row_groups_.data());
  first_.resize(keys_->size());
  for (const auto& accumulator : accumulators_)
    accumulator->resize(keys_->size());
  prepare(input);
}

void AggregateTable::prepare(const AggregateRows& input) {
  for (std::size_t call = 0; call < accumulators_.size(); ++call) {
    if (input.calls[call].filter) filter(call, *input.calls[call].filter, input.rows);
    accumulators_[call]->prepare(grouped(call, input));
  }
}

void AggregateTable::update(const AggregateRows& input, std::size_t known) noexcept {
  note_appearances(input, known);
  for (std::size_t call = 0; call < accumulators_.size(); ++call)
    accumulators_[call]->update(grouped(call, input));
}

void AggregateTable::filter(std::size_t call, const Column& passes, const RowSet& rows) {
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
void AggregateTable::note_appearances(const AggregateRows& input, std::size_t known) noexcept {
  const bool is_latest = input.places.is_one_batch() && input.places.batch() > latest_;
  if (is_latest && known == keys_->size()) return;
  const GroupId* group = row_groups_.data();
  input.rows.for_each([&](std::size_t row) {
    const RecordPlace here = input.places[row];
    if (*group == known) {
      first_[known++] = here;
    } else if (!is_latest) {
      first_[*group] = std::min(first_[*group], here);
    }
    latest_ = std::max(latest_, here.place);
    ++group;
  });
}

void AggregateTable::absorb(AggregateTable& other) {
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

std::span<const GroupId> AggregateTable::in_order() {
  if (order_.size() != keys_->size()) {
    order_.resize(keys_->size());
    std::iota(order_.begin(), order_.end(), GroupId{0});
    const auto earlier = [this](GroupId a, GroupId b) { return first_[a] < first_[b]; };
    sort_runs(order_, earlier);
  }
  return order_;
}

std::size_t AggregateTable::bytes() const noexcept {
  std::size_t bytes = keys_->bytes() + first_.capacity() * sizeof(RecordPlace) +
                      (row_groups_.capacity() + order_.capacity()) * sizeof(GroupId);
  for (const auto& accumulator : accumulators_)
    bytes += accumulator->bytes();
  return bytes;
}

}  // namespace weir
