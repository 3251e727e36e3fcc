// count, of values and of rows.

#include "stages/aggregates/accumulator.hpp"

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
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
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

}  // namespace

std::unique_ptr<Accumulator> make_count(bool of_rows) { return std::make_unique<CountAccumulator>(of_rows); }

}  // namespace weir
