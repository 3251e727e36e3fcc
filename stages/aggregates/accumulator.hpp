// One aggregate's values over all groups: the columns of a hash aggregation.
//
// A batch is taken in in two steps, so that many accumulators change together or not at all: `prepare` does
// what may throw and changes no value, `update` then cannot fail. Merging gives the same values in any order.
// One thread.
#pragma once

#include <memory>
#include <span>

#include "stages/transforms/group_table.hpp"
#include "stages/transforms/record_place.hpp"
#include "weir/aggregate_expression.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// Rows of a batch, what an aggregate is computed of, and the group of each row.
struct GroupedRows {
  const Column* values = nullptr;  ///< null for count(*)
  const RowSet& rows;
  const GroupId* groups = nullptr;  ///< one a row, in order
  RowPlaces places = RowPlaces();
  const Column* keys = nullptr;  ///< of arg_min and arg_max

  RecordPlace place_of(std::size_t row) const noexcept { return places[row]; }
};

class Accumulator {
 public:
  /// For one call of an aggregate function. Throws UsageError for a function that does not take such an
  /// argument.
  static std::unique_ptr<Accumulator> make(const AggregateExpression::Call& call);
  virtual ~Accumulator() = default;

  /// Makes room for `groups` groups, new ones empty, or forgets the newest. Forgetting never throws.
  virtual void resize(std::size_t groups) = 0;

  virtual void prepare(const GroupedRows& rows) = 0;
  /// Takes in the rows that were prepared last.
  virtual void update(const GroupedRows& rows) noexcept = 0;

  /// Takes in all of `other`, which is of the same kind: its group i goes into `groups[i]`.
  virtual void absorb(Accumulator& other, std::span<const GroupId> groups) = 0;

  /// The results of some groups, NULL where a group has no value. A result that its type cannot hold is an
  /// error of its row (the place in `groups`), and NULL. Nothing is taken in any more after the first call,
  /// which may arrange what there is.
  virtual ColumnPtr result(std::span<const GroupId> groups, RowErrors& errors) = 0;

  virtual std::size_t bytes() const noexcept = 0;
};

/// Calls visit(group, physical row) for the rows whose value is not NULL.
template <class Visit>
void for_each_value(const GroupedRows& rows, Visit&& visit) {
  const GroupId* group = rows.groups;
  if (rows.values->has_nulls()) {
    rows.rows.for_each([&](std::size_t row) {
      if (rows.values->is_valid(row)) visit(*group, row);
      ++group;
    });
  } else {
    rows.rows.for_each([&](std::size_t row) { visit(*group++, row); });
  }
}

// The kinds, each in a file of its own.
std::unique_ptr<Accumulator> make_count(bool of_rows);
/// `average`: the result is a double, the sum divided by how many there are.
std::unique_ptr<Accumulator> make_integer_sum(bool average);
std::unique_ptr<Accumulator> make_double_sum(bool average);
std::unique_ptr<Accumulator> make_extreme(Type type, bool largest);
/// Of doubles: the variance, or its root; divided by the count, or by one less.
enum class Spread : unsigned char { variance, deviation };
enum class SpreadOf : unsigned char { sample, population };
std::unique_ptr<Accumulator> make_spread(Spread spread, SpreadOf of);
/// The value of one record of each group.
enum class Chosen : unsigned char { first, last, first_value, least_key, greatest_key };
std::unique_ptr<Accumulator> make_choice(Chosen chosen, Type type);
/// Of int64, double or timestamp.
std::unique_ptr<Accumulator> make_continuous_quantile(Type type, double fraction);
std::unique_ptr<Accumulator> make_discrete_quantile(Type type, double fraction);
std::unique_ptr<Accumulator> make_approximate_quantile(double fraction);
std::unique_ptr<Accumulator> make_mode(Type type);
std::unique_ptr<Accumulator> make_distinct_estimate();
std::unique_ptr<Accumulator> make_joined_text(std::string separator);
/// What `call`, which is distinct, gives of the different values alone.
std::unique_ptr<Accumulator> make_distinct(const AggregateExpression::Call& call);

}  // namespace weir
