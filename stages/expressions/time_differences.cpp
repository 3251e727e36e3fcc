// date_diff: how many boundaries of a unit lie between two times.

#include <array>
#include <utility>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/expressions/time_units.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

Int days_of(Int micros) noexcept { return floor_divide(micros, kMicrosPerDay); }

// Boundaries of years and months are counted on the calendar, and those of days, hours and less on the clock.
// A week has none in DuckDB: seven whole days count.
template <Unit kUnit>
struct DateDiff {
  static void compute(Int from, Int to, Int& result) {
    constexpr UnitLength kLength = length_of(kUnit);
    if (kLength.months > 0) {
      result = number_of(to, kLength.months) - number_of(from, kLength.months);
    } else if (kLength.days > 0) {
      result = (days_of(to) - days_of(from)) / kLength.days;
    } else {
      result = floor_divide(to, kLength.micros) - floor_divide(from, kLength.micros);
    }
  }

 private:
  static Int number_of(Int micros, Int months) noexcept {
    const CivilDate date = civil_from_days(days_of(micros));
    return months >= 12 ? date.year / (months / 12) : floor_divide(date.year * 12 + date.month - 1, months);
  }
};

// The one unit of which two times may be too many apart.
struct MicrosecondDiff {
  static bool compute(Int from, Int to, Int& result) { return !__builtin_sub_overflow(to, from, &result); }
  static std::string failure(Int, Int) { return "integer overflow: date_diff in microseconds"; }
};

using Maker = KernelPtr (*)(Type, Arguments);

template <std::size_t... i>
constexpr std::array<Maker, sizeof...(i)> differences(std::index_sequence<i...>) {
  return {make_operation<DateDiff<static_cast<Unit>(i)>>...};
}

KernelPtr make_date_diff(Type result, Arguments arguments) {
  constexpr auto kMakers = differences(std::make_index_sequence<kUnitCount>());
  const Unit unit = unit_argument("date_diff", arguments, 0);
  const Maker make =
      unit == Unit::microsecond ? make_operation<MicrosecondDiff> : kMakers[static_cast<std::size_t>(unit)];
  return make(result, {std::move(arguments[1]), std::move(arguments[2])});
}

}  // namespace

void add_time_differences(FunctionTable& table) {
  Function function;
  function.name = "date_diff";
  function.section = "Times";
  function.usage = "date_diff(unit, from, to)";
  function.summary =
      "How many beginnings of a unit lie between two times: 'month', 'day', 'hour' ...; of 'week' seven "
      "whole days "
      "each.";
  function.example = "date_diff('month', date '2024-01-31', date '2024-03-01')";
  function.parameters = {Type::string, Type::timestamp, Type::timestamp};
  function.result = Type::int64;
  function.make = make_date_diff;
  table.add(std::move(function));
}

}  // namespace weir::expressions
