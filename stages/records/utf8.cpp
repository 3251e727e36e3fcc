#include "stages/records/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace weir {
namespace {

bool is_within(char byte, unsigned low, unsigned high) noexcept {
  const auto value = static_cast<unsigned char>(byte);
  return value >= low && value <= high;
}

// Length by the first byte; 0 for bytes that begin no character.
std::size_t length_by_first_byte(unsigned char first) noexcept {
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

// Some first bytes allow only a part of the second ones, which is what shuts out overlong forms and
// surrogates.
bool second_byte_fits(unsigned char first, char second) noexcept {
  switch (first) {
    case 0xE0:
      return is_within(second, 0xA0, 0xBF);
    case 0xED:
      return is_within(second, 0x80, 0x9F);
    case 0xF0:
      return is_within(second, 0x90, 0xBF);
    case 0xF4:
      return is_within(second, 0x80, 0x8F);
    default:
      return continues_character(second);
  }
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
  std::uint64_t all = 0;
  std::size_t at = 0;
  for (; text.size() - at >= sizeof all; at += sizeof all) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    all |= word;
  }
  for (; at < text.size(); ++at)
    all |= static_cast<unsigned char>(text[at]);
  return (all & 0x8080808080808080u) == 0;
}

std::size_t utf8_character_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = length_by_first_byte(first);
  if (length <= 1) return length;
  if (text.size() < length || !second_byte_fits(first, text[1])) return 0;
  return std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(length),
                     continues_character)
             ? length
             : 0;
}

std::string as_valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = utf8_character_length(text);
    valid += length > 0 ? text.substr(0, length) : kReplacementCharacter;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

bool is_valid_utf8(std::string_view text) noexcept {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    const std::size_t length = utf8_character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace weir
