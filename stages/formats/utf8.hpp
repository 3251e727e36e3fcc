// UTF-8: whether text is valid, and how many characters it has. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir {

/// Whether all bytes are below 0x80.
bool is_ascii(std::string_view text) noexcept;

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode 15,
/// table 3-7).
bool is_valid_utf8(std::string_view text) noexcept;

/// The length of the well-formed character that `text` begins with; 0 where none does or `text` is empty.
std::size_t utf8_character_length(std::string_view text) noexcept;

/// Code points of valid text.
std::size_t count_code_points(std::string_view text) noexcept;

}  // namespace weir
