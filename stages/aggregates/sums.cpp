// sum and avg. Integers are added in 128 bits, doubles exactly: neither depends on the order of the rows.

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/exact_sum.hpp"

namespace weir {
namespace {

__extension__ using WideInteger = __int128;

std::string digits_of(WideInteger value) {
  const bool negative = value < 0;
  std::string digits;
  do {
    const int digit = static_cast<int>(value % 10);
    digits += static_cast<char>('0' + (negative ? -digit : digit));
    value /= 10;
  } while (value != 0);
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

class IntegerSum final : public Accumulator {
 public:
  explicit IntegerSum(bool average) : average_(average) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  void prepare(const GroupedRows& /*rows*/) override {}
  void update(const GroupedRows& rows) noexcept override {
    const auto* values = rows.values->values<std::int64_t>();
    for_each_value(rows, [&](GroupId group, std::size_t row) { groups_[group].add(values[row], 1); });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& from = static_cast<IntegerSum&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      groups_[groups[i]].add(from[i].sum(), from[i].count);
  }
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& errors) override {
    return average_ ? averages(groups) : sums(groups, errors);
  }
  std::size_t bytes() const noexcept override { return groups_.capacity() * sizeof(Group); }

 private:
  // The sum in two words, because 128-bit integers would be aligned to 16 bytes and leave a hole beside the
  // count.
  struct Group {
    std::uint64_t low = 0;
    std::int64_t high = 0;
    std::int64_t count = 0;

    WideInteger sum() const noexcept { return static_cast<WideInteger>(high) * (WideInteger{1} << 64) + low; }
    void add(WideInteger value, std::int64_t times) noexcept {
      const WideInteger total = sum() + value;
      low = static_cast<std::uint64_t>(total);
      high = static_cast<std::int64_t>(total >> 64);
      count += times;
    }
  };

  ColumnPtr sums(std::span<const GroupId> groups, RowErrors& errors) const {
    ColumnBuilder column(Type::int64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Group& group = groups_[groups[i]];
      const WideInteger sum = group.sum();
      const bool fits =
          sum >= std::numeric_limits<std::int64_t>::min() && sum <= std::numeric_limits<std::int64_t>::max();
      if (group.count == 0 || !fits) column.set_null(i);
      if (fits) {
        column.values<std::int64_t>()[i] = static_cast<std::int64_t>(sum);
      } else {
        errors.add(i, "the sum does not fit int64 (that of cast(... as double) would): " + digits_of(sum));
      }
    }
    return std::move(column).finish();
  }

  ColumnPtr averages(std::span<const GroupId> groups) const {
    ColumnBuilder column(Type::float64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Group& group = groups_[groups[i]];
      if (group.count == 0) {
        column.set_null(i);
      } else {
        column.values<double>()[i] = static_cast<double>(group.sum()) / static_cast<double>(group.count);
      }
    }
    return std::move(column).finish();
  }

  bool average_;
  std::vector<Group> groups_;
};

// The limbs that the values of a batch fall into.
struct LimbRange {
  int low = ExactSum::kLimbsMax;
  int high = -1;
  bool empty() const noexcept { return high < 0; }
  int size() const noexcept { return high - low + 1; }
};

// All groups have a window of the same limbs, chosen by the first values, so that a batch whose values lie
// within it needs no look at single rows; groups that get values outside have wider ones.
class DoubleSum final : public Accumulator {
 public:
  explicit DoubleSum(bool average) : average_(average) {}

  void resize(std::size_t groups) override {
    if (groups < groups_.size()) {
      for (std::size_t group = groups; group < groups_.size(); ++group)
        heap_bytes_ -= groups_[group].sum.heap_bytes();
      groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(groups), groups_.end());
      return;
    }
    if (groups > groups_.capacity()) groups_.reserve(std::max(groups, 2 * groups_.capacity()));
    while (groups_.size() < groups)
      groups_.push_back({ExactSum(first_limb_.value_or(0)), 0});
  }

  void prepare(const GroupedRows& rows) override {
    const LimbRange range = limbs_of(rows);
    if (range.empty()) return;
    if (!first_limb_) move_windows(range.low - std::max(0, kLimbsForValues - range.size()) / 2);
    if (range.low >= *first_limb_ && range.high <= *first_limb_ + kLimbsForValues - 1) return;
    const auto* values = rows.values->values<double>();
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      ExactSum& sum = groups_[group].sum;
      if (!sum.covers(values[row])) widen(sum, [&] { sum.cover(values[row]); });
    });
  }
  void update(const GroupedRows& rows) noexcept override {
    const auto* values = rows.values->values<double>();
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      groups_[group].sum.add(values[row]);
      ++groups_[group].count;
    });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& first_limb = static_cast<DoubleSum&>(other).first_limb_;
    if (!first_limb_ && first_limb) move_windows(*first_limb);
    auto& from = static_cast<DoubleSum&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Group& into = groups_[groups[i]];
      widen(into.sum, [&] { into.sum.cover(from[i].sum); });
      into.sum.add(from[i].sum);
      into.count += from[i].count;
    }
  }
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(Type::float64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Group& group = groups_[groups[i]];
      const double divisor = average_ ? static_cast<double>(group.count) : 1;
      if (group.count == 0) {
        column.set_null(i);
      } else {
        column.values<double>()[i] = group.sum.result() / divisor;
      }
    }
    return std::move(column).finish();
  }
  std::size_t bytes() const noexcept override { return groups_.capacity() * sizeof(Group) + heap_bytes_; }

 private:
  struct Group {
    ExactSum sum;
    std::int64_t count;
  };
  static constexpr int kLimbsForValues = ExactSum::kInlineLimbs - ExactSum::kLimbsOfValue + 1;

  static LimbRange limbs_of(const GroupedRows& rows) noexcept {
    LimbRange range;
    const auto* values = rows.values->values<double>();
    for_each_value(rows, [&](GroupId, std::size_t row) {
      const double value = values[row];
      const int limb = ExactSum::limb_of(value);
      const bool counts = value != 0 && std::abs(value) <= std::numeric_limits<double>::max();
      range.low = std::min(range.low, counts ? limb : ExactSum::kLimbsMax);
      range.high = std::max(range.high, counts ? limb : -1);
    });
    return range;
  }

  template <class Cover>
  void widen(const ExactSum& sum, Cover cover) {
    const std::size_t before = sum.heap_bytes();
    cover();
    heap_bytes_ += sum.heap_bytes() - before;
  }

  // Requires that no group has got a finite value but zeros.
  void move_windows(int first_limb) noexcept {
    first_limb_ = std::clamp(first_limb, 0, ExactSum::kLimbsMax - ExactSum::kInlineLimbs);
    for (Group& group : groups_)
      group.sum.move_window(*first_limb_);
  }

  bool average_;
  std::optional<int> first_limb_;  ///< of every group's window; nothing: no value has come yet
  std::vector<Group> groups_;
  std::size_t heap_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Accumulator> make_integer_sum(bool average) { return std::make_unique<IntegerSum>(average); }
std::unique_ptr<Accumulator> make_double_sum(bool average) { return std::make_unique<DoubleSum>(average); }

}  // namespace weir
