#include "stages/formats/byte_masks.hpp"

#include <cassert>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir {
namespace {

// Bit i: the i-th byte in memory is zero. Exactly: no carry runs from byte to byte.
std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  constexpr std::uint64_t kLows = 0x7f7f7f7f7f7f7f7fu;
  const std::uint64_t high_if_zero = ~(((word & kLows) + kLows) | word | kLows);
  if constexpr (std::endian::native == std::endian::little)
    return ((high_if_zero >> 7) * 0x0102040810204080u) >> 56;
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 8; ++i)
    bits |= (high_if_zero >> (63 - 8 * i) & 1) << i;
  return bits;
}

bool find_by_8(const char* text, std::size_t count, const WantedBytes& wanted, MaskRow* rows) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < count; ++i, text += kMaskBytes) {
    for (std::size_t byte = 0; byte < wanted.size(); ++byte)
      rows[byte][i] = 0;
    for (unsigned part = 0; part < 8; ++part) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, text + 8 * part, sizeof bytes);
      all |= bytes;
      for (std::size_t byte = 0; byte < wanted.size(); ++byte) {
        const std::uint64_t sought = 0x0101010101010101u * static_cast<unsigned char>(wanted[byte]);
        rows[byte][i] |= zero_bytes(bytes ^ sought) << 8 * part;
      }
    }
  }
  return (all & 0x8080808080808080u) != 0;
}

#if defined(__x86_64__)

// One function for each width of registers, the code of which only processors run that have them.

[[gnu::target("avx512bw")]] bool find_by_64(const char* text, std::size_t count, const WantedBytes& wanted,
                                            MaskRow* rows) {
  std::uint64_t non_ascii = 0;
  for (std::size_t i = 0; i < count; ++i, text += kMaskBytes) {
    const __m512i bytes = _mm512_loadu_si512(text);
    non_ascii |= _mm512_movepi8_mask(bytes);
    for (std::size_t byte = 0; byte < wanted.size(); ++byte)
      rows[byte][i] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(wanted[byte]));
  }
  return non_ascii != 0;
}

[[gnu::target("avx2")]] bool find_by_32(const char* text, std::size_t count, const WantedBytes& wanted,
                                        MaskRow* rows) {
  __m256i all = _mm256_setzero_si256();
  for (std::size_t i = 0; i < count; ++i, text += kMaskBytes) {
    const auto* const parts = reinterpret_cast<const __m256i*>(text);
    const __m256i low = _mm256_loadu_si256(parts);
    const __m256i high = _mm256_loadu_si256(parts + 1);
    all = _mm256_or_si256(all, _mm256_or_si256(low, high));
    for (std::size_t byte = 0; byte < wanted.size(); ++byte) {
      const __m256i sought = _mm256_set1_epi8(wanted[byte]);
      const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, sought)));
      const auto high_bits =
          static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, sought)));
      rows[byte][i] = low_bits | static_cast<std::uint64_t>(high_bits) << 32;
    }
  }
  return _mm256_movemask_epi8(all) != 0;
}

bool find_by_16(const char* text, std::size_t count, const WantedBytes& wanted, MaskRow* rows) {
  __m128i all = _mm_setzero_si128();
  for (std::size_t i = 0; i < count; ++i, text += kMaskBytes) {
    for (std::size_t byte = 0; byte < wanted.size(); ++byte)
      rows[byte][i] = 0;
    for (unsigned part = 0; part < 4; ++part) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text) + part);
      all = _mm_or_si128(all, bytes);
      for (std::size_t byte = 0; byte < wanted.size(); ++byte) {
        const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted[byte])));
        rows[byte][i] |= static_cast<std::uint64_t>(static_cast<unsigned>(bits)) << 16 * part;
      }
    }
  }
  return _mm_movemask_epi8(all) != 0;
}

#endif

}  // namespace

std::vector<FindBytes> ways_to_find_bytes() {
  std::vector<FindBytes> ways = {find_by_8};
#if defined(__x86_64__)
  ways.push_back(find_by_16);
  if (__builtin_cpu_supports("avx2") != 0) ways.push_back(find_by_32);
  if (__builtin_cpu_supports("avx512bw") != 0) ways.push_back(find_by_64);
#endif
  return ways;
}

bool ByteMasks::find(const char* text, std::size_t count) noexcept {
  assert(count <= kMasksMax);
  static const FindBytes find_bytes = ways_to_find_bytes().back();
  return find_bytes(text, count, wanted_, rows_);
}

}  // namespace weir
