#include "stages/records/value_text.hpp"

#include <fast_float/fast_float.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "stages/records/calendar.hpp"
#include "stages/records/usual_time.hpp"

namespace weir {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Reads a date or a timestamp from left to right; once something does not fit, everything after it does not
// either.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) noexcept : next_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() const noexcept { return next_ == end_; }
  bool take(char c) noexcept {
    if (next_ == end_ || *next_ != c) return false;
    ++next_;
    return true;
  }
  /// A number of `digits_min` to `digits_max` digits, of at most `value_max`.
  std::optional<std::int64_t> number(int digits_min, int digits_max, std::int64_t value_max) noexcept {
    std::int64_t value = 0;
    int digits = 0;
    while (digits < digits_max && next_ != end_ && is_digit(*next_)) {
      value = value * 10 + (*next_++ - '0');
      ++digits;
    }
    if (digits < digits_min || value > value_max) return std::nullopt;
    return value;
  }
  /// The digits behind a decimal point, as microseconds.
  std::optional<std::int64_t> fraction_micros() noexcept {
    if (next_ == end_ || !is_digit(*next_)) return std::nullopt;
    std::int64_t micros = 0;
    std::int64_t unit = kMicrosPerSecond / 10;
    for (; next_ != end_ && is_digit(*next_); ++next_, unit /= 10)
      micros += (*next_ - '0') * unit;
    return micros;
  }

 private:
  const char* next_;
  const char* end_;
};

constexpr std::int64_t kYearMax = 294'246;  // the last whole one that 64 bits of microseconds reach

std::optional<std::int64_t> read_days(TimeReader& reader) noexcept {
  const bool negative = reader.take('-');
  const auto year = reader.number(4, 6, kYearMax);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(2, 2, 12);
  if (!month || *month == 0 || !reader.take('-')) return std::nullopt;
  const std::int64_t signed_year = negative ? -*year : *year;
  if (signed_year < -290'307) return std::nullopt;
  const int month_number = static_cast<int>(*month);
  const auto day = reader.number(2, 2, days_in_month(signed_year, month_number));
  if (!day || *day == 0) return std::nullopt;
  return days_from_civil({signed_year, month_number, static_cast<int>(*day)});
}

std::optional<std::int64_t> read_time_of_day(TimeReader& reader) noexcept {
  const auto hour = reader.number(2, 2, 23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 2, 59);
  if (!minute) return std::nullopt;
  std::int64_t micros = *hour * kMicrosPerHour + *minute * kMicrosPerMinute;
  if (!reader.take(':')) return micros;
  const auto second = reader.number(2, 2, 59);
  if (!second) return std::nullopt;
  micros += *second * kMicrosPerSecond;
  if (!reader.take('.')) return micros;
  const auto fraction = reader.fraction_micros();
  return fraction ? std::optional(micros + *fraction) : std::nullopt;
}

// What to take away for UTC.
std::optional<std::int64_t> read_offset(TimeReader& reader) noexcept {
  if (reader.at_end() || reader.take('Z') || reader.take('z')) return 0;
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return std::nullopt;
  const auto hours = reader.number(2, 2, 18);
  if (!hours) return std::nullopt;
  std::int64_t micros = *hours * kMicrosPerHour;
  if (!reader.at_end()) {
    reader.take(':');
    const auto minutes = reader.number(2, 2, 59);
    if (!minutes) return std::nullopt;
    micros += *minutes * kMicrosPerMinute;
  }
  return west ? -micros : micros;
}

char* write_two_digits(char* at, std::int64_t value) noexcept {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
  return at + 2;
}

char* write_year(char* at, std::int64_t year) noexcept {
  if (year < 0) {
    *at++ = '-';
    year = -year;
  }
  if (year > 9999) return std::to_chars(at, at + 8, year).ptr;
  return write_two_digits(write_two_digits(at, year / 100), year % 100);
}

char* write_date(char* at, std::int64_t days) noexcept {
  const CivilDate date = civil_from_days(days);
  at = write_year(at, date.year);
  *at++ = '-';
  at = write_two_digits(at, date.month);
  *at++ = '-';
  return write_two_digits(at, date.day);
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Requires `word` in small letters.
bool is_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (lower(text[i]) != word[i]) return false;
  return true;
}

}  // namespace

