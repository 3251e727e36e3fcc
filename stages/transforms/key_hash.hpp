// Hashes of keys: one or two multiplications to 128 bits, whose halves are folded (as wyhash does). Pure
// functions.
//
// Hashes never leave the process and never decide an order, so they may change from version to version.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "weir/column.hpp"

namespace weir {

namespace hashing {
__extension__ using Wide = unsigned __int128;

inline constexpr std::uint64_t kFirst =
    0xa0761d6478bd642fu;  // odd, with as many ones as zeros: wyhash's secrets
inline constexpr std::uint64_t kSecond = 0xe7037ed1a0b428dbu;

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t load(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
}  // namespace hashing

inline std::uint64_t hash_of(std::uint64_t word) noexcept {
  return hashing::fold(word ^ hashing::kFirst, hashing::kSecond);
}

/// Of a text of more than eight bytes. The last words overlap those before them, so that all are whole.
inline std::uint64_t hash_of_long(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* const last = text.size() < 16 ? at : end - 16;
  std::uint64_t hash = text.size() ^ hashing::kFirst;
  for (; at < last; at += 16)
    hash = hashing::fold(hashing::load(at) ^ hashing::kSecond, hashing::load(at + 8) ^ hash);
  return hashing::fold(hashing::load(last) ^ hashing::kSecond, hashing::load(end - 8) ^ hash);
}

/// A short string is hashed as the two words that its slot consists of.
inline std::uint64_t hash_of(const StringSlot& slot) noexcept {
  if (!slot.is_inline()) return hash_of_long(slot.view());
  std::uint64_t words[2];
  std::memcpy(words, &slot, sizeof words);
  return hashing::fold(words[0] ^ hashing::kFirst, words[1] ^ hashing::kSecond);
}

}  // namespace weir
