// Where given bytes stand in text, as bit masks of 64 bytes: bit i is byte i.
//
// The loops over text go from one mask to the next and then from set bit to set bit, so that bytes which mean
// nothing are never looked at one by one. Masks are made some thousand bytes ahead, with the widest registers
// that the processor has on which the program runs; by hand, see docs/decisions/012-byte-masks-by-hand.md.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace weir {

/// Bytes that one mask covers.
inline constexpr std::size_t kMaskBytes = 64;
/// Masks that are made at once.
inline constexpr std::size_t kMasksMax = 32;
/// How many different bytes are looked for.
inline constexpr std::size_t kWantedBytes = 3;

/// Of each wanted byte: where it stands in the same 64 bytes of text.
using Masks = std::array<std::uint64_t, kWantedBytes>;

/// The bytes that are looked for.
using WantedBytes = std::array<char, kWantedBytes>;
/// Masks of one wanted byte.
using MaskRow = std::array<std::uint64_t, kMasksMax>;

/// Looks at `count` times 64 bytes; writes where each wanted byte stands to its row. Answers whether any byte
/// is not ASCII.
using FindBytes = bool (*)(const char* text, std::size_t count, const WantedBytes& wanted, MaskRow* rows);

/// All ways to do so that the processor knows on which the program runs, the quickest last. The others are
/// for tests.
std::vector<FindBytes> ways_to_find_bytes();

/// Where three bytes stand in some text. One thread.
class ByteMasks {
 public:
  explicit ByteMasks(const WantedBytes& wanted) noexcept : wanted_(wanted) {}

  /// Looks at `count` times 64 bytes, at most kMasksMax times. Answers whether any byte is not ASCII.
  bool find(const char* text, std::size_t count) noexcept;
  Masks operator[](std::size_t number) const noexcept {
    return {rows_[0][number], rows_[1][number], rows_[2][number]};
  }

 private:
  WantedBytes wanted_;
  MaskRow rows_[kWantedBytes];  ///< of each wanted byte; not initialised
};

/// The lowest `count` bits; all of them for 64 and more.
inline std::uint64_t lowest_bits(std::size_t count) noexcept {
  return count >= kMaskBytes ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// Takes the lowest set bit out of a mask that has one, and answers its place.
inline unsigned take_lowest_bit(std::uint64_t& mask) noexcept {
  const auto place = static_cast<unsigned>(std::countr_zero(mask));
  mask &= mask - 1;
  return place;
}

/// Calls visit(at, masks) for each 64 bytes of `text` from `at` on, until it answers false. Answers whether
/// any byte that was looked at, perhaps also behind the last one visited, is not ASCII.
template <class Visit>
bool for_each_mask(std::string_view text, std::size_t at, const WantedBytes& wanted, Visit visit) {
  ByteMasks masks(wanted);
  bool has_non_ascii = false;
  while (text.size() - at >= kMaskBytes) {
    const std::size_t whole = (text.size() - at) / kMaskBytes;
    const std::size_t count = whole < kMasksMax ? whole : kMasksMax;
    has_non_ascii |= masks.find(text.data() + at, count);
    for (std::size_t i = 0; i < count; ++i, at += kMaskBytes)
      if (!visit(at, masks[i])) return has_non_ascii;
  }
  if (const std::size_t rest = text.size() - at; rest > 0) {
    char last[kMaskBytes] = {};
    std::memcpy(last, text.data() + at, rest);
    has_non_ascii |= masks.find(last, 1);
    Masks found = masks[0];
    for (std::uint64_t& mask : found)
      mask &= lowest_bits(rest);
    visit(at, found);
  }
  return has_non_ascii;
}

}  // namespace weir
