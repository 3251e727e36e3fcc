// approx_quantile: a histogram whose ranges are a 64th of a power of two wide, so that the middle of a range
// is within 0.8 percent of every value in it. Unlike a t-digest it gives the same whatever the order of
// values and merges. After G. Tene's HdrHistogram, with the leading bits of a double as the number of its
// range.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stages/aggregates/value_tally.hpp"
#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

// Sign, exponent and the first six bits of the mantissa stay.
constexpr int kBitsLeftOut = 46;

std::int64_t range_of(double value) noexcept { return rank_of(value) >> kBitsLeftOut; }

// The value that stands for all of a range.
double middle_of(std::int64_t range) noexcept {
  const std::int64_t begin = range * (std::int64_t{1} << kBitsLeftOut);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (begin == rank_of(kInfinity)) return kInfinity;
  const double middle = value_of<double>(begin + (std::int64_t{1} << (kBitsLeftOut - 1)));
  if (std::isnan(middle)) return range < 0 ? -kInfinity : middle;
  return std::fpclassify(middle) == FP_SUBNORMAL ? 0 : middle;
}

class ApproximateQuantile final : public Accumulator {
 public:
  explicit ApproximateQuantile(double fraction)
      : fraction_(fraction),
        least_(make_extreme(Type::float64, false)),
        greatest_(make_extreme(Type::float64, true)),
        ranges_(Type::int64) {}

  void resize(std::size_t groups) override {
    least_->resize(groups);
    greatest_->resize(groups);
    ranges_.resize(groups);
  }
  void prepare(const GroupedRows& rows) override {
    least_->prepare(rows);
    greatest_->prepare(rows);
    ColumnBuilder numbers(Type::int64, rows.values->size());
    if (rows.values->has_nulls()) numbers.set_null_where(*rows.values);
    const auto* values = rows.values->values<double>();
    rows.rows.for_each([&](std::size_t row) { numbers.values<std::int64_t>()[row] = range_of(values[row]); });
    prepared_ = std::move(numbers).finish();
    ranges_.prepare(with_ranges(rows));
  }
  void update(const GroupedRows& rows) noexcept override {
    least_->update(rows);
    greatest_->update(rows);
    ranges_.update(with_ranges(rows));
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    auto& from = static_cast<ApproximateQuantile&>(other);
    least_->absorb(*from.least_, groups);
    greatest_->absorb(*from.greatest_, groups);
    ranges_.absorb(from.ranges_, groups);
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& errors) override {
    const ColumnPtr least = least_->result(groups, errors);
    const ColumnPtr greatest = greatest_->result(groups, errors);
    ColumnBuilder column(Type::float64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!least->is_valid(i)) {
        column.set_null(i);
      } else {
        column.values<double>()[i] =
            std::clamp(quantile_of(groups[i]), least->values<double>()[i], greatest->values<double>()[i],
                       [](double a, double b) { return rank_of(a) < rank_of(b); });
      }
    }
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override {
    return least_->bytes() + greatest_->bytes() + ranges_.bytes();
  }

 private:
  GroupedRows with_ranges(const GroupedRows& rows) const noexcept {
    return {prepared_.get(), rows.rows, rows.groups, rows.places};
  }

  // Requires that the group has a value.
  double quantile_of(GroupId group) {
    const std::span<const ValueTally::Pair> pairs = ranges_.of(group);
    const ColumnPtr numbers = ranges_.values(pairs);
    std::vector<std::size_t> order(pairs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return numbers->values<std::int64_t>()[a] < numbers->values<std::int64_t>()[b];
    });
    std::int64_t total = 0;
    for (const ValueTally::Pair pair : pairs)
      total += ranges_.count(pair);
    const double wanted = fraction_ * static_cast<double>(total - 1);
    double below = 0;
    std::size_t at = 0;
    for (; at + 1 < order.size(); ++at) {
      below += static_cast<double>(ranges_.count(pairs[order[at]]));
      if (below > wanted) break;
    }
    return middle_of(numbers->values<std::int64_t>()[order[at]]);
  }

  double fraction_;
  std::unique_ptr<Accumulator> least_;  ///< results lie within what there is
  std::unique_ptr<Accumulator> greatest_;
  ValueTally ranges_;
  ColumnPtr prepared_;  ///< the ranges of the batch in hand
};

}  // namespace

std::unique_ptr<Accumulator> make_approximate_quantile(double fraction) {
  return std::make_unique<ApproximateQuantile>(fraction);
}

}  // namespace weir
