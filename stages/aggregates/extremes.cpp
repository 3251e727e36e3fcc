// min and max. Doubles are compared in a total order (-0 before 0, every NaN after infinity, as DuckDB sorts
// them), so that the result does not depend on the order of the rows.

#include <algorithm>
#include <limits>
#include <string>

#include "stages/aggregates/accumulator.hpp"
#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

template <class Value, bool kLargest>
class WordExtreme final : public Accumulator {
 public:
  explicit WordExtreme(Type type) : type_(type) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  void prepare(const GroupedRows& /*rows*/) override {}
  void update(const GroupedRows& rows) noexcept override {
    const auto* values = rows.values->template values<Value>();
    for_each_value(rows, [&](GroupId group, std::size_t row) { groups_[group].take(rank_of(values[row])); });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& from = static_cast<WordExtreme&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (from[i].has_value) groups_[groups[i]].take(from[i].rank);
  }
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(type_, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Group& group = groups_[groups[i]];
      if (group.has_value) {
        column.template values<Value>()[i] = value_of<Value>(group.rank);
      } else {
        column.set_null(i);
      }
    }
    return std::move(column).finish();
  }
  std::size_t bytes() const noexcept override { return groups_.capacity() * sizeof(Group); }

 private:
  struct Group {
    std::int64_t rank =
        kLargest ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
    bool has_value = false;

    void take(std::int64_t other) noexcept {
      rank = kLargest ? std::max(rank, other) : std::min(rank, other);
      has_value = true;
    }
  };

  Type type_;
  std::vector<Group> groups_;
};

// Strings are copied when they become the extreme of their group, which happens ever more rarely.
template <bool kLargest>
class StringExtreme final : public Accumulator {
 public:
  void resize(std::size_t groups) override {
    for (std::size_t group = groups; group < groups_.size(); ++group)
      text_bytes_ -= groups_[group].text.capacity();
    groups_.resize(groups);
    candidates_.resize(groups, nullptr);
  }

  void prepare(const GroupedRows& rows) override {
    forget_candidates();
    const auto* slots = rows.values->values<StringSlot>();
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      if (!improves(group, slots[row].view())) return;
      if (candidates_[group] == nullptr) improved_.push_back(group);
      candidates_[group] = &slots[row];
    });
    copies_.reserve(improved_.size());
    for (const GroupId group : improved_)
      copies_.emplace_back(candidates_[group]->view());
  }
  void update(const GroupedRows& /*rows*/) noexcept override {
    for (std::size_t i = 0; i < improved_.size(); ++i) {
      Group& group = groups_[improved_[i]];
      text_bytes_ += copies_[i].capacity() - group.text.capacity();
      group.text.swap(copies_[i]);
      group.has_value = true;
    }
    forget_candidates();
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    forget_candidates();
    auto& from = static_cast<StringExtreme&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (from[i].has_value && improves(groups[i], from[i].text)) {
        Group& group = groups_[groups[i]];
        text_bytes_ += from[i].text.capacity() - group.text.capacity();
        group = std::move(from[i]);
      }
  }
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(Type::string, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Group& group = groups_[groups[i]];
      if (group.has_value) {
        column.set_copy(i, group.text);
      } else {
        column.set_null(i);
      }
    }
    return std::move(column).finish();
  }
  std::size_t bytes() const noexcept override {
    return groups_.capacity() * (sizeof(Group) + sizeof(const StringSlot*)) + text_bytes_;
  }

 private:
  struct Group {
    std::string text;
    bool has_value = false;
  };

  bool improves(GroupId group, std::string_view text) const noexcept {
    const StringSlot* candidate = candidates_[group];
    if (candidate == nullptr && !groups_[group].has_value) return true;
    const std::string_view best =
        candidate != nullptr ? candidate->view() : std::string_view(groups_[group].text);
    return kLargest ? text > best : text < best;
  }
  void forget_candidates() noexcept {
    for (const GroupId group : improved_)
      if (group < candidates_.size()) candidates_[group] = nullptr;
    improved_.clear();
    copies_.clear();
  }

  std::vector<Group> groups_;
  std::vector<const StringSlot*> candidates_;  ///< the prepared batch's better ones; null: none
  std::vector<GroupId> improved_;              ///< the groups that have a candidate
  std::vector<std::string> copies_;            ///< of their candidates
  std::size_t text_bytes_ = 0;                 ///< what the groups' strings take
};

template <bool kLargest>
std::unique_ptr<Accumulator> make_extreme_of(Type type) {
  switch (type) {
    case Type::boolean:
      return std::make_unique<WordExtreme<std::uint8_t, kLargest>>(type);
    case Type::float64:
      return std::make_unique<WordExtreme<double, kLargest>>(type);
    case Type::string:
      return std::make_unique<StringExtreme<kLargest>>();
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      break;
  }
  return std::make_unique<WordExtreme<std::int64_t, kLargest>>(type);
}

}  // namespace

std::unique_ptr<Accumulator> make_extreme(Type type, bool largest) {
  return largest ? make_extreme_of<true>(type) : make_extreme_of<false>(type);
}

}  // namespace weir
