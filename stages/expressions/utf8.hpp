// Characters of UTF-8 text, as functions count them: code points. Bytes that are no UTF-8 count as characters
// of their own or as part of the one before; nothing reads past the text.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::expressions {

inline bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

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

inline std::size_t count_characters(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text)
    count += continues_character(c) ? 0 : 1;
  return count;
}

}  // namespace weir::expressions
