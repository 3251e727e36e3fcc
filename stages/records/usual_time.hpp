// Dates and timestamps as nearly all are written, `2001-01-31` and `2001-01-31 23:59:59`, eight bytes at a
// time.
//
// Each function answers nothing for anything else, also where a number is too large, and leaves that to the
// general parser. Pure functions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "stages/records/calendar.hpp"

namespace weir {

namespace usual_time {

inline constexpr std::size_t kDateBytes = 10;
inline constexpr std::size_t kTimestampBytes = 19;

/// Two words that are read of a date, or one of a time of day: where digits must be, their values in a byte
/// each, elsewhere what differs from the pattern.
inline std::uint64_t differences(const char* text, const char* pattern) noexcept {
  std::uint64_t word = 0;
  std::uint64_t expected = 0;
  std::memcpy(&word, text, sizeof word);
  std::memcpy(&expected, pattern, sizeof expected);
  return word ^ expected;
}
/// Whether each byte is at most nine, and zero where `separators` has ones.
inline bool are_digits(std::uint64_t word, std::uint64_t separators) noexcept {
  return ((((word + 0x7676767676767676u) | word) & 0x8080808080808080u) | (word & separators)) == 0;
}
/// The number that two digits are, of which the first is the byte with this number.
inline unsigned pair_at(std::uint64_t word, unsigned byte) noexcept {
  return static_cast<unsigned>((word >> 8 * byte & 0xf) * 10 + (word >> (8 * byte + 8) & 0xf));
}

/// As days_from_civil and days_in_month, for years from 0 to 9999: 32 bits without a sign take half of the
/// time.
inline std::int64_t days_of(std::uint32_t year, std::uint32_t month, std::uint32_t day) noexcept {
  constexpr std::uint16_t kDaysBefore[] = {306, 337, 0,   31,  61,  92,
                                           122, 153, 184, 214, 245, 275};  // from March on
  constexpr std::int64_t kOrigin = days_from_civil({-400, 3, 1}) - 1;
  const std::uint32_t years = year + 400 - (month <= 2 ? 1 : 0);
  const std::uint32_t days =
      years * 365 + years / 4 - years / 100 + years / 400 + kDaysBefore[month - 1] + day;
  return kOrigin + days;
}
inline bool has_day(std::uint32_t year, std::uint32_t month, std::uint32_t day) noexcept {
  if (day == 0 || day > 31 || month - 1 >= 12) return false;
  return day <= 28 || day <= static_cast<std::uint32_t>(days_in_month(year, static_cast<int>(month)));
}

}  // namespace usual_time

/// Days since 1970-01-01 of the date that begins the text, of which kDateBytes can be read.
inline std::optional<std::int64_t> read_usual_date(const char* text) noexcept {
  if constexpr (std::endian::native != std::endian::little) return std::nullopt;
  using namespace usual_time;
  const std::uint64_t year_and_month = differences(text, "0000-00-");
  const std::uint64_t month_and_day = differences(text + 2, "00-00-00");
  if (!are_digits(year_and_month, 0xff0000ff00000000u) || !are_digits(month_and_day, 0x0000ff0000ff0000u))
    return std::nullopt;
  const std::uint32_t year = pair_at(year_and_month, 0) * 100 + pair_at(year_and_month, 2);
  const std::uint32_t month = pair_at(month_and_day, 3);
  const std::uint32_t day = pair_at(month_and_day, 6);
  if (!has_day(year, month, day)) return std::nullopt;
  return days_of(year, month, day);
}

/// Microseconds since 1970-01-01 00:00 of a timestamp of kTimestampBytes.
inline std::optional<std::int64_t> read_usual_timestamp(const char* text) noexcept {
  if constexpr (std::endian::native != std::endian::little) return std::nullopt;
  using namespace usual_time;
  const auto days = read_usual_date(text);
  const std::uint64_t time = differences(text + kDateBytes + 1, "00:00:00");
  const char between = text[kDateBytes];
  if (!days || (between != ' ' && between != 'T') || !are_digits(time, 0x0000ff0000ff0000u))
    return std::nullopt;
  const std::int64_t hour = pair_at(time, 0);
  const std::int64_t minute = pair_at(time, 3);
  const std::int64_t second = pair_at(time, 6);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return *days * kMicrosPerDay + hour * kMicrosPerHour + minute * kMicrosPerMinute +
         second * kMicrosPerSecond;
}

}  // namespace weir
