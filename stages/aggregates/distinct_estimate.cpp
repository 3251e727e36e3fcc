// approx_count_distinct: how many different values, by a sketch a group.

#include <bit>
#include <cmath>
#include <vector>

#include "stages/aggregates/accumulator.hpp"
#include "stages/aggregates/distinct_sketch.hpp"
#include "stages/transforms/key_hash.hpp"
#include "stages/transforms/row_encoding.hpp"

namespace weir {
namespace {

// Equal values have equal hashes.
std::uint64_t hash_at(const Column& column, std::size_t row) noexcept {
  switch (column.type()) {
    case Type::boolean:
      return hash_of(std::uint64_t{column.values<std::uint8_t>()[row]});
    case Type::float64:
      return hash_of(canonical_bits(column.values<double>()[row]));
    case Type::string:
      return hash_of(column.values<StringSlot>()[row]);
    case Type::int64:
    case Type::date:
    case Type::timestamp:
      break;
  }
  return hash_of(static_cast<std::uint64_t>(column.values<std::int64_t>()[row]));
}

class DistinctEstimate final : public Accumulator {
 public:
  void resize(std::size_t groups) override {
    for (std::size_t group = groups; group < sketches_.size(); ++group)
      heap_bytes_ -= sketches_[group].heap_bytes();
    sketches_.resize(groups);
  }

  void prepare(const GroupedRows& rows) override {
    news_.clear();
    news_.reserve(rows.rows.size());
    for_each_value(rows, [&](GroupId group, std::size_t row) {
      const std::uint64_t hash = hash_at(*rows.values, row);
      if (!sketches_[group].improves(hash)) return;
      change(sketches_[group], [](DistinctSketch& sketch) { sketch.make_room(); });
      news_.push_back({group, hash});
    });
  }
  void update(const GroupedRows& /*rows*/) noexcept override {
    for (const New& each : news_)
      sketches_[each.group].take(each.hash);
    news_.clear();
  }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    const auto& from = static_cast<DistinctEstimate&>(other).sketches_;
    for (std::size_t i = 0; i < groups.size(); ++i)
      change(sketches_[groups[i]], [&](DistinctSketch& sketch) { sketch.absorb(from[i]); });
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    ColumnBuilder column(Type::int64, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i)
      column.values<std::int64_t>()[i] = std::llround(sketches_[groups[i]].estimate());
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override {
    return sketches_.capacity() * sizeof(DistinctSketch) + heap_bytes_ + news_.capacity() * sizeof(New);
  }

 private:
  // A hash that changes its group's sketch.
  struct New {
    GroupId group;
    std::uint64_t hash;
  };

  template <class Change>
  void change(DistinctSketch& sketch, Change apply) {
    const std::size_t before = sketch.heap_bytes();
    apply(sketch);
    heap_bytes_ += sketch.heap_bytes() - before;
  }

  std::vector<DistinctSketch> sketches_;
  std::vector<New> news_;  ///< of the prepared batch
  std::size_t heap_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Accumulator> make_distinct_estimate() { return std::make_unique<DistinctEstimate>(); }

}  // namespace weir
