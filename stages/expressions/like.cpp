#include "stages/expressions/like.hpp"

#include <cstddef>

#include "stages/expressions/characters.hpp"
#include "stages/expressions/letter_case.hpp"

namespace weir::expressions {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Greedy, with one place to go back to: where a later `%` has matched, an earlier one need not be tried
// again.
template <class SameByte>
bool matches(std::string_view text, std::string_view pattern, SameByte same) noexcept {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t after_percent = kNone;  // in the pattern
  std::size_t percent_end = 0;        // how far into the text the last `%` reaches
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      after_percent = ++p;
      percent_end = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      t = next_character(text, t);
      ++p;
    } else if (p < pattern.size() && same(text[t], pattern[p])) {
      ++t;
      ++p;
    } else if (after_percent != kNone) {
      percent_end = next_character(text, percent_end);
      t = percent_end;
      p = after_percent;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%')
    ++p;
  return p == pattern.size();
}

}  // namespace

bool is_like(std::string_view text, std::string_view pattern) noexcept {
  return matches(text, pattern, [](char a, char b) { return a == b; });
}

bool is_like_ignoring_case(std::string_view text, std::string_view pattern) {
  if (!is_ascii(text) || !is_ascii(pattern)) {
    std::string small_text;
    std::string small_pattern;
    append_lower(small_text, text);
    append_lower(small_pattern, pattern);
    return is_like(small_text, small_pattern);
  }
  return matches(text, pattern, [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace weir::expressions
