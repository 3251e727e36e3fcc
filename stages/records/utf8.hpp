// UTF-8: whether text is valid, and how many characters (code points) it has. Pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// Whether all bytes are below 0x80.
bool is_ascii(std::string_view text) noexcept;

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode 15,
/// table 3-7).
bool is_valid_utf8(std::string_view text) noexcept;

/// What stands for a byte that is no UTF-8: U+FFFD.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// The text, with kReplacementCharacter for each byte that belongs to no well-formed character.
std::string as_valid_utf8(std::string_view text);

/// The length of the well-formed character that `text` begins with; 0 where none does or `text` is empty.
std::size_t utf8_character_length(std::string_view text) noexcept;

/// Whether a byte goes on with a character that an earlier one has begun.
inline bool continues_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

/// In text that is not valid, bytes count as characters of their own or as part of the one before.
inline std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

}  // namespace weir
