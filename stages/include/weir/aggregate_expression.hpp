// Expressions over the records of a group: sum(errors) / count(*).
//
// Bound, such an expression is the calls of aggregate functions in it, and what is computed of their results.
// Whoever aggregates computes the calls; docs/sql.md says what each function means.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "weir/expression.hpp"

namespace weir {

/// What an aggregate computes of the values of a group. NULLs are left out unless it says otherwise.
enum class AggregateFunction : unsigned char {
  count_rows,  ///< how many records, whatever is in them
  count,       ///< how many values
  sum,         ///< int64 or double
  avg,         ///< the sum divided by the count
  min,
  max,
  first,      ///< of the first record, in the order of the input; NULL where that is NULL
  last,       ///< of the last record
  any_value,  ///< the first value
  arg_min,    ///< the value of the record whose key is least; the first such record's
  arg_max,
  variance_sample,      ///< of doubles, divided by one less than the count; NULL for a single one
  variance_population,  ///< divided by the count
  deviation_sample,     ///< the square root of variance_sample
  deviation_population,
  quantile_continuous,   ///< between the two values nearest to the fraction, by its distance from them
  quantile_discrete,     ///< the least value that the fraction of all values do not exceed
  quantile_approximate,  ///< quantile_continuous to within 0.8 percent, in bounded memory
  mode,                  ///< the most frequent value; of several the one that came first
  distinct_approximate,  ///< how many different values, to within some 3 percent, in bounded memory
  string_agg,            ///< the texts one behind another, in the order of the input
};

/// An expression over aggregates as bound to a schema: the calls in it, and what is computed of their
/// results.
class AggregateExpression {
 public:
  /// One call of an aggregate function.
  struct Call {
    AggregateFunction function = AggregateFunction::count_rows;
    std::optional<BoundExpression> argument;  ///< the value; none for count(*)
    std::optional<BoundExpression> key;       ///< of arg_min and arg_max: what is compared
    std::optional<BoundExpression> filter;    ///< a condition: only records for which it is true count
    bool distinct = false;                    ///< each value of a group counts once
    double fraction = 0;                      ///< of quantiles, from 0 to 1
    std::string separator;                    ///< of string_agg
    Type result = Type::int64;
    std::string written;  ///< its text: calls that are written alike are the same
  };

  /// `schema`: of the input; `keys`: names and types of the group's keys, which may stand outside the calls.
  /// Throws ExpressionError, also where a column stands outside of a call and is no key.
  static AggregateExpression bind(const Expression& expression, const Schema& schema, const Schema& keys,
                                  const VariableLookup& variables = {});

  const std::vector<Call>& calls() const noexcept { return calls_; }
  /// Computes over a batch whose columns are the keys and then one result a call, in order.
  const BoundExpression& result() const noexcept { return result_; }

 private:
  std::vector<Call> calls_;
  BoundExpression result_;
};

}  // namespace weir
