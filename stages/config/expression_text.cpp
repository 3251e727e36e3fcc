#include "stages/config/expression_text.hpp"

namespace weir {
namespace {

// Follows quotes and parentheses along a text. A doubled quote inside a quoted text closes and opens again,
// which comes to the same.
class Nesting {
 public:
  void take(char c) noexcept {
    if (quote_ != '\0') {
      if (c == quote_) quote_ = '\0';
    } else if (c == '\'' || c == '"') {
      quote_ = c;
    } else if (c == '(' || c == '[') {
      ++depth_;
    } else if (c == ')' || c == ']') {
      --depth_;
      if (depth_ < 0) closed_too_much_ = true;
    }
  }
  bool outside() const noexcept { return quote_ == '\0' && depth_ == 0; }
  bool balanced() const noexcept { return outside() && !closed_too_much_; }

 private:
  char quote_ = '\0';
  int depth_ = 0;
  bool closed_too_much_ = false;
};

TextPart trimmed(std::string_view text, std::size_t offset) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {{}, offset};
  const std::size_t last = text.find_last_not_of(kBlanks);
  return {text.substr(first, last - first + 1), offset + first};
}

}  // namespace

bool is_balanced(std::string_view expression) noexcept {
  Nesting nesting;
  for (const char c : expression)
    nesting.take(c);
  return nesting.balanced();
}

std::vector<TextPart> split_at_commas(std::string_view list) {
  std::vector<TextPart> parts;
  Nesting nesting;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    nesting.take(list[i]);
    if (list[i] != ',' || !nesting.outside()) continue;
    parts.push_back(trimmed(list.substr(begin, i - begin), begin));
    begin = i + 1;
  }
  parts.push_back(trimmed(list.substr(begin), begin));
  return parts;
}

std::string yaml_quoted(std::string_view text) {
  const bool in_double =
      text.find('"') == std::string_view::npos && text.find('\\') == std::string_view::npos;
  std::string quoted(1, in_double ? '"' : '\'');
  for (const char c : text) {
    quoted += c;
    if (!in_double && c == '\'') quoted += c;
  }
  quoted += quoted.front();
  return quoted;
}

}  // namespace weir
