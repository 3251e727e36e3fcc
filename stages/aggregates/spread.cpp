// stddev and variance. The sums of the values and of their squares are exact, so that neither the order of
// the rows nor values that lie close together far from zero cost digits.

#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/exact_sum.hpp"

namespace weir {
namespace {

// The squares of doubles have 106 bits, their sum some more, and the difference below may cost most of them.
using Wide = boost::multiprecision::number<
    boost::multiprecision::cpp_bin_float<320, boost::multiprecision::digit_base_2>,
    boost::multiprecision::et_off>;

// A product of doubles as the sum of two.
struct Square {
  explicit Square(double value) noexcept : high(value * value), low(std::fma(value, value, -high)) {}
  double high;
  double low;  ///< what the rounding of `high` has left out
};

// An exact sum's leading bits, as many as five doubles have. It is afterwards what it was.
Wide leading_bits(ExactSum& sum) {
  std::array<double, 5> parts{};
  Wide total = 0;
  for (double& part : parts) {
    part = sum.result();
    total += part;
    if (part == 0 || !std::isfinite(part)) break;
    sum.cover(part);
    sum.add(-part);
  }
  for (const double part : parts)
    if (std::isfinite(part)) sum.add(part);
  return total;
}

class SpreadAccumulator final : public Accumulator {
 public:
  SpreadAccumulator(Spread spread, SpreadOf of) : spread_(spread), of_(of) {}

  void resize(std::size_t groups) override {
    for (std::size_t group = groups; group < groups_.size(); ++group)
      heap_bytes_ -= groups_[group].heap_bytes();
    if (groups < groups_.size()) {
      groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(groups), groups_.end());
    } else {
      groups_.resize(groups);
    }
  }

  void prepare(const GroupedRows& rows) override {
    const auto* values = rows.values->values<double>();
    for_each_value(rows, [&](GroupId id, std::size_t row) {
      Group& group = groups_[id];
      const double value = values[row];
      const Square square(value);
      if (!group.has_windows && value != 0 && std::isfinite(square.high)) group.place_windows(value, square);
      if (group.covers(value, square)) return;
      const std::size_t before = group.heap_bytes();
      group.sum.cover(value);
      group.squares.cover(square.high);
      group.squares.cover(square.low);
      heap_bytes_ += group.heap_bytes() - before;
    });
  }
  void update(const GroupedRows& rows) noexcept override {
    const auto* values = rows.values->values<double>();
    for_each_value(rows, [&](GroupId id, std::size_t row) {
      Group& group = groups_[id];
      const Square square(values[row]);
      group.sum.add(values[row]);
      group.squares.add(square.high);
      if (std::isfinite(square.high)) group.squares.add(square.low);
      ++group.count;
    });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    auto& from = static_cast<SpreadAccumulator&>(other).groups_;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Group& into = groups_[groups[i]];
      const std::size_t before = into.heap_bytes();
      into.sum.cover(from[i].sum);
      into.squares.cover(from[i].squares);
      heap_bytes_ += into.heap_bytes() - before;
      into.sum.add(from[i].sum);
      into.squares.add(from[i].squares);
      into.count += from[i].count;
      into.has_windows |= from[i].has_windows;
    }
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(Type::float64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Group& group = groups_[groups[i]];
      if (group.count < (of_ == SpreadOf::sample ? 2 : 1)) {
        column.set_null(i);
      } else {
        const double variance = variance_of(group);
        column.values<double>()[i] = spread_ == Spread::deviation ? std::sqrt(variance) : variance;
      }
    }
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override { return groups_.capacity() * sizeof(Group) + heap_bytes_; }

 private:
  struct Group {
    ExactSum sum;
    ExactSum squares;
    std::int64_t count = 0;
    bool has_windows = false;

    // By the first value that is not zero: most others lie near it.
    void place_windows(double value, const Square& square) noexcept {
      sum.move_window(ExactSum::limb_of(value) - 1);
      squares.move_window(ExactSum::limb_of(square.high) - 3);
      has_windows = true;
    }
    bool covers(double value, const Square& square) const noexcept {
      return sum.covers(value) && squares.covers(square.high) && squares.covers(square.low);
    }
    std::size_t heap_bytes() const noexcept { return sum.heap_bytes() + squares.heap_bytes(); }
  };

  // (sum(x^2) - sum(x)^2 / n) / (n or n - 1).
  double variance_of(Group& group) const {
    const Wide count = group.count;
    const Wide sum = leading_bits(group.sum);
    const Wide squares = leading_bits(group.squares);
    const Wide divisor = of_ == SpreadOf::sample ? count - 1 : count;
    const double variance = static_cast<double>(Wide((squares - sum * sum / count) / divisor));
    return variance <= 0 ? 0 : variance;  // of -0 too
  }

  Spread spread_;
  SpreadOf of_;
  std::vector<Group> groups_;
  std::size_t heap_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Accumulator> make_spread(Spread spread, SpreadOf of) {
  return std::make_unique<SpreadAccumulator>(spread, of);
}

}  // namespace weir
