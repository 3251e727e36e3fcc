// The proleptic Gregorian calendar over the whole range of a 64-bit count of microseconds.
//
// std::chrono's calendar ends at the year 32767; ours must not. Pure functions, any thread.
#pragma once

#include <cstdint>

namespace weir {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

/// The quotient rounded down, also for times before 1970. Requires divisor > 0.
constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) noexcept {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}
/// What floor_divide leaves over: 0 to divisor - 1.
constexpr std::int64_t floor_remainder(std::int64_t value, std::int64_t divisor) noexcept {
  const std::int64_t remainder = value % divisor;
  return remainder < 0 ? remainder + divisor : remainder;
}

/// Days since 1970-01-01. Both directions after Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms": eras of 400 years, whose years begin in March so that the leap day comes last.
constexpr std::int64_t days_from_civil(CivilDate date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

constexpr CivilDate civil_from_days(std::int64_t days) noexcept {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_divide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

/// The days that dates reach: whole years, of which every instant is a timestamp too.
inline constexpr std::int64_t kDateMin = days_from_civil({-290'307, 1, 1});
inline constexpr std::int64_t kDateMax = days_from_civil({294'246, 12, 31});

constexpr bool is_date(std::int64_t days) noexcept { return days >= kDateMin && days <= kDateMax; }

/// 0 (Sunday) to 6. 1970-01-01 was a Thursday.
constexpr std::int64_t day_of_week(std::int64_t days) noexcept { return floor_remainder(days + 4, 7); }

/// A week of ISO 8601: from Monday to Sunday, and of the year that its Thursday lies in.
struct IsoWeek {
  std::int64_t year;
  int week;  ///< 1 to 53
};
constexpr IsoWeek iso_week(std::int64_t days) noexcept {
  const std::int64_t thursday = days - floor_remainder(days + 3, 7) + 3;
  const std::int64_t year = civil_from_days(thursday).year;
  return {year, static_cast<int>((thursday - days_from_civil({year, 1, 1})) / 7) + 1};
}

constexpr int days_in_month(std::int64_t year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace weir
