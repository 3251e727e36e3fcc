#include "stages/sources/refusal_words.hpp"

#include <algorithm>
#include <utility>

#include "stages/records/utf8.hpp"

namespace weir {
namespace {

/// As much of a value as a message shows.
constexpr std::size_t kShownBytesMax = 80;

}  // namespace

std::string shown(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result = "'";
  std::string_view rest = text;
  while (!rest.empty() && text.size() - rest.size() < kShownBytesMax) {
    const std::size_t length = utf8_character_length(rest);
    const auto byte = static_cast<unsigned char>(rest.front());
    if (length == 0 || byte < 0x20) {
      result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      rest.remove_prefix(1);
    } else {
      result += rest.substr(0, length);
      rest.remove_prefix(length);
    }
  }
  if (!rest.empty()) result += "...";
  return result + "'";
}

std::string yaml_key(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
                     std::all_of(name.begin(), name.end(), is_plain);
  if (plain) return std::string(name);
  std::string quoted = "'";
  for (const char c : name)
    quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::string with_article(Type type) {
  return (type == Type::int64 ? "an " : "a ") + std::string(to_string(type));
}

ErrorInfo data_error(std::string message) {
  return {ErrorClass::data, std::move(message), "weir::RecordError", nullptr};
}

}  // namespace weir
