// A line of flights.csv, `2001-01-01 00:01:00,33,2176,LAS,PHL`, read as somebody would who knows that dates
// have nineteen characters, airports three, and that no number has more than seven.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "benchmarks/ceilings/chunked_file.hpp"

namespace weir::ceilings {

inline constexpr std::size_t kDateBytes = 19;
inline constexpr std::size_t kAirportBytes = 3;

struct Flight {
  const char*
      delay_text;  ///< and a comma, the distance, a comma, and the two airports with a comma between them
  const char* origin;
  std::int64_t delay;
};

/// How many bytes lie before a word's first comma.
inline std::size_t before_comma(std::uint64_t word) noexcept {
  const std::uint64_t differs = word ^ 0x2c2c2c2c2c2c2c2cu;
  const std::uint64_t commas = (differs - 0x0101010101010101u) & ~differs & 0x8080808080808080u;
  return static_cast<std::size_t>(std::countr_zero(commas)) / 8;
}

inline std::uint64_t load_word(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Reads the flight at `at`, which moves to the next line.
inline Flight take_flight(const char*& at) noexcept {
  const char* const delay = at + kDateBytes + 1;
  std::uint64_t word = load_word(delay);
  const std::size_t length = before_comma(word);
  const auto sign = -static_cast<std::int64_t>((word & 0xff) == '-');
  // The digits move to the word's end, and zeros stand before them.
  word = (word ^ 0x3030303030303030u) & ~static_cast<std::uint64_t>(sign & 0xff);
  word <<= 8 * (8 - length);
  word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFu;
  word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFu;
  const auto magnitude = static_cast<std::int64_t>((word * 10000 + (word >> 32)) & 0xFFFFFFFFu);
  const char* const distance = delay + length + 1;
  const char* const origin = distance + before_comma(load_word(distance)) + 1;
  at = origin + 2 * (kAirportBytes + 1);
  return {delay, origin, (magnitude ^ sign) - sign};
}

/// The lines without the header, with which the file's first chunk begins. Ends the program where they are
/// not as is known of them.
inline Lines flights_of(Lines lines, std::size_t chunk) {
  if (chunk == 0) lines.begin = static_cast<const char*>(std::memchr(lines.begin, '\n', kLineBytesMax)) + 1;
  if (lines.begin < lines.end && (lines.begin[kDateBytes] != ',' || lines.end[-1 - 1 - kAirportBytes] != ','))
    fail("flights do not look as expected");
  return lines;
}

}  // namespace weir::ceilings
