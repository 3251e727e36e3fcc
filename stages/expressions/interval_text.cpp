#include "stages/expressions/interval_text.hpp"

#include <cctype>
#include <cmath>

#include "stages/expressions/time_units.hpp"
#include "stages/records/value_text.hpp"

namespace weir::expressions {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// The text up to the end of a run of characters that `belongs` takes, which is cut off it.
template <class Belongs>
std::string_view take_while(std::string_view& text, Belongs&& belongs) {
  std::size_t end = 0;
  while (end < text.size() && belongs(text[end]))
    ++end;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

void skip_blanks(std::string_view& text) {
  take_while(text, [](char c) { return kBlanks.find(c) != std::string_view::npos; });
}

// HH:MM[:SS[.f]], as microseconds.
std::optional<std::int64_t> clock_micros(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::string padded = (text.find(':') == 1 ? "1970-01-01 0" : "1970-01-01 ") + std::string(text);
  const auto micros = parse_timestamp(padded);
  if (!micros) return std::nullopt;
  return negative ? -*micros : *micros;
}

bool add_times(std::int64_t& sum, std::int64_t length, std::int64_t count) {
  std::int64_t more = 0;
  return !__builtin_mul_overflow(length, count, &more) && !__builtin_add_overflow(sum, more, &sum);
}

bool add(IntervalParts& parts, std::string_view number, Unit unit) {
  const UnitLength length = length_of(unit);
  if (const auto count = parse_int64(number))
    return add_times(parts.months, length.months, *count) && add_times(parts.days, length.days, *count) &&
           add_times(parts.micros, length.micros, *count);
  const auto count = parse_double(number);
  if (!count || length.micros == 0) return false;
  const double micros = std::nearbyint(*count * static_cast<double>(length.micros));
  constexpr double kMicrosMax = 9e18;
  return std::fabs(micros) < kMicrosMax &&
         !__builtin_add_overflow(parts.micros, static_cast<std::int64_t>(micros), &parts.micros);
}

}  // namespace

std::optional<IntervalParts> parse_interval(std::string_view text) {
  IntervalParts parts;
  skip_blanks(text);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::string_view number = take_while(text, [](char c) {
      return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+' || c == '.' || c == ':';
    });
    if (number.find(':') != std::string_view::npos) {
      const auto micros = clock_micros(number);
      if (!micros || __builtin_add_overflow(parts.micros, *micros, &parts.micros)) return std::nullopt;
    } else {
      skip_blanks(text);
      const auto unit = unit_named(
          take_while(text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }));
      if (!unit || !add(parts, number, *unit)) return std::nullopt;
    }
    skip_blanks(text);
  }
  return parts;
}

}  // namespace weir::expressions
