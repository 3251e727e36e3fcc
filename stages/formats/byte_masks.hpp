// Where given bytes stand in 64 bytes of text, as bit masks: bit i is byte i.
//
// The loops over CSV text go from one mask to the next and then from set bit to set bit, so that bytes which
// mean nothing are never looked at one by one. SSE2 is part of every x86-64; elsewhere eight bytes are
// compared at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace weir::csv {

/// Bytes that one mask covers.
inline constexpr std::size_t kMaskBytes = 64;

#if defined(__SSE2__)

/// 64 bytes of text, loaded once and compared with several bytes.
class TextWord {
 public:
  /// Reads kMaskBytes bytes.
  explicit TextWord(const char* text) noexcept {
    for (std::size_t i = 0; i < 4; ++i)
      parts_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text) + i);
  }
  std::uint64_t equal_to(char byte) const noexcept {
    const __m128i wanted = _mm_set1_epi8(byte);
    return join(_mm_cmpeq_epi8(parts_[0], wanted), _mm_cmpeq_epi8(parts_[1], wanted),
                _mm_cmpeq_epi8(parts_[2], wanted), _mm_cmpeq_epi8(parts_[3], wanted));
  }
  bool has_non_ascii() const noexcept {
    return _mm_movemask_epi8(
               _mm_or_si128(_mm_or_si128(parts_[0], parts_[1]), _mm_or_si128(parts_[2], parts_[3]))) != 0;
  }

 private:
  static std::uint64_t join(__m128i a, __m128i b, __m128i c, __m128i d) noexcept {
    return bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48;
  }
  static std::uint64_t bits(__m128i compared) noexcept {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(compared)));
  }
  __m128i parts_[4];
};

#else

class TextWord {
 public:
  explicit TextWord(const char* text) noexcept { std::memcpy(parts_, text, sizeof parts_); }
  std::uint64_t equal_to(char byte) const noexcept {
    const std::uint64_t wanted = kOnes * static_cast<unsigned char>(byte);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < 8; ++i)
      mask |= zero_bytes(parts_[i] ^ wanted) << (8 * i);
    return mask;
  }
  bool has_non_ascii() const noexcept {
    std::uint64_t all = 0;
    for (const std::uint64_t part : parts_)
      all |= part;
    return (all & kHighs) != 0;
  }

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101u;
  static constexpr std::uint64_t kHighs = 0x8080808080808080u;

  /// One bit for each byte of `word` that is zero, exactly: no carry runs from byte to byte.
  static std::uint64_t zero_bytes(std::uint64_t word) noexcept {
    const std::uint64_t high_if_zero = ~(((word & ~kHighs) + ~kHighs) | word | ~kHighs);
    const std::uint64_t first_byte_lowest =
        std::endian::native == std::endian::little ? high_if_zero : swap_bytes(high_if_zero);
    return ((first_byte_lowest >> 7) * 0x0102040810204080u) >> 56;
  }
  static std::uint64_t swap_bytes(std::uint64_t word) noexcept {
    std::uint64_t swapped = 0;
    for (int i = 0; i < 8; ++i)
      swapped = swapped << 8 | ((word >> (8 * i)) & 0xFFu);
    return swapped;
  }
  std::uint64_t parts_[8];
};

#endif

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

}  // namespace weir::csv
