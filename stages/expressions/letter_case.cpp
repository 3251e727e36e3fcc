#include "stages/expressions/letter_case.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "stages/records/utf8.hpp"

namespace weir::expressions {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

utf8proc_int32_t decoded(std::string_view character) noexcept {
  utf8proc_int32_t code = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(character.data()),
                   static_cast<utf8proc_ssize_t>(character.size()), &code);
  return code;
}

void append_encoded(std::string& to, utf8proc_int32_t code) {
  utf8proc_uint8_t bytes[4];
  const auto size = static_cast<std::size_t>(utf8proc_encode_char(code, bytes));
  to.append(reinterpret_cast<const char*>(bytes), size);
}

template <char (*kOfAscii)(char), utf8proc_int32_t (*kOfCode)(utf8proc_int32_t)>
void append_mapped(std::string& to, std::string_view text) {
  if (is_ascii(text)) {
    const std::size_t begin = to.size();
    to += text;
    std::transform(to.begin() + static_cast<std::ptrdiff_t>(begin), to.end(),
                   to.begin() + static_cast<std::ptrdiff_t>(begin), kOfAscii);
    return;
  }
  while (!text.empty()) {
    const std::size_t length = utf8_character_length(text);
    if (length <= 1)
      to += kOfAscii(text.front());
    else
      append_encoded(to, kOfCode(decoded(text.substr(0, length))));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

}  // namespace

void append_lower(std::string& to, std::string_view text) {
  append_mapped<lower, utf8proc_tolower>(to, text);
}

void append_upper(std::string& to, std::string_view text) {
  append_mapped<upper, utf8proc_toupper>(to, text);
}

}  // namespace weir::expressions
