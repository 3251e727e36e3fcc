// Functions that take timestamps apart, and date_trunc. Dates become the timestamps of their midnights.

#include <array>
#include <utility>
#include <vector>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/expressions/time_names.hpp"
#include "stages/expressions/time_units.hpp"
#include "stages/records/calendar.hpp"
#include "weir/diagnostic.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;
using Maker = KernelPtr (*)(Type, Arguments);

Int days_of(Int micros) noexcept { return floor_divide(micros, kMicrosPerDay); }
CivilDate date_of(Int micros) noexcept { return civil_from_days(days_of(micros)); }

struct Year {
  static void compute(Int micros, Int& result) { result = date_of(micros).year; }
};
template <Int kYears>
struct Years {
  static void compute(Int micros, Int& result) { result = date_of(micros).year / kYears; }
};
// The first century is of the years 1 to 100.
template <Int kYears>
struct YearsFromOne {
  static void compute(Int micros, Int& result) {
    const Int year = date_of(micros).year;
    result = year > 0 ? (year - 1) / kYears + 1 : year / kYears - 1;
  }
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
struct DayOfYear {
  static void compute(Int micros, Int& result) {
    const Int days = days_of(micros);
    result = days - days_from_civil({civil_from_days(days).year, 1, 1}) + 1;
  }
};
struct DayOfWeek {
  static void compute(Int micros, Int& result) { result = day_of_week(days_of(micros)); }
};
struct IsoDayOfWeek {
  static void compute(Int micros, Int& result) { result = (day_of_week(days_of(micros)) + 6) % 7 + 1; }
};
struct Week {
  static void compute(Int micros, Int& result) { result = iso_week(days_of(micros)).week; }
};
struct IsoYear {
  static void compute(Int micros, Int& result) { result = iso_week(days_of(micros)).year; }
};
struct YearWeek {
  static void compute(Int micros, Int& result) {
    const IsoWeek week = iso_week(days_of(micros));
    result = week.year * 100 + (week.year > 0 ? week.week : -week.week);
  }
};
template <Int kUnitMicros, Int kUnits>
struct ClockPart {
  static void compute(Int micros, Int& result) {
    result = floor_remainder(floor_divide(micros, kUnitMicros), kUnits);
  }
};
struct Epoch {
  static void compute(Int micros, double& result) {
    result = static_cast<double>(micros) / static_cast<double>(kMicrosPerSecond);
  }
};

struct MonthName {
  static void compute(Int micros, std::string& result) {
    result = kMonthNames[static_cast<std::size_t>(date_of(micros).month - 1)];
  }
};
struct DayName {
  static void compute(Int micros, std::string& result) {
    result = kDayNames[static_cast<std::size_t>(day_of_week(days_of(micros)))];
  }
};

// A part with the name that `date_part` knows it by, and its function.
struct Part {
  std::string_view name;
  std::string_view usage;
  std::string_view summary;
  std::string_view example;
  Maker make;
  Type type = Type::int64;
};
constexpr auto kParts = std::to_array<Part>({
    {"year", "year(t)", "The year.", "year(date '2024-02-29')", make_operation<Year>},
    {"quarter", "quarter(t)", "The quarter, 1 to 4.", "quarter(date '2024-02-29')", make_operation<Quarter>},
    {"month", "month(t)", "The month, 1 to 12.", "month(date '2024-02-29')", make_operation<Month>},
    {"day", "day(t)", "The day of the month.", "day(date '2024-02-29')", make_operation<Day>},
    {"dayofweek", "dayofweek(t)", "The day of the week, 0 (Sunday) to 6.", "dayofweek(date '2024-02-29')",
     make_operation<DayOfWeek>},
    {"isodow", "isodow(t)", "The day of the week, 1 (Monday) to 7.", "isodow(date '2024-02-25')",
     make_operation<IsoDayOfWeek>},
    {"dayofyear", "dayofyear(t)", "The day of the year, from 1.", "dayofyear(date '2024-02-29')",
     make_operation<DayOfYear>},
    {"week", "week(t)", "The ISO week, 1 to 53; the first has the year's first Thursday.",
     "week(date '2024-12-31')", make_operation<Week>},
    {"isoyear", "isoyear(t)", "The year that the ISO week belongs to.", "isoyear(date '2024-12-31')",
     make_operation<IsoYear>},
    {"yearweek", "yearweek(t)", "The ISO year and week as one number.", "yearweek(date '2024-12-31')",
     make_operation<YearWeek>},
    {"hour", "hour(t)", "The hour, 0 to 23.", "hour(timestamp '2024-02-29 13:45:06')",
     make_operation<ClockPart<kMicrosPerHour, 24>>},
    {"minute", "minute(t)", "The minute.", "minute(timestamp '2024-02-29 13:45:06')",
     make_operation<ClockPart<kMicrosPerMinute, 60>>},
    {"second", "second(t)", "The second.", "second(timestamp '2024-02-29 13:45:06')",
     make_operation<ClockPart<kMicrosPerSecond, 60>>},
    {"millisecond", "millisecond(t)", "The second in milliseconds.",
     "millisecond(timestamp '2024-02-29 13:45:06.789')", make_operation<ClockPart<1000, 60'000>>},
    {"microsecond", "microsecond(t)", "The second in microseconds.",
     "microsecond(timestamp '2024-02-29 13:45:06.789')", make_operation<ClockPart<1, 60'000'000>>},
    {"epoch", "epoch(t)", "Seconds since 1970-01-01, a double.", "epoch(timestamp '2024-02-29 13:45:06.5')",
     make_operation<Epoch>, Type::float64},
    {"decade", "decade(t)", "The year divided by 10.", "decade(date '2024-02-29')",
     make_operation<Years<10>>},
    {"century", "century(t)", "The century; 2001 began the 21st.", "century(date '2000-12-31')",
     make_operation<YearsFromOne<100>>},
    {"millennium", "millennium(t)", "The millennium; 2001 began the third.", "millennium(date '2000-12-31')",
     make_operation<YearsFromOne<1000>>},
});

// Other names of parts, beside the units' own.
struct PartAlias {
  std::string_view name;
  std::string_view part;
};
constexpr auto kPartAliases = std::to_array<PartAlias>(
    {{"dow", "dayofweek"}, {"weekday", "dayofweek"}, {"doy", "dayofyear"}, {"weekofyear", "week"}});

const Part* find_part(std::string_view name) noexcept {
  for (const PartAlias& alias : kPartAliases)
    if (alias.name == name) name = alias.part;
  for (const Part& part : kParts)
    if (part.name == name) return &part;
  return nullptr;
}

// The part that a name means: its own, or one of a unit's ("years", "min").
const Part* part_named(const std::string& name) {
  if (const Part* part = find_part(name)) return part;
  const auto unit = unit_named(name);
  return unit ? find_part(name_of(*unit)) : nullptr;
}

KernelPtr make_date_part(Type, Arguments arguments) {
  const Constant* constant = arguments[0]->constant();
  if (constant == nullptr)
    throw BadArgument(0, "date_part wants its part as a text, not computed", "as in 'month'");
  const std::string name = to_lower(constant->column->text(0));
  if (const Part* part = part_named(name)) return part->make(part->type, {std::move(arguments[1])});
  std::vector<std::string> names;
  for (const Part& part : kParts)
    names.emplace_back(part.name);
  throw BadArgument(0, "date_part knows no part " + shown(std::string_view(name)), suggest_name(name, names));
}

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
    constexpr UnitLength kLength = length_of(kUnit);
    if (kUnit == Unit::week) return truncate(micros, 7 * kMicrosPerDay, result, kMondayMicros);
    if (kUnit == Unit::day) return truncate(micros, kMicrosPerDay, result);
    if (kLength.months == 0) return truncate(micros, kLength.micros, result);
    CivilDate date = date_of(micros);
    constexpr Int kYears = kLength.months / 12;
    if (kYears > 0) {
      date = {date.year / kYears * kYears, 1, 1};
    } else {
      date.month -= (date.month - 1) % static_cast<int>(kLength.months);
      date.day = 1;
    }
    return !__builtin_mul_overflow(days_from_civil(date), kMicrosPerDay, &result);
  }
  static std::string failure(Int micros) {
    return "timestamp out of range: date_trunc of " + shown_timestamp(micros);
  }
};

