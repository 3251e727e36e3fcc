// Functions of timestamps.

#include <array>
#include <utility>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/records/calendar.hpp"
#include "weir/diagnostic.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

CivilDate date_of(Int micros) noexcept { return civil_from_days(floor_divide(micros, kMicrosPerDay)); }

struct Year {
  static void compute(Int micros, Int& result) { result = date_of(micros).year; }
};
struct Quarter {
  static void compute(Int micros, Int& result) { result = (date_of(micros).month + 2) / 3; }
};
struct Month {
  static void compute(Int micros, Int& result) { result = date_of(micros).month; }
};
struct Day {
  static void compute(Int micros, Int& result) { result = date_of(micros).day; }
};
// 1970-01-01 was a Thursday; Sunday is 0.
struct DayOfWeek {
  static void compute(Int micros, Int& result) {
    result = floor_remainder(floor_divide(micros, kMicrosPerDay) + 4, 7);
  }
};
template <Int kUnitMicros, Int kUnits>
struct ClockPart {
  static void compute(Int micros, Int& result) {
    result = floor_remainder(floor_divide(micros, kUnitMicros), kUnits);
  }
};

enum class Unit : unsigned char {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year
};

constexpr std::array<std::string_view, 10> kUnitNames = {
    "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"};

// Takes away what the last whole unit, counted from `origin`, leaves over; false where that leaves the range.
bool truncate(Int micros, Int unit, Int& result, Int origin = 0) noexcept {
  const Int over = floor_remainder(floor_remainder(micros, unit) - floor_remainder(origin, unit), unit);
  return !__builtin_sub_overflow(micros, over, &result);
}

// Weeks begin on Mondays; 1969-12-29 was one.
constexpr Int kMondayMicros = -3 * kMicrosPerDay;

template <Unit kUnit>
struct DateTrunc {
  static bool compute(Int micros, Int& result) {
    switch (kUnit) {
      case Unit::microsecond:
        return truncate(micros, 1, result);
      case Unit::millisecond:
        return truncate(micros, 1000, result);
      case Unit::second:
        return truncate(micros, kMicrosPerSecond, result);
      case Unit::minute:
        return truncate(micros, kMicrosPerMinute, result);
      case Unit::hour:
        return truncate(micros, kMicrosPerHour, result);
      case Unit::day:
        return truncate(micros, kMicrosPerDay, result);
      case Unit::week:
        return truncate(micros, 7 * kMicrosPerDay, result, kMondayMicros);
      case Unit::month:
      case Unit::quarter:
      case Unit::year:
        break;
    }
    CivilDate date = date_of(micros);
    date.day = 1;
    if (kUnit == Unit::quarter) date.month -= (date.month - 1) % 3;
    if (kUnit == Unit::year) date.month = 1;
    return !__builtin_mul_overflow(days_from_civil(date), kMicrosPerDay, &result);
  }
  static std::string failure(Int micros) {
    return "timestamp out of range: date_trunc of " + shown_timestamp(micros);
  }
};

using Maker = KernelPtr (*)(Type, Arguments);

template <std::size_t... i>
constexpr std::array<Maker, sizeof...(i)> truncations(std::index_sequence<i...>) {
  return {make_operation<DateTrunc<static_cast<Unit>(i)>>...};
}

KernelPtr make_date_trunc(Type result, Arguments arguments) {
  constexpr auto kMakers = truncations(std::make_index_sequence<kUnitNames.size()>());
  const Constant* unit = arguments[0]->constant();
  if (unit == nullptr)
    throw BadArgument(0, "date_trunc wants its unit as a text, not computed", "as in 'month'");
  const std::string name = to_lower(unit->column->text(0));
  for (std::size_t i = 0; i < kUnitNames.size(); ++i)
    if (kUnitNames[i] == name) return kMakers[i](result, {std::move(arguments[1])});
  throw BadArgument(0, "date_trunc knows no unit " + shown(std::string_view(name)),
                    suggest_name(name, {kUnitNames.begin(), kUnitNames.end()}));
}

void add_part(FunctionTable& table, std::string_view name, std::string_view usage, std::string_view summary,
              Maker make) {
  Function function;
  function.name = name;
  function.section = "Times";
  function.usage = usage;
  function.summary = summary;
  function.parameters = {Type::timestamp};
  function.result = Type::int64;
  function.make = make;
  table.add(std::move(function));
}

}  // namespace

void add_time_functions(FunctionTable& table) {
  add_part(table, "year", "year(t)", "The year.", make_operation<Year>);
  add_part(table, "quarter", "quarter(t)", "The quarter, 1 to 4.", make_operation<Quarter>);
  add_part(table, "month", "month(t)", "The month, 1 to 12.", make_operation<Month>);
  add_part(table, "day", "day(t)", "The day of the month.", make_operation<Day>);
  add_part(table, "dayofweek", "dayofweek(t)", "The day of the week, 0 (Sunday) to 6.",
           make_operation<DayOfWeek>);
  add_part(table, "hour", "hour(t)", "The hour, 0 to 23.", make_operation<ClockPart<kMicrosPerHour, 24>>);
  add_part(table, "minute", "minute(t)", "The minute.", make_operation<ClockPart<kMicrosPerMinute, 60>>);
  add_part(table, "second", "second(t)", "The second.", make_operation<ClockPart<kMicrosPerSecond, 60>>);

  Function date_trunc;
  date_trunc.name = "date_trunc";
  date_trunc.section = "Times";
  date_trunc.usage = "date_trunc(unit, t)";
  date_trunc.summary =
      "The beginning of the unit that t lies in: 'year' down to 'microsecond'; weeks begin on Mondays.";
  date_trunc.parameters = {Type::string, Type::timestamp};
  date_trunc.result = Type::timestamp;
  date_trunc.make = make_date_trunc;
  table.add(std::move(date_trunc));
}

}  // namespace weir::expressions
