#include "stages/expressions/aggregate_forms.hpp"

#include <algorithm>
#include <array>

namespace weir::expressions {
namespace {

using F = AggregateFunction;
using Form = AggregateForm;
using Takes = AggregateForm::Takes;
using Gives = AggregateForm::Gives;
using Parameter = AggregateForm::Parameter;

constexpr Form plain(std::string_view name, F function, Takes takes, Gives gives, std::string_view usage,
                     std::string_view summary) {
  return {name, function, takes, gives, Parameter::none, true, 0, usage, summary};
}

// `distinct` would change nothing, or has no meaning.
constexpr Form never_distinct(Form form) {
  form.may_be_distinct = false;
  return form;
}

constexpr Form with(Parameter parameter, Form form) {
  form.parameter = parameter;
  return form;
}

constexpr Form at_half(Form form) {
  form.fraction = 0.5;
  return form;
}

constexpr std::array kForms{
    plain("count", F::count, Takes::anything, Gives::int64, "count(x), count(*)",
          "How many values; with `*` how many records."),
    plain("sum", F::sum, Takes::numbers, Gives::the_same, "sum(x)",
          "The sum, of doubles without any rounding on the way."),
    plain("avg", F::avg, Takes::numbers, Gives::float64, "avg(x)", "The mean: the sum divided by the count."),
    plain("min", F::min, Takes::anything, Gives::the_same, "min(x)", "The least value."),
    plain("max", F::max, Takes::anything, Gives::the_same, "max(x)", "The greatest value."),
    never_distinct(plain("first", F::first, Takes::anything, Gives::the_same, "first(x)",
                         "What the first record has, be it NULL.")),
    never_distinct(plain("last", F::last, Takes::anything, Gives::the_same, "last(x)",
                         "What the last record has, be it NULL.")),
    never_distinct(plain("any_value", F::any_value, Takes::anything, Gives::the_same, "any_value(x)",
                         "The first value that is not NULL.")),
    never_distinct(
        with(Parameter::key, plain("arg_min", F::arg_min, Takes::anything, Gives::the_same, "arg_min(x, key)",
                                   "The value of the record with the least key; of several the first."))),
    never_distinct(
        with(Parameter::key, plain("arg_max", F::arg_max, Takes::anything, Gives::the_same, "arg_max(x, key)",
                                   "The value of the record with the greatest key; of several the first."))),
    plain("stddev", F::deviation_sample, Takes::doubles, Gives::float64, "stddev(x)",
          "The standard deviation of a sample; NULL of a single value."),
    plain("stddev_samp", F::deviation_sample, Takes::doubles, Gives::float64, "stddev_samp(x)",
          "The same as stddev."),
    plain("stddev_pop", F::deviation_population, Takes::doubles, Gives::float64, "stddev_pop(x)",
          "The standard deviation of all there is."),
    plain("variance", F::variance_sample, Takes::doubles, Gives::float64, "variance(x)",
          "The variance of a sample; NULL of a single value."),
    plain("var_samp", F::variance_sample, Takes::doubles, Gives::float64, "var_samp(x)",
          "The same as variance."),
    plain("var_pop", F::variance_population, Takes::doubles, Gives::float64, "var_pop(x)",
          "The variance of all there is."),
    at_half(plain("median", F::quantile_continuous, Takes::continuous, Gives::the_same, "median(x)",
                  "The middle value, or the mean of the two in the middle; keeps all values.")),
    with(Parameter::fraction, plain("quantile_cont", F::quantile_continuous, Takes::continuous,
                                    Gives::the_same, "quantile_cont(x, fraction)",
                                    "The value below which the fraction of all values lie, between two of "
                                    "them where it falls there; keeps "
                                    "all values.")),
    with(Parameter::fraction,
         plain("quantile_disc", F::quantile_discrete, Takes::ordered, Gives::the_same,
               "quantile_disc(x, fraction)",
               "The least value that the fraction of all values do not exceed; keeps all values.")),
    never_distinct(
        with(Parameter::fraction,
             plain("approx_quantile", F::quantile_approximate, Takes::doubles, Gives::float64,
                   "approx_quantile(x, fraction)",
                   "A quantile to within 0.8 percent of its value; keeps counts of ranges, no values."))),
    plain("mode", F::mode, Takes::anything, Gives::the_same, "mode(x)",
          "The most frequent value; of several the one that came first."),
    never_distinct(plain("approx_count_distinct", F::distinct_approximate, Takes::anything, Gives::int64,
                         "approx_count_distinct(x)",
                         "How many different values: exact up to 48, then to within some 3 percent; keeps at "
                         "most 2 KiB a group.")),
    with(Parameter::separator,
         plain("string_agg", F::string_agg, Takes::texts, Gives::the_same, "string_agg(x, separator)",
               "The values as text, one behind another in the order of the input.")),
    never_distinct(plain("bool_and", F::min, Takes::conditions, Gives::the_same, "bool_and(x)",
                         "Whether all values are true.")),
    never_distinct(plain("bool_or", F::max, Takes::conditions, Gives::the_same, "bool_or(x)",
                         "Whether any value is true.")),
};

}  // namespace

std::span<const AggregateForm> aggregate_forms() noexcept { return kForms; }

const AggregateForm* aggregate_form(std::string_view name) noexcept {
  const auto found = std::find_if(kForms.begin(), kForms.end(),
                                  [&](const AggregateForm& form) { return form.name == name; });
  return found == kForms.end() ? nullptr : &*found;
}

}  // namespace weir::expressions
