#include "stages/aggregates/value_tally.hpp"

#include <numeric>

namespace weir {

ValueTally::ValueTally(Type type) : type_(type), keys_(GroupKeys::make({Type::int64, type})) {}

void ValueTally::prepare(const GroupedRows& rows) {
  forget_uncounted();
  auto with_value = std::make_shared<std::vector<std::uint32_t>>();
  with_value->reserve(rows.rows.size());
  row_groups_.clear();
  row_groups_.reserve(rows.rows.size());
  for_each_value(rows, [&](GroupId group, std::size_t row) {
    with_value->push_back(static_cast<std::uint32_t>(row));
    row_groups_.push_back(group);
  });
  rows_ = RowSet::list(std::move(with_value));
  // The column is the batch's, which outlives the call.
  number(ColumnPtr(ColumnPtr(), rows.values), rows_, row_groups_);
  make_room(pairs_, keys_->size() - pairs_.size());
}

// Numbers the pairs of groups and values.
void ValueTally::number(const ColumnPtr& values, const RowSet& rows, std::span<const GroupId> groups) {
  ColumnBuilder group_column(Type::int64, values->size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    group_column.values<std::int64_t>()[rows[i]] = groups[i];
  row_pairs_.resize(rows.size());
  const std::vector<ColumnPtr> columns{std::move(group_column).finish(), values};
  keys_->number(columns, rows, row_pairs_.data());
}

void ValueTally::update(const GroupedRows& rows) noexcept {
  for (std::size_t i = 0; i < row_pairs_.size(); ++i) {
    const Pair pair = row_pairs_[i];
    const RecordPlace here = rows.place_of(rows_[i]);
    if (pair == pairs_.size()) {
      pairs_.push_back({row_groups_[i], 1, here});
    } else {
      ++pairs_[pair].count;
      pairs_[pair].first = std::min(pairs_[pair].first, here);
    }
  }
}

// A batch that was prepared and then not taken in leaves pairs behind, perhaps of groups that are gone.
void ValueTally::forget_uncounted() noexcept {
  if (keys_->size() > pairs_.size()) keys_->truncate(pairs_.size());
}

void ValueTally::absorb(ValueTally& other, std::span<const GroupId> groups) {
  forget_uncounted();
  other.forget_uncounted();
  std::vector<Pair> all(other.pairs_.size());
  std::iota(all.begin(), all.end(), Pair{0});
  std::vector<GroupId> their_groups(all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    their_groups[i] = groups[other.pairs_[i].group];
  number(other.values(all), RowSet::range(0, all.size()), their_groups);
  make_room(pairs_, keys_->size() - pairs_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Counted& theirs = other.pairs_[i];
    if (row_pairs_[i] == pairs_.size()) {
      pairs_.push_back({their_groups[i], theirs.count, theirs.first});
    } else {
      Counted& ours = pairs_[row_pairs_[i]];
      ours.count += theirs.count;
      ours.first = std::min(ours.first, theirs.first);
    }
  }
}

std::span<const ValueTally::Pair> ValueTally::of(GroupId group) {
  if (!is_arranged_) arrange();
  return by_group_.of(group, std::span<const Pair>(arranged_));
}

void ValueTally::arrange() {
  std::vector<GroupId> groups(pairs_.size());
  std::vector<Pair> all(pairs_.size());
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    groups[pair] = pairs_[pair].group;
    all[pair] = static_cast<Pair>(pair);
  }
  by_group_ = ByGroup(groups, group_count_);
  arranged_ = by_group_.arranged<Pair>(all, groups);
  for (GroupId group = 0; group < group_count_; ++group) {
    const auto of_group = by_group_.of(group, std::span(arranged_));
    std::sort(of_group.begin(), of_group.end(),
              [this](Pair a, Pair b) { return pairs_[a].first < pairs_[b].first; });
  }
  is_arranged_ = true;
}

ColumnPtr ValueTally::values(std::span<const Pair> pairs) const { return keys_->columns(pairs)[1]; }

std::size_t ValueTally::bytes() const noexcept {
  return keys_->bytes() + pairs_.capacity() * sizeof(Counted) + by_group_.bytes() +
         (row_groups_.capacity() + row_pairs_.capacity() + arranged_.capacity()) * sizeof(GroupId);
}

}  // namespace weir
