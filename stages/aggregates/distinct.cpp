// Aggregates of the different values of each group: count(distinct x), sum(distinct x).

#include <numeric>

#include "stages/aggregates/value_tally.hpp"

namespace weir {
namespace {

class Distinct final : public Accumulator {
 public:
  explicit Distinct(AggregateExpression::Call call) : call_(std::move(call)), tally_(call_.argument->type()) {
    call_.distinct = false;
  }

  void resize(std::size_t groups) override { tally_.resize(groups); }
  void prepare(const GroupedRows& rows) override { tally_.prepare(rows); }
  void update(const GroupedRows& rows) noexcept override { tally_.update(rows); }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    tally_.absorb(static_cast<Distinct&>(other).tally_, groups);
  }

  // Lets the aggregate itself take in each value once, in the order in which they came first.
  ColumnPtr result(std::span<const GroupId> groups, RowErrors& errors) override {
    std::vector<ValueTally::Pair> pairs;
    std::vector<GroupId> group_of_pair;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::span<const ValueTally::Pair> of_group = tally_.of(groups[i]);
      pairs.insert(pairs.end(), of_group.begin(), of_group.end());
      group_of_pair.insert(group_of_pair.end(), of_group.size(), static_cast<GroupId>(i));
    }
    const ColumnPtr values = tally_.values(pairs);
    const RowSet all = RowSet::range(0, pairs.size());
    const GroupedRows rows{values.get(), all, group_of_pair.data()};

    const auto aggregate = Accumulator::make(call_);
    aggregate->resize(groups.size());
    aggregate->prepare(rows);
    aggregate->update(rows);
    std::vector<GroupId> in_order(groups.size());
    std::iota(in_order.begin(), in_order.end(), GroupId{0});
    return aggregate->result(in_order, errors);
  }

  std::size_t bytes() const noexcept override { return tally_.bytes(); }

 private:
  AggregateExpression::Call call_;  ///< but for the `distinct`
  ValueTally tally_;
};

}  // namespace

std::unique_ptr<Accumulator> make_distinct(const AggregateExpression::Call& call) {
  return std::make_unique<Distinct>(call);
}

}  // namespace weir
