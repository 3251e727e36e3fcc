#include "stages/config/diagnostic_text.hpp"

#include <algorithm>

#include "stages/records/utf8.hpp"

namespace weir {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::size_t kMarginWidth = 5;  // of line numbers beside excerpts

std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

// Blanks as wide as the characters before `column`: tabs stay tabs, so that the caret stands under its
// character.
std::string blanks_before(std::string_view line, std::size_t column) {
  std::string blanks;
  for (const char c : line) {
    if (blanks.size() + 1 >= column) break;
    if (!continues_character(c)) blanks += c == '\t' ? '\t' : ' ';
  }
  blanks.resize(column - 1, ' ');
  return blanks;
}

std::string margin(std::string label) {
  if (label.size() < kMarginWidth) label.insert(0, kMarginWidth - label.size(), ' ');
  return label;
}

class Painter {
 public:
  explicit Painter(Colour colour) : colour_(colour) {}
  std::string operator()(std::string_view code, std::string_view text) const {
    if (colour_ == Colour::never) return std::string(text);
    return std::string(code).append(text).append(kPlain);
  }

 private:
  Colour colour_;
};

std::string place_text(const Location& where) {
  std::string text = where.file;
  if (where.line > 0) text += ":" + std::to_string(where.line);
  if (where.line > 0 && where.column > 0) text += ":" + std::to_string(where.column);
  return text;
}

std::string caret_text(const Diagnostic& diagnostic, std::size_t column) {
  const std::size_t characters = count_characters(diagnostic.excerpt);
  const std::size_t room = characters >= column ? characters - column + 1 : 1;
  const std::size_t length = std::clamp<std::size_t>(diagnostic.length, 1, room);
  return "^" + std::string(length - 1, '~');
}

void append_excerpt(std::string& text, const Diagnostic& diagnostic, const Painter& paint) {
  if (diagnostic.excerpt.empty() || diagnostic.where.column == 0) return;
  const std::size_t column = std::min(diagnostic.where.column, count_characters(diagnostic.excerpt) + 1);
  text += margin(std::to_string(diagnostic.where.line)) + " | " + diagnostic.excerpt + "\n";
  text += margin("") + " | " + blanks_before(diagnostic.excerpt, column) +
          paint(kRed, caret_text(diagnostic, column)) + "\n";
}

}  // namespace

std::string to_text(const std::vector<Diagnostic>& diagnostics, Colour colour) {
  const Painter paint(colour);
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    const std::string place = place_text(diagnostic.where);
    if (!place.empty()) text += paint(kBold, place + ":") + " ";
    if (!diagnostic.field.empty()) text += diagnostic.field + ": ";
    text += paint(kRed, diagnostic.message) + "\n";
    append_excerpt(text, diagnostic, paint);
    if (!diagnostic.mend.empty()) text += margin("") + " = " + paint(kGreen, diagnostic.mend) + "\n";
  }
  return text;
}

void add_excerpts(std::vector<Diagnostic>& diagnostics, std::string_view file, std::string_view text) {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.where.file != file || diagnostic.where.line == 0 || !diagnostic.excerpt.empty()) continue;
    const std::string_view line = line_of(text, diagnostic.where.line);
    diagnostic.excerpt = line;
    if (diagnostic.where.column > 0) {
      diagnostic.where.column = count_characters(line.substr(0, diagnostic.where.column - 1)) + 1;
    }
  }
}

Location inside(const Location& where, std::string_view text, std::size_t offset) {
  Location place = where;
  if (place.line == 0) return place;
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t last_newline = before.rfind('\n');
  if (last_newline == std::string_view::npos) {
    place.column += before.size();
  } else {
    place.line += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    place.column += before.size() - last_newline - 1;
  }
  return place;
}

}  // namespace weir
