#include "stages/expressions/message_text.hpp"

#include "stages/records/value_text.hpp"

namespace weir::expressions {

namespace {
constexpr std::size_t kShownBytesMax = 80;
}  // namespace

std::string shown(bool value) { return value ? "true" : "false"; }

std::string shown(std::int64_t value) { return std::to_string(value); }

std::string shown(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

std::string shown(std::string_view value) {
  if (value.size() <= kShownBytesMax) return "'" + std::string(value) + "'";
  return "'" + std::string(value.substr(0, kShownBytesMax)) + "...' (" + std::to_string(value.size()) +
         " bytes)";
}

std::string shown_timestamp(std::int64_t micros) {
  std::string text;
  append_timestamp(text, micros);
  return "'" + text + "'";
}

std::string shown_date(std::int64_t days) {
  std::string text;
  append_date(text, days);
  return "'" + text + "'";
}

}  // namespace weir::expressions
