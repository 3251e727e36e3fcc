// first, last, any_value, arg_min and arg_max: the value of one record of each group.

#include <algorithm>
#include <optional>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/value_cell.hpp"

namespace weir {
namespace {

class Choice final : public Accumulator {
 public:
  Choice(Chosen chosen, Type type) : chosen_(chosen), type_(type) {}

  void resize(std::size_t groups) override {
    for (std::size_t group = groups; group < groups_.size(); ++group)
      text_bytes_ -= heap_bytes_of(groups_[group]);
    groups_.resize(groups);
    candidates_.resize(groups, kNoCandidate);
  }

  void prepare(const GroupedRows& rows) override {
    forget_candidates();
    const GroupId* group = rows.groups;
    rows.rows.for_each([&](std::size_t row) {
      if (counts(rows, row) && improves(rows, *group, row)) {
        if (candidates_[*group] == kNoCandidate) improved_.push_back(*group);
        candidates_[*group] = row;
      }
      ++group;
    });
    copies_.reserve(improved_.size());
    for (const GroupId each : improved_)
      copies_.push_back(record(rows, candidates_[each]));
  }

  void update(const GroupedRows& /*rows*/) noexcept override {
    for (std::size_t i = 0; i < improved_.size(); ++i)
      replace(groups_[improved_[i]], copies_[i]);
    forget_candidates();
  }

  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    auto& from = static_cast<Choice&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (from[i] && is_better(*from[i], groups_[groups[i]])) replace(groups_[groups[i]], from[i]);
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(type_, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i)
      (groups_[groups[i]] ? groups_[groups[i]]->value : ValueCell()).store(column, i);
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override {
    return groups_.capacity() * (sizeof(std::optional<Record>) + sizeof(std::size_t)) + text_bytes_;
  }

 private:
  // What is kept of a record.
  struct Record {
    RecordPlace place;
    ValueCell value;
    ValueCell key;  ///< NULL where places decide
  };
  static constexpr std::size_t kNoCandidate = static_cast<std::size_t>(-1);

  bool by_key() const noexcept { return chosen_ == Chosen::least_key || chosen_ == Chosen::greatest_key; }

  // Whether the record can be chosen at all.
  bool counts(const GroupedRows& rows, std::size_t row) const noexcept {
    if (chosen_ == Chosen::first || chosen_ == Chosen::last) return true;
    return rows.values->is_valid(row) && (rows.keys == nullptr || rows.keys->is_valid(row));
  }

  // Whether a row is better than the best of its group so far, those of this batch included.
  bool improves(const GroupedRows& rows, GroupId group, std::size_t row) const noexcept {
    const std::size_t candidate = candidates_[group];
    if (candidate != kNoCandidate)
      return decide(by_key() ? compare_rows(*rows.keys, row, candidate) : std::strong_ordering::equal,
                    rows.place_of(row) <=> rows.place_of(candidate));
    const std::optional<Record>& best = groups_[group];
    if (!best) return true;
    return decide(by_key() ? 0 <=> best->key.compare(*rows.keys, row) : std::strong_ordering::equal,
                  rows.place_of(row) <=> best->place);
  }
  bool is_better(const Record& record, const std::optional<Record>& best) const noexcept {
    return !best || decide(record.key <=> best->key, record.place <=> best->place);
  }
  // By how a record compares with another.
  bool decide(std::strong_ordering key, std::strong_ordering place) const noexcept {
    if (key != 0) return chosen_ == Chosen::greatest_key ? key > 0 : key < 0;
    return chosen_ == Chosen::last ? place > 0 : place < 0;
  }

  Record record(const GroupedRows& rows, std::size_t row) const {
    return {rows.place_of(row), ValueCell(*rows.values, row),
            by_key() ? ValueCell(*rows.keys, row) : ValueCell()};
  }

  static std::size_t heap_bytes_of(const std::optional<Record>& record) noexcept {
    return record ? record->value.heap_bytes() + record->key.heap_bytes() : 0;
  }
  void replace(std::optional<Record>& best, std::optional<Record>& by) noexcept {
    text_bytes_ += heap_bytes_of(by) - heap_bytes_of(best);
    best.swap(by);
  }
  void forget_candidates() noexcept {
    for (const GroupId group : improved_)
      if (group < candidates_.size()) candidates_[group] = kNoCandidate;
    improved_.clear();
    copies_.clear();
  }

  Chosen chosen_;
  Type type_;
  std::vector<std::optional<Record>> groups_;
  std::vector<std::size_t> candidates_;        ///< the prepared batch's better rows
  std::vector<GroupId> improved_;              ///< the groups that have a candidate
  std::vector<std::optional<Record>> copies_;  ///< of their candidates
  std::size_t text_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Accumulator> make_choice(Chosen chosen, Type type) {
  return std::make_unique<Choice>(chosen, type);
}

}  // namespace weir
