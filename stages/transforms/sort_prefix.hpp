// The first bytes of several keys as one number of the same order: what decides nearly every comparison of a
// sort.
//
// Each key is written so that comparing bytes compares keys: numbers by how many bytes they need and then
// these, strings with an end that is less than any byte. Small numbers and short codes take few bytes, so
// that fifteen hold several keys. What does not fit is cut off, and only then keys have to be looked at,
// those that were cut. Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/record_batch.hpp"

namespace weir {

/// Where one is less than another, its record is before the other's; where they are equal, so are their whole
/// keys.
struct SortPrefix {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// How many keys lie in it whole. It is the last byte, which is the same where all others are.
  std::size_t whole_keys() const noexcept { return low & 0xff; }
  friend bool operator==(const SortPrefix&, const SortPrefix&) = default;
  friend auto operator<=>(const SortPrefix&, const SortPrefix&) = default;
};

/// Of each of `rows`, in their order. Keys have Encoding::values; `descending` says which way each goes.
/// NULLs are last either way, NaN is greater than every number, both zeros are one.
std::vector<SortPrefix> sort_prefixes(std::span<const Column* const> keys,
                                      const std::vector<bool>& descending, const RowSet& rows);

}  // namespace weir
