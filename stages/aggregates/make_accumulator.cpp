// Which accumulator an aggregate function has.

#include <string>

#include "stages/aggregates/accumulator.hpp"

namespace weir {
namespace {

std::unique_ptr<Accumulator> make_sum(Type argument, bool average) {
  if (argument == Type::int64) return make_integer_sum(average);
  if (argument == Type::float64) return make_double_sum(average);
  throw UsageError("sum and avg take int64 and double, not " + std::string(to_string(argument)));
}

}  // namespace

std::unique_ptr<Accumulator> Accumulator::make(const AggregateExpression::Call& call) {
  using F = AggregateFunction;
  if (call.distinct) return make_distinct(call);
  const Type type = call.argument ? call.argument->type() : Type::int64;
  switch (call.function) {
    case F::count_rows:
      return make_count(true);
    case F::count:
      return make_count(false);
    case F::sum:
      return make_sum(type, false);
    case F::avg:
      return make_sum(type, true);
    case F::min:
      return make_extreme(type, false);
    case F::max:
      return make_extreme(type, true);
    case F::first:
      return make_choice(Chosen::first, type);
    case F::last:
      return make_choice(Chosen::last, type);
    case F::any_value:
      return make_choice(Chosen::first_value, type);
    case F::arg_min:
      return make_choice(Chosen::least_key, type);
    case F::arg_max:
      return make_choice(Chosen::greatest_key, type);
    case F::variance_sample:
      return make_spread(Spread::variance, SpreadOf::sample);
    case F::variance_population:
      return make_spread(Spread::variance, SpreadOf::population);
    case F::deviation_sample:
      return make_spread(Spread::deviation, SpreadOf::sample);
    case F::deviation_population:
      return make_spread(Spread::deviation, SpreadOf::population);
    case F::quantile_continuous:
      return make_continuous_quantile(type, call.fraction);
    case F::quantile_discrete:
      return make_discrete_quantile(type, call.fraction);
    case F::quantile_approximate:
      return make_approximate_quantile(call.fraction);
    case F::mode:
      return make_mode(type);
    case F::distinct_approximate:
      return make_distinct_estimate();
    case F::string_agg:
      return make_joined_text(call.separator);
  }
  throw UsageError("an aggregate function without an accumulator");
}

}  // namespace weir
