// Values as integers of the same order. Pure functions.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace weir {

/// The bits of negative doubles grow as the values fall; this turns them round. Its own inverse.
constexpr std::int64_t turn_negative(std::int64_t bits) noexcept {
  return bits ^ ((bits >> 63) & std::numeric_limits<std::int64_t>::max());
}

/// A total order of doubles: -0 before 0, and every NaN after infinity, as DuckDB has it.
inline std::int64_t rank_of(double value) noexcept {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return turn_negative(std::bit_cast<std::int64_t>(value));
}
inline std::int64_t rank_of(std::int64_t value) noexcept { return value; }
inline std::int64_t rank_of(std::uint8_t value) noexcept { return value; }

/// The value of a rank: of the double, int64 or truth that has it.
template <class T>
T value_of(std::int64_t rank) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(turn_negative(rank));
  } else {
    return static_cast<T>(rank);
  }
}

}  // namespace weir
