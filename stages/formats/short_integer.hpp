// Integers of few digits, read eight bytes at a time. Most integers in files are such.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::csv {

/// Reads an integer of at most eight digits with an optional minus: the text [end - length, end), of which
/// eight bytes before `end` must be readable. Answers false, and leaves the work to the general parser, for
/// anything else. The digits are combined in pairs, then fours, then eight (D. Lemire, "Quickly parsing eight
/// digits", 2018).
inline bool read_short_integer(const char* end, std::size_t length, std::int64_t& value) noexcept {
  if constexpr (std::endian::native != std::endian::little) return false;
  if (length == 0) return false;
  const bool negative = end[-static_cast<std::ptrdiff_t>(length)] == '-';
  const std::size_t digits = length - static_cast<std::size_t>(negative);
  if (digits - 1 >= 8) return false;

  std::uint64_t word = 0;
  std::memcpy(&word, end - sizeof word, sizeof word);
  const std::size_t foreign_bits = 8 * (sizeof word - digits);
  word = (word ^ 0x3030303030303030u) >> foreign_bits << foreign_bits;
  if ((((word + 0x7676767676767676u) | word) & 0x8080808080808080u) != 0) return false;

  word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFu;
  word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFu;
  word = (word * 10000 + (word >> 32)) & 0xFFFFFFFFu;
  const auto magnitude = static_cast<std::int64_t>(word);
  value = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace weir::csv