void append_int64(std::string& to, std::int64_t value) {
  char buffer[24];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_double(std::string& to, double value) {
  // to_chars alone would write 100000 as 1e+05; between these bounds people expect digits.
  const double magnitude = std::fabs(value);
  const bool fixed = value == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  char buffer[40];
  const auto end = fixed ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
                         : std::to_chars(buffer, buffer + sizeof buffer, value);
  to.append(buffer, end.ptr);
}

void append_timestamp(std::string& to, std::int64_t micros) {
  const std::int64_t of_day = floor_remainder(micros, kMicrosPerDay);
  char buffer[40];
  char* at = write_date(buffer, floor_divide(micros, kMicrosPerDay));
  *at++ = ' ';
  at = write_two_digits(at, of_day / kMicrosPerHour);
  *at++ = ':';
  at = write_two_digits(at, of_day / kMicrosPerMinute % 60);
  *at++ = ':';
  at = write_two_digits(at, of_day / kMicrosPerSecond % 60);
  if (const std::int64_t fraction = of_day % kMicrosPerSecond; fraction != 0) {
    *at++ = '.';
    at = write_two_digits(at, fraction / 10'000);
    at = write_two_digits(at, fraction / 100 % 100);
    at = write_two_digits(at, fraction % 100);
  }
  to.append(buffer, at);
}

void append_date(std::string& to, std::int64_t days) {
  char buffer[40];
  to.append(buffer, write_date(buffer, days));
}

void append_boolean(std::string& to, bool value) { to += value ? "true" : "false"; }

void append_value(std::string& to, const Column& column, std::size_t row) {
  if (!column.is_valid(row)) return;
  if (column.encoding() == Encoding::text) {
    to += column.text(row);
    return;
  }
  switch (column.type()) {
    case Type::boolean:
      return append_boolean(to, column.values<std::uint8_t>()[row] != 0);
    case Type::int64:
      return append_int64(to, column.values<std::int64_t>()[row]);
    case Type::float64:
      return append_double(to, column.values<double>()[row]);
    case Type::timestamp:
      return append_timestamp(to, column.values<std::int64_t>()[row]);
    case Type::date:
      return append_date(to, column.values<std::int64_t>()[row]);
    case Type::string:
      to += column.text(row);
      return;
  }
}

std::optional<std::int64_t> parse_int64(std::string_view text) noexcept {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  constexpr std::size_t kSafeDigits = 18;  // as many fit 64 bits, whatever they are
  std::uint64_t magnitude = 0;
  bool overflow = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(text[i] - '0');
    if (i >= kSafeDigits) {
      overflow |= __builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude);
      overflow |= __builtin_add_overflow(magnitude, digit, &magnitude);
    } else {
      magnitude = magnitude * 10 + digit;
    }
  }
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  if (overflow || magnitude > limit) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

std::optional<double> parse_double(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto result = fast_float::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  // fast_float answers infinity for digits out of range; only the word may mean it.
  if (std::isinf(value) && lower(text[text.front() == '-' ? 1 : 0]) != 'i') return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) noexcept {
  if (is_word(text, "true")) return true;
  if (is_word(text, "false")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept {
  if (text.size() == usual_time::kTimestampBytes)
    if (const auto usual = read_usual_timestamp(text.data())) return usual;
  TimeReader reader(text);
  const auto days = read_days(reader);
  if (!days) return std::nullopt;
  const std::int64_t midnight = *days * kMicrosPerDay;
  if (reader.at_end()) return midnight;
  if (!reader.take(' ') && !reader.take('T') && !reader.take('t')) return std::nullopt;
  const auto time_of_day = read_time_of_day(reader);
  if (!time_of_day) return std::nullopt;
  const auto offset = read_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  return midnight + *time_of_day - *offset;
}

std::optional<std::int64_t> parse_date(std::string_view text) noexcept {
  if (text.size() == usual_time::kDateBytes)
    if (const auto usual = read_usual_date(text.data())) return usual;
  TimeReader reader(text);
  const auto days = read_days(reader);
  return days && reader.at_end() ? days : std::nullopt;
}

}  // namespace weir
