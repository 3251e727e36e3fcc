// mode: the most frequent value of each group.

#include <algorithm>

#include "stages/aggregates/value_cell.hpp"
#include "stages/aggregates/value_tally.hpp"

namespace weir {
namespace {

class Mode final : public Accumulator {
 public:
  explicit Mode(Type type) : type_(type), tally_(type) {}

  void resize(std::size_t groups) override { tally_.resize(groups); }
  void prepare(const GroupedRows& rows) override { tally_.prepare(rows); }
  void update(const GroupedRows& rows) noexcept override { tally_.update(rows); }
  void absorb(Accumulator& other, std::span<const GroupId> groups) override {
    tally_.absorb(static_cast<Mode&>(other).tally_, groups);
  }

  ColumnPtr result(std::span<const GroupId> groups, RowErrors& /*errors*/) override {
    std::vector<ValueTally::Pair> modes;
    ColumnBuilder column(type_, groups.size());
    std::vector<std::size_t> rows;  // of the groups that have a value
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::span<const ValueTally::Pair> values = tally_.of(groups[i]);
      if (values.empty()) {
        column.set_null(i);
      } else {
        modes.push_back(most_frequent(values));
        rows.push_back(i);
      }
    }
    const ColumnPtr values = tally_.values(modes);
    for (std::size_t i = 0; i < rows.size(); ++i)
      ValueCell(*values, i).store(column, rows[i]);
    return std::move(column).finish();
  }

  std::size_t bytes() const noexcept override { return tally_.bytes(); }

 private:
  // Of equal counts the first: the one that came first.
  ValueTally::Pair most_frequent(std::span<const ValueTally::Pair> values) const noexcept {
    return *std::max_element(values.begin(), values.end(),
                             [this](auto a, auto b) { return tally_.count(a) < tally_.count(b); });
  }

  Type type_;
  ValueTally tally_;
};

}  // namespace

std::unique_ptr<Accumulator> make_mode(Type type) { return std::make_unique<Mode>(type); }

}  // namespace weir
