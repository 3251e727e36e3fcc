#include "stages/formats/json_cells.hpp"

#include <algorithm>
#include <cstring>

#include "stages/formats/short_number.hpp"
#include "stages/records/value_text.hpp"

namespace weir {
namespace {

namespace ondemand = simdjson::ondemand;

std::string_view without_blanks_behind(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) noexcept {
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at]))
    ++at;
  return at - begin;
}

// JSON has none, but for the zero itself; a zero before a point is left to the general way.
bool has_leading_zero(std::string_view token) noexcept {
  const std::size_t first_digit = token.front() == '-' ? 1 : 0;
  return token.size() - first_digit > 1 && token[first_digit] == '0';
}

bool is_literal(std::string_view token) noexcept { return token == "true" || token == "false"; }

// Whether a token that is neither null nor number may stand in JSON.
bool is_other_value(std::string_view token) noexcept {
  return token.starts_with('"') || token.starts_with('{') || token.starts_with('[') || is_literal(token);
}

// All of an object or array, as it was written.
bool text_of_container(ondemand::value& value, char bracket, std::string_view& text) {
  if (bracket == '{') {
    ondemand::object object;
    if (value.get_object().get(object) || object.raw_json().get(text)) return false;
  } else {
    ondemand::array array;
    if (value.get_array().get(array) || array.raw_json().get(text)) return false;
  }
  text = without_blanks_behind(text);
  return true;
}

}  // namespace

std::string_view token_of(ondemand::value& value) { return without_blanks_behind(value.raw_json_token()); }

bool is_json_number(std::string_view token) noexcept {
  std::size_t at = token.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(token, at);
  if (whole == 0 || (whole > 1 && token[at] == '0')) return false;
  at += whole;
  if (at < token.size() && token[at] == '.') {
    const std::size_t decimals = digits_at(token, ++at);
    if (decimals == 0) return false;
    at += decimals;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    const std::size_t exponent = digits_at(token, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == token.size();
}

void JsonCells::begin(std::size_t rows) {
  builder_ = ColumnBuilder(column_->type, rows, column_->encoding);
  is_valid_.assign(rows, 0);
  longest_ = 0;
}

JsonCells::Stored JsonCells::store(std::size_t row, ondemand::value& value, bool has_backslash) {
  const std::string_view token = token_of(value);
  if (token.empty()) return Stored::no_json;
  if (token.front() == 'n') {
    is_valid_[row] = 0;
    return token == "null" ? Stored::yes : Stored::no_json;
  }
  const Stored stored = store_value(row, token, value, has_backslash);
  is_valid_[row] = stored == Stored::yes ? 1 : 0;
  return stored;
}

JsonCells::Stored JsonCells::store_value(std::size_t row, std::string_view token, ondemand::value& value,
                                         bool has_backslash) {
  if (column_->always_null) return refuse(token);
  if (column_->encoding == Encoding::text) return store_text(row, token, value, has_backslash);
  switch (column_->type) {
    case Type::int64:
      return store_integer(row, token);
    case Type::float64:
      return store_double(row, token);
    case Type::boolean:
      if (!is_literal(token)) return refuse(token);
      builder_.values<std::uint8_t>()[row] = token.front() == 't' ? 1 : 0;
      return Stored::yes;
    case Type::timestamp:
      return store_time(row, token, value, parse_timestamp);
    case Type::date:
      return store_time(row, token, value, parse_date);
    case Type::string:
      break;
  }
  return store_text(row, token, value, has_backslash);
}

// A string's text, and everything else as it is written.
JsonCells::Stored JsonCells::store_text(std::size_t row, std::string_view token, ondemand::value& value,
                                        bool has_backslash) {
  const char first = token.front();
  if (first == '"') {
    if (has_backslash && std::memchr(token.data(), '\\', token.size()) != nullptr) {
      std::string_view text;
      if (value.get_string().get(text)) return Stored::no_json;
      builder_.set_copy(row, text);
      return Stored::yes;
    }
    if (token.size() < 2 || token.back() != '"') return Stored::no_json;
    store_view(row, token.substr(1, token.size() - 2));
    return Stored::yes;
  }
  if (first == '{' || first == '[') {
    std::string_view text;
    if (!text_of_container(value, first, text)) return Stored::no_json;
    store_view(row, text);
    return Stored::yes;
  }
  if (!is_literal(token) && !is_json_number(token)) return Stored::no_json;
  store_view(row, token);
  return Stored::yes;
}

JsonCells::Stored JsonCells::store_integer(std::size_t row, std::string_view token) {
  auto& to = builder_.values<std::int64_t>()[row];
  if (!has_leading_zero(token) && read_short_integer(token.data() + token.size(), token.size(), to))
      [[likely]]
    return Stored::yes;
  const auto value = is_json_number(token) ? parse_int64(token) : std::nullopt;
  if (!value) return refuse(token);
  to = *value;
  return Stored::yes;
}

JsonCells::Stored JsonCells::store_double(std::size_t row, std::string_view token) {
  auto& to = builder_.values<double>()[row];
  if (!has_leading_zero(token) && read_short_decimal(token.data() + token.size(), token.size(), to))
      [[likely]]
    return Stored::yes;
  const auto value = is_json_number(token) ? parse_double(token) : std::nullopt;
  if (!value) return refuse(token);
  to = *value;
  return Stored::yes;
}

JsonCells::Stored JsonCells::store_time(std::size_t row, std::string_view token, ondemand::value& value,
                                        ParseTime parse) {
  if (token.front() != '"') return refuse(token);
  std::string_view text;
  if (value.get_string().get(text)) return Stored::no_json;
  const auto time = parse(text);
  if (!time) return refuse(token);
  builder_.values<std::int64_t>()[row] = *time;
  return Stored::yes;
}

bool JsonCells::takes_text() const noexcept {
  return !column_->always_null && (column_->type == Type::string || column_->encoding == Encoding::text);
}

bool JsonCells::store_container(std::size_t row, std::string_view text) {
  if (!takes_text()) return false;
  store_view(row, without_blanks_behind(text));
  is_valid_[row] = 1;
  return true;
}

JsonCells::Stored JsonCells::refuse(std::string_view token) {
  misfit_ = token;
  return is_json_number(token) || is_other_value(token) ? Stored::misfit : Stored::no_json;
}

void JsonCells::store_view(std::size_t row, std::string_view text) noexcept {
  builder_.values<StringSlot>()[row].assign_padded(text.data(), text.size());
  longest_ = std::max(longest_, text.size());
}

ColumnPtr JsonCells::finish(const Keepalive& owner) {
  constexpr std::size_t kAtOnce = 8;
  std::uint64_t all_valid = 0;
  std::memset(&all_valid, 1, sizeof all_valid);
  for (std::size_t row = 0; row < is_valid_.size();) {
    std::uint64_t word = 0;
    if (is_valid_.size() - row >= kAtOnce) {
      std::memcpy(&word, is_valid_.data() + row, sizeof word);
      if (word == all_valid) {
        row += kAtOnce;
        continue;
      }
    }
    for (const std::size_t end = std::min(row + kAtOnce, is_valid_.size()); row < end; ++row)
      if (is_valid_[row] == 0) builder_.set_null(row);
  }
  if (longest_ > StringSlot::kInline) builder_.keep(owner);
  return std::move(builder_).finish();
}

}  // namespace weir
