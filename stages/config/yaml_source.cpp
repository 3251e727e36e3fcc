#include "stages/config/yaml_source.hpp"

#include <algorithm>
#include <vector>

#include "stages/records/utf8.hpp"

namespace weir {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kFlowBegins = ":,[{";  // what stands before a value inside brackets
constexpr std::size_t kNone = std::string_view::npos;

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

// Where the plain scalar at the beginning of `source` ends. The parser has folded its line breaks into
// blanks, so blanks are skipped on both sides.
std::size_t plain_scalar_end(std::string_view source, std::string_view value) {
  std::size_t at = 0;
  for (const char c : value) {
    if (is_blank(c)) continue;
    while (at < source.size() && is_blank(source[at]))
      ++at;
    if (at == source.size() || source[at] != c) break;
    ++at;
  }
  return at;
}

// The size of the quoted text at the beginning of `source` without its last quote; `source`'s where it has
// none.
std::size_t quoted_size(std::string_view source) {
  const char quote = source.front();
  for (std::size_t i = 1; i < source.size(); ++i) {
    if (source[i] == '\\' && quote == '"') {
      ++i;
    } else if (source[i] == quote) {
      return i;
    }
  }
  return source.size();
}

}  // namespace

std::size_t YamlSource::offset_of(const YAML::Mark& mark) const {
  return mark.pos < 0 ? 0 : std::min(static_cast<std::size_t>(mark.pos), text_.size());
}

std::size_t YamlSource::line_begin(std::size_t offset) const {
  const std::size_t newline = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

Location YamlSource::place_of(std::size_t offset) const {
  const auto begin = text_.begin();
  const auto newlines = std::count(begin, begin + static_cast<std::ptrdiff_t>(offset), '\n');
  return {file_, static_cast<std::size_t>(newlines) + 1, offset - line_begin(offset) + 1};
}

Location YamlSource::place(const YAML::Mark& mark) const {
  return {file_, static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

std::string_view YamlSource::text_at(const YAML::Mark& mark) const { return text_.substr(offset_of(mark)); }

std::string YamlSource::word_at(const YAML::Mark& mark) const {
  const std::string_view text = text_at(mark);
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    return is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':';
  });
  return std::string(text.begin(), end);
}

std::string_view YamlSource::line_of(const YAML::Mark& mark) const {
  const std::string_view from_begin = text_.substr(line_begin(offset_of(mark)));
  return from_begin.substr(0, from_begin.find('\n'));
}

std::string_view YamlSource::line_before(const YAML::Mark& mark) const {
  const std::size_t offset = offset_of(mark);
  const std::size_t begin = line_begin(offset);
  return text_.substr(begin, offset - begin);
}

YamlScalar YamlSource::scalar_at(const YAML::Mark& mark, std::string_view value) const {
  YamlScalar scalar;
  scalar.where = place(mark);
  const std::string_view source = text_at(mark);
  if (source.empty()) return scalar;
  if (source.front() == '"' || source.front() == '\'') {
    scalar.quoted = true;
    scalar.unclosed = quoted_size(source) == source.size();
    ++scalar.where.column;
  } else if (source.front() == '|' || source.front() == '>') {
    scalar.quoted = true;
    const std::size_t newline = source.find('\n');
    const std::size_t first =
        newline == std::string_view::npos ? newline : source.find_first_not_of(kBlanks, newline);
    if (first != std::string_view::npos) scalar.where = place_of(offset_of(mark) + first);
  } else {
    const std::string_view rest = source.substr(plain_scalar_end(source, value));
    const std::size_t next = rest.find_first_not_of(" \t");
    scalar.comment_follows = next != 0 && next != std::string_view::npos && rest[next] == '#';
  }
  return scalar;
}

std::optional<Location> YamlSource::tab_before(const YAML::Mark& mark) const {
  const std::string_view before = line_before(mark);
  if (before.find_first_not_of(" \t-") != std::string_view::npos) return std::nullopt;
  const std::size_t tab = before.find('\t');
  if (tab == std::string_view::npos || before.find('-') < tab) return std::nullopt;
  return place_of(offset_of(mark) - before.size() + tab);
}

std::optional<Location> YamlSource::open_bracket_before(const YAML::Mark& mark) const {
  std::vector<std::size_t> open;
  char last = '\n';  // the last character that is no blank
  for (std::size_t i = 0, end = offset_of(mark); i < end; ++i) {
    const char c = text_[i];
    const bool begins_value =
        open.empty() ? last == ':' || last == '-' || last == '\n' : kFlowBegins.find(last) != kNone;
    if ((c == '"' || c == '\'') && begins_value) {
      i = std::min(end, i + quoted_size(text_.substr(i)));
    } else if ((c == '[' || c == '{') && begins_value) {
      open.push_back(i);
    } else if ((c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    } else if (c == '#' && (i == 0 || is_blank(text_[i - 1]))) {
      i = std::min(end, text_.find('\n', i)) - 1;
      continue;
    }
    if (c == '\n' ? open.empty() : !is_blank(c)) last = c;
  }
  if (open.empty()) return std::nullopt;
  return place_of(open.back());
}

std::optional<Location> YamlSource::first_invalid_utf8() const {
  for (std::size_t offset = 0; offset < text_.size();) {
    const std::size_t size = utf8_character_length(text_.substr(offset));
    if (size == 0) return place_of(offset);
    offset += size;
  }
  return std::nullopt;
}

}  // namespace weir