template <std::size_t... i>
constexpr std::array<Maker, sizeof...(i)> truncations(std::index_sequence<i...>) {
  return {make_operation<DateTrunc<static_cast<Unit>(i)>>...};
}

KernelPtr make_date_trunc(Type result, Arguments arguments) {
  constexpr auto kMakers = truncations(std::make_index_sequence<kUnitCount>());
  const Unit unit = unit_argument("date_trunc", arguments, 0);
  return kMakers[static_cast<std::size_t>(unit)](result, {std::move(arguments[1])});
}

Function times(std::string_view name, std::string_view usage, std::string_view summary,
               std::string_view example, std::vector<Type> parameters, Type result, Maker make) {
  return plain_function("Times", name, usage, summary, example, std::move(parameters), result, make);
}

}  // namespace

void add_time_functions(FunctionTable& table) {
  for (const Part& part : kParts)
    table.add(
        times(part.name, part.usage, part.summary, part.example, {Type::timestamp}, part.type, part.make));
  table.add(times("monthname", "monthname(t)", "The month's English name.", "monthname(date '2024-02-29')",
                  {Type::timestamp}, Type::string, make_operation<MonthName>));
  table.add(times("dayname", "dayname(t)", "The English name of the day of the week.",
                  "dayname(date '2024-02-29')", {Type::timestamp}, Type::string, make_operation<DayName>));
  table.add(times("date_part", "date_part(part, t)",
                  "The part that the function of its name gives: 'year', 'dow', 'epoch' ... Also written "
                  "extract(year from t).",
                  "date_part('year', date '2024-02-29')", {Type::string, Type::timestamp}, Type::int64,
                  make_date_part));
  table.add(times("date_trunc", "date_trunc(unit, t)",
                  "The beginning of the unit that t lies in: 'millennium' down to 'microsecond'; weeks begin "
                  "on Mondays.",
                  "date_trunc('month', timestamp '2024-02-29 13:45:06')", {Type::string, Type::timestamp},
                  Type::timestamp, make_date_trunc));
}

}  // namespace weir::expressions
