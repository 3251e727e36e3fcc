// median and the exact quantiles: all values are kept, as ranks, and each group's are put in order when it is
// asked for.

#include <algorithm>
#include <cmath>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/by_group.hpp"
#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

// Which of `count` values in order quantile_disc gives; as DuckDB rounds it.
std::size_t discrete_place(double fraction, std::size_t count) noexcept {
  const auto whole = static_cast<double>(count);
  const auto behind = static_cast<std::size_t>(whole - fraction * whole);
  return std::max<std::size_t>(1, count - behind) - 1;
}

// Chooses from a group's ranks, of which there is at least one, and may reorder them.
template <class Value>
struct Discrete {
  double fraction;
  Value operator()(std::span<std::int64_t> ranks) const noexcept {
    const auto at = ranks.begin() + static_cast<std::ptrdiff_t>(discrete_place(fraction, ranks.size()));
    std::nth_element(ranks.begin(), at, ranks.end());
    return value_of<Value>(*at);
  }
};

template <class Value>
struct Continuous {
  double fraction;
  Value operator()(std::span<std::int64_t> ranks) const noexcept {
    const double place = fraction * static_cast<double>(ranks.size() - 1);
    const double below = std::floor(place);
    const auto at = ranks.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(ranks.begin(), at, ranks.end());
    const Value low = value_of<Value>(*at);
    if (place == below) return low;
    return between(low, value_of<Value>(*std::min_element(at + 1, ranks.end())), place - below);
  }

 private:
  static Value between(Value low, Value high, double share) noexcept {
    if constexpr (std::is_same_v<Value, double>) {
      return low == high ? low : std::lerp(low, high, share);
    } else {
      return low + static_cast<Value>(static_cast<double>(high - low) * share);
    }
  }
};

template <class Value, class Choose>
class Quantile final : public Accumulator {
 public:
  Quantile(Type type, Choose choose) : type_(type), choose_(choose) {}

  void resize(std::size_t groups) override { group_count_ = groups; }
  void prepare(const GroupedRows& rows) override {
    make_room(groups_, rows.rows.size());
    make_room(ranks_, rows.rows.size());
  }
  void update(const GroupedRows& rows) noexcept override {
    const auto* values = rows.values->values<Value>();
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      groups_.push_back(group);
      ranks_.push_back(rank_of(values[row]));
    });
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& from = static_cast<Quantile&>(other);
    make_room(groups_, from.groups_.size());
    ranks_.insert(ranks_.end(), from.ranks_.begin(), from.ranks_.end());
    for (const GroupId group : from.groups_)
      groups_.push_back(groups[group]);
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    if (!arranged_) arrange();
    ColumnBuilder column(type_, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::span<std::int64_t> ranks = by_group_.of(groups[i], std::span(ranks_));
      if (ranks.empty()) {
        column.set_null(i);
      } else {
        column.values<Value>()[i] = choose_(ranks);
      }
    }
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override {
    return groups_.capacity() * sizeof(GroupId) + ranks_.capacity() * sizeof(std::int64_t) +
           by_group_.bytes();
  }

 private:
  void arrange() {
    by_group_ = ByGroup(groups_, group_count_);
    ranks_ = by_group_.arranged<std::int64_t>(ranks_, groups_);
    std::vector<GroupId>().swap(groups_);
    arranged_ = true;
  }

  Type type_;
  Choose choose_;
  std::size_t group_count_ = 0;
  std::vector<GroupId> groups_;      ///< of each value, until they are arranged
  std::vector<std::int64_t> ranks_;  ///< as they came; then by group
  ByGroup by_group_;
  bool arranged_ = false;
};

}  // namespace

std::unique_ptr<Accumulator> make_continuous_quantile(Type type, double fraction) {
  if (type == Type::float64)
    return std::make_unique<Quantile<double, Continuous<double>>>(type, Continuous<double>{fraction});
  using Integer = std::int64_t;
  return std::make_unique<Quantile<Integer, Continuous<Integer>>>(type, Continuous<Integer>{fraction});
}

std::unique_ptr<Accumulator> make_discrete_quantile(Type type, double fraction) {
  if (type == Type::float64)
    return std::make_unique<Quantile<double, Discrete<double>>>(type, Discrete<double>{fraction});
  using Integer = std::int64_t;
  return std::make_unique<Quantile<Integer, Discrete<Integer>>>(type, Discrete<Integer>{fraction});
}

}  // namespace weir
