#include "stages/records/json_text.hpp"

#include <cmath>
#include <cstdint>
#include <optional>

#include "stages/records/utf8.hpp"
#include "stages/records/value_text.hpp"

namespace weir {
namespace {

void append_escaped(std::string& to, unsigned char c) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      to += "\\\"";
      return;
    case '\\':
      to += "\\\\";
      return;
    case '\n':
      to += "\\n";
      return;
    case '\r':
      to += "\\r";
      return;
    case '\t':
      to += "\\t";
      return;
    case '\b':
      to += "\\b";
      return;
    case '\f':
      to += "\\f";
      return;
    default:
      to += "\\u00";
      to += kHex[c >> 4];
      to += kHex[c & 15];
  }
}

bool is_plain(unsigned char c) noexcept { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

void append_json_double(std::string& to, double value) {
  if (std::isfinite(value)) return append_double(to, value);
  to += '"';
  append_double(to, value);
  to += '"';
}

// A column that was only copied: its bytes are a JSON number or bool only by way of their value.
void append_json_text(std::string& to, Type type, std::string_view text) {
  if (type == Type::int64) {
    if (const std::optional<std::int64_t> value = parse_int64(text)) return append_int64(to, *value);
  } else if (type == Type::float64) {
    if (const std::optional<double> value = parse_double(text)) return append_json_double(to, *value);
  } else if (type == Type::boolean) {
    if (const std::optional<bool> value = parse_boolean(text)) return append_boolean(to, *value);
  }
  append_json_string(to, text);
}

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t begin = i;
    while (i < text.size() && is_plain(static_cast<unsigned char>(text[i])))
      ++i;
    to.append(text, begin, i - begin);
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      append_escaped(to, c);
      ++i;
    } else if (const std::size_t size = utf8_character_length(text.substr(i)); size > 0) {
      to.append(text, i, size);
      i += size;
    } else {
      to += kReplacementCharacter;
      ++i;
    }
  }
  to += '"';
}

void append_json_value(std::string& to, const Column& column, std::size_t row) {
  if (!column.is_valid(row)) {
    to += "null";
    return;
  }
  if (column.encoding() == Encoding::text) return append_json_text(to, column.type(), column.text(row));
  switch (column.type()) {
    case Type::boolean:
      return append_boolean(to, column.values<std::uint8_t>()[row] != 0);
    case Type::int64:
      return append_int64(to, column.values<std::int64_t>()[row]);
    case Type::float64:
      return append_json_double(to, column.values<double>()[row]);
    case Type::string:
      return append_json_string(to, column.text(row));
    case Type::timestamp:
      to += '"';
      append_timestamp(to, column.values<std::int64_t>()[row]);
      to += '"';
      return;
    case Type::date:
      to += '"';
      append_date(to, column.values<std::int64_t>()[row]);
      to += '"';
      return;
  }
}

}  // namespace weir
