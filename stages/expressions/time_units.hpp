// The units of time that date_trunc, date_part, date_diff and intervals name. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stages/expressions/kernel.hpp"
#include "stages/records/calendar.hpp"

namespace weir::expressions {

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
  year,
  decade,
  century,
  millennium,
};
inline constexpr std::size_t kUnitCount = 13;

/// The unit of a name in letters of any size: "month", "months", "mon".
std::optional<Unit> unit_named(std::string_view name);
/// "month".
std::string_view name_of(Unit unit) noexcept;
/// What a mend says about a name that is none.
std::string suggest_unit(std::string_view wrong);
/// What `make` of a function finds as its unit. Throws BadArgument where that is no literal, or no unit.
Unit unit_argument(std::string_view function, const Arguments& arguments, std::size_t place);

/// A unit as an interval has it: one of the three, the others 0.
struct UnitLength {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t micros = 0;
};
constexpr UnitLength length_of(Unit unit) noexcept {
  switch (unit) {
    case Unit::microsecond:
      return {.micros = 1};
    case Unit::millisecond:
      return {.micros = 1000};
    case Unit::second:
      return {.micros = kMicrosPerSecond};
    case Unit::minute:
      return {.micros = kMicrosPerMinute};
    case Unit::hour:
      return {.micros = kMicrosPerHour};
    case Unit::day:
      return {.days = 1};
    case Unit::week:
      return {.days = 7};
    case Unit::month:
      return {.months = 1};
    case Unit::quarter:
      return {.months = 3};
    case Unit::year:
      return {.months = 12};
    case Unit::decade:
      return {.months = 120};
    case Unit::century:
      return {.months = 1'200};
    case Unit::millennium:
      return {.months = 12'000};
  }
  return {};
}

}  // namespace weir::expressions
