// Numbers of few digits, read eight bytes at a time. Most numbers in files are such.
//
// Each function reads the text [end - length, end), of which kNumberBytesReadable before `end` must be
// readable. It answers false, and leaves the work to the general parser, for anything but what it says. Pure
// functions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

inline constexpr std::size_t kNumberBytesReadable = 9;

namespace eight_digits {

inline std::uint64_t load(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Reads the last `count` bytes of a word, 1 to 8, as digits. They are combined in pairs, then fours, then
/// eight (D. Lemire, "Quickly parsing eight digits", 2018). False where one is no digit.
inline bool read(std::uint64_t word, std::size_t count, std::uint64_t& value) noexcept {
  const std::size_t foreign_bits = 8 * (sizeof word - count);
  word = (word ^ 0x3030303030303030u) >> foreign_bits << foreign_bits;
  if ((((word + 0x7676767676767676u) | word) & 0x8080808080808080u) != 0) return false;
  word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FFu;
  word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFFu;
  value = (word * 10000 + (word >> 32)) & 0xFFFFFFFFu;
  return true;
}

/// How many bytes of a word lie behind its last point; 8: there is none.
inline std::size_t behind_point(std::uint64_t word) noexcept {
  constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fu;
  const std::uint64_t differs = word ^ 0x2e2e2e2e2e2e2e2eu;
  const std::uint64_t points = ~(((differs & kLow) + kLow) | differs | kLow);
  return static_cast<std::size_t>(std::countl_zero(points)) / 8;
}

}  // namespace eight_digits

/// An integer of at most eight digits, with an optional minus.
inline bool read_short_integer(const char* end, std::size_t length, std::int64_t& value) noexcept {
  if constexpr (std::endian::native != std::endian::little) return false;
  if (length == 0) return false;
  const bool negative = end[-static_cast<std::ptrdiff_t>(length)] == '-';
  const std::size_t digits = length - static_cast<std::size_t>(negative);
  std::uint64_t magnitude = 0;
  if (digits - 1 >= 8 || !eight_digits::read(eight_digits::load(end - 8), digits, magnitude)) return false;
  value = negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  return true;
}

/// A number of at most eight digits, with an optional minus and perhaps a point between two of them. It is
/// the nearest double: its digits and the power of ten are doubles, and a division rounds once.
inline bool read_short_decimal(const char* end, std::size_t length, double& value) noexcept {
  if constexpr (std::endian::native != std::endian::little) return false;
  if (length == 0) return false;
  const bool negative = end[-static_cast<std::ptrdiff_t>(length)] == '-';
  std::size_t digits = length - static_cast<std::size_t>(negative);
  std::uint64_t word = eight_digits::load(end - 8);
  std::size_t decimals = eight_digits::behind_point(word);
  if (decimals < digits) {
    --digits;
    if (decimals == 0 || decimals == digits) return false;
    // What stands before the point moves up by a byte, into its place.
    const std::uint64_t behind = ~std::uint64_t{0} << 8 * (8 - decimals);
    word = (word & behind) | (eight_digits::load(end - 9) & ~behind);
  } else {
    decimals = 0;
  }
  std::uint64_t magnitude = 0;
  if (digits - 1 >= 8 || !eight_digits::read(word, digits, magnitude)) return false;
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
  const double whole = negative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
  value = whole / kPowers[decimals];
  return true;
}

}  // namespace weir
