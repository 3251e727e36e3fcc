// Going from character to character of UTF-8 text. Bytes that are no UTF-8 count as characters of their own
// or as part of the one before; nothing reads past the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "stages/records/utf8.hpp"

namespace weir::expressions {

/// Where the character that begins at `offset` ends. Requires offset < text.size().
inline std::size_t next_character(std::string_view text, std::size_t offset) noexcept {
  ++offset;
  while (offset < text.size() && continues_character(text[offset]))
    ++offset;
  return offset;
}

/// Where the character that ends at `offset` begins. Requires 0 < offset <= text.size().
inline std::size_t previous_character(std::string_view text, std::size_t offset) noexcept {
  --offset;
  while (offset > 0 && continues_character(text[offset]))
    --offset;
  return offset;
}

}  // namespace weir::expressions
