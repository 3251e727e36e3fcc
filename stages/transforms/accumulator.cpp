#include "stages/transforms/accumulator.hpp"

#include <string>

namespace weir {
namespace {

class CountAccumulator final : public Accumulator {
 public:
  explicit CountAccumulator(bool of_rows) : of_rows_(of_rows) {}

  void resize(std::size_t groups) override { counts_.resize(groups); }
  void prepare(const GroupedRows& /*rows*/) override {}
  void update(const GroupedRows& rows) noexcept override {
    if (of_rows_ || !rows.values->has_nulls()) {
      for (std::size_t i = 0; i < rows.rows.size(); ++i)
        ++counts_[rows.groups[i]];
    } else {
      for_each_value(rows, [&](GroupId group, std::size_t) { ++counts_[group]; });
    }
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& counts = static_cast<CountAccumulator&>(other).counts_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      counts_[groups[i]] += counts[i];
  }
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) const override {
    ColumnBuilder column(Type::int64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i)
      column.values<std::int64_t>()[i] = counts_[groups[i]];
    return std::move(column).finish();
  }
  std::size_t bytes() const noexcept override { return counts_.capacity() * sizeof(std::int64_t); }

 private:
  bool of_rows_;  ///< NULLs too
  std::vector<std::int64_t> counts_;
};

std::unique_ptr<Accumulator> make_sum(Type argument, bool average) {
  if (argument == Type::int64) return make_integer_sum(average);
  if (argument == Type::float64) return make_double_sum(average);
  throw UsageError("sum and avg take int64 and double, not " + std::string(to_string(argument)));
}

}  // namespace

std::unique_ptr<Accumulator> make_count(bool of_rows) { return std::make_unique<CountAccumulator>(of_rows); }

std::unique_ptr<Accumulator> Accumulator::make(const AggregateExpression::Call& call) {
  switch (call.function) {
    case AggregateFunction::count_rows:
    case AggregateFunction::count:
      return make_count(call.function == AggregateFunction::count_rows);
    case AggregateFunction::sum:
    case AggregateFunction::avg:
      return make_sum(call.argument->type(), call.function == AggregateFunction::avg);
    case AggregateFunction::min:
    case AggregateFunction::max:
      return make_extreme(call.argument->type(), call.function == AggregateFunction::max);
  }
  throw UsageError("an aggregate function without an accumulator");
}

}  // namespace weir
