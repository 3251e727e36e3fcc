#include "stages/expressions/time_format.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/time_names.hpp"
#include "stages/records/calendar.hpp"

namespace weir::expressions {
namespace {

constexpr std::string_view kRead = "YymdHIMSfgpabABjz%";  // by strptime; strftime writes more
constexpr std::string_view kWritten = "YymdHIMSfgpabABjz%wuUWVGZ";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void append_number(std::string& to, std::int64_t value, int digits) {
  char text[24];
  const char* const end = std::to_chars(text, text + sizeof text, value < 0 ? -value : value).ptr;
  if (value < 0) to += '-';
  to.append(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, digits - (end - text))), '0');
  to.append(text, static_cast<std::size_t>(end - text));
}

// The instant as the specifiers see it.
struct Moment {
  explicit Moment(std::int64_t micros)
      : days(floor_divide(micros, kMicrosPerDay)),
        of_day(floor_remainder(micros, kMicrosPerDay)),
        date(civil_from_days(days)) {}

  std::int64_t hour() const noexcept { return of_day / kMicrosPerHour; }
  std::int64_t weekday() const noexcept { return day_of_week(days); }
  std::int64_t day_of_year() const noexcept { return days - days_from_civil({date.year, 1, 1}); }
  /// Weeks of the year that begin on a day of the week; those before the first are week 0.
  std::int64_t week_from(std::int64_t first_weekday) const noexcept {
    return (day_of_year() + 7 - floor_remainder(weekday() - first_weekday, 7)) / 7;
  }

  std::int64_t days;
  std::int64_t of_day;
  CivilDate date;
};

// What a text says so far, part by part.
struct Parts {
  std::int64_t year = 1900;
  std::int64_t month = 1;
  std::int64_t day = 1;
  std::int64_t day_of_year = 0;  ///< 0: not said
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t micros = 0;
  std::int64_t offset_micros = 0;
  bool is_twelve_hour = false;
  bool is_afternoon = false;
};

class PartReader {
 public:
  explicit PartReader(std::string_view text) noexcept : rest_(text) {}

  void skip_blanks() noexcept {
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
  }
  bool at_end() const noexcept { return rest_.empty(); }
  bool take(std::string_view text) noexcept {
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool read(char specifier, Parts& parts) noexcept {
    switch (specifier) {
      case 'Y':
        return read_year(parts.year);
      case 'y':
        if (!number(2, 0, 99, parts.year)) return false;
        parts.year += parts.year < 69 ? 2000 : 1900;  // as POSIX has it
        return true;
      case 'm':
        return number(2, 1, 12, parts.month);
      case 'd':
        return number(2, 1, 31, parts.day);
      case 'j':
        return number(3, 1, 366, parts.day_of_year);
      case 'H':
        return number(2, 0, 23, parts.hour);
      case 'I':
        parts.is_twelve_hour = true;
        return number(2, 1, 12, parts.hour);
      case 'M':
        return number(2, 0, 59, parts.minute);
      case 'S':
        return number(2, 0, 59, parts.second);
      case 'f':
        return fraction(6, parts.micros);
      case 'g':
        return fraction(3, parts.micros);
      case 'p':
        return read_half(parts.is_afternoon);
      case 'b':
      case 'B':
        return name(kMonthNames, specifier == 'b' ? 3 : 0, &parts.month);
      case 'a':
      case 'A':
        return name(kDayNames, specifier == 'a' ? 3 : 0, nullptr);
      case 'z':
        return read_offset(parts.offset_micros);
      default:
        return take("%");
    }
  }

 private:
  bool number(int digits_max, std::int64_t min, std::int64_t max, std::int64_t& value) noexcept {
    skip_blanks();
    std::int64_t read = 0;
    int digits = 0;
    for (; digits < digits_max && !rest_.empty() && is_digit(rest_.front()); ++digits) {
      read = read * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    value = read;
    return digits > 0 && read >= min && read <= max;
  }
  bool read_year(std::int64_t& year) noexcept {
    skip_blanks();
    const bool negative = take("-");
    if (!number(4, 0, 9999, year)) return false;
    if (negative) year = -year;
    return true;
  }
  // Up to nine digits behind a point, of which those past `digits` are cut off.
  bool fraction(int digits, std::int64_t& micros) noexcept {
    std::int64_t unit = kMicrosPerSecond / 10;
    micros = 0;
    int read = 0;
    for (; read < 9 && !rest_.empty() && is_digit(rest_.front()); ++read, unit /= 10) {
      if (read < digits) micros += (rest_.front() - '0') * unit;
      rest_.remove_prefix(1);
    }
    return read > 0;
  }
  bool read_half(bool& is_afternoon) noexcept {
    skip_blanks();
    const auto is_next = [&](char small, char large) {
      return rest_.size() >= 2 && (rest_[0] == small || rest_[0] == large) &&
             (rest_[1] == 'm' || rest_[1] == 'M');
    };
    is_afternoon = is_next('p', 'P');
    if (!is_afternoon && !is_next('a', 'A')) return false;
    rest_.remove_prefix(2);
    return true;
  }
  // One of the names in letters of any size, whole or its first `letters`.
  template <std::size_t kCount>
  bool name(const std::array<std::string_view, kCount>& names, std::size_t letters,
            std::int64_t* number) noexcept {
    skip_blanks();
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::string_view wanted = letters > 0 ? names[i].substr(0, letters) : names[i];
      if (rest_.size() < wanted.size() || !equal_ignoring_case(rest_.substr(0, wanted.size()), wanted))
        continue;
      rest_.remove_prefix(wanted.size());
      if (number != nullptr) *number = static_cast<std::int64_t>(i) + 1;
      return true;
    }
    return false;
  }
  static bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
  }
  bool read_offset(std::int64_t& micros) noexcept {
    if (take("Z")) return true;
    const bool west = take("-");
    if (!west && !take("+")) return false;
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    if (!number(2, 0, 18, hours)) return false;
    if ((take(":") || (!rest_.empty() && is_digit(rest_.front()))) && !number(2, 0, 59, minutes))
      return false;
    micros = hours * kMicrosPerHour + minutes * kMicrosPerMinute;
    if (west) micros = -micros;
    return true;
  }

  std::string_view rest_;
};

std::optional<std::int64_t> instant(Parts parts) noexcept {
  if (parts.day > days_in_month(parts.year, static_cast<int>(parts.month))) return std::nullopt;
  if (parts.is_twelve_hour) parts.hour = parts.hour % 12 + (parts.is_afternoon ? 12 : 0);
  const std::int64_t days =
      parts.day_of_year > 0
          ? days_from_civil({parts.year, 1, 1}) + parts.day_of_year - 1
          : days_from_civil({parts.year, static_cast<int>(parts.month), static_cast<int>(parts.day)});
  return days * kMicrosPerDay + parts.hour * kMicrosPerHour + parts.minute * kMicrosPerMinute +
         parts.second * kMicrosPerSecond + parts.micros - parts.offset_micros;
}

}  // namespace

TimeFormat::TimeFormat(std::string_view format) {
  while (!format.empty()) {
    const std::size_t percent = std::min(format.find('%'), format.size());
    if (percent > 0) pieces_.push_back({'\0', true, std::string(format.substr(0, percent))});
    format.remove_prefix(percent);
    if (format.empty()) return;
    format.remove_prefix(1);
    const bool padded = !format.starts_with('-');
    if (!padded) format.remove_prefix(1);
    constexpr std::string_view kUnpadded = "ymdHIMSj";
    const std::string_view known = padded ? kWritten : kUnpadded;
    if (format.empty() || known.find(format.front()) == std::string_view::npos)
      throw BadArgument(
          1,
          "a format of times has no `%" + std::string(padded ? "" : "-") + std::string(format.substr(0, 1)) +
              "`",
          "as in '%Y-%m-%d %H:%M:%S'; also %y %b %B %a %A %j %I %p %f %z, and %% for a percent sign");
    pieces_.push_back({format.front(), padded, {}});
    format.remove_prefix(1);
  }
}

char TimeFormat::unreadable() const noexcept {
  for (const Piece& piece : pieces_)
    if (piece.specifier != '\0' && kRead.find(piece.specifier) == std::string_view::npos)
      return piece.specifier;
  return '\0';
}

void TimeFormat::append(std::string& to, std::int64_t micros) const {
  const Moment at(micros);
  for (const Piece& piece : pieces_) {
    const int two = piece.padded ? 2 : 1;
    switch (piece.specifier) {
      case 'Y':
        append_number(to, at.date.year, 4);
        break;
      case 'y':
        append_number(to, floor_remainder(at.date.year, 100), two);
        break;
      case 'm':
        append_number(to, at.date.month, two);
        break;
      case 'd':
        append_number(to, at.date.day, two);
        break;
      case 'j':
        append_number(to, at.day_of_year() + 1, piece.padded ? 3 : 1);
        break;
      case 'H':
        append_number(to, at.hour(), two);
        break;
      case 'I':
        append_number(to, (at.hour() + 11) % 12 + 1, two);
        break;
      case 'M':
        append_number(to, at.of_day / kMicrosPerMinute % 60, two);
        break;
      case 'S':
        append_number(to, at.of_day / kMicrosPerSecond % 60, two);
        break;
      case 'f':
        append_number(to, at.of_day % kMicrosPerSecond, 6);
        break;
      case 'g':
        append_number(to, at.of_day % kMicrosPerSecond / 1000, 3);
        break;
      case 'p':
        to += at.hour() < 12 ? "AM" : "PM";
        break;
      case 'b':
      case 'B':
        to += kMonthNames[static_cast<std::size_t>(at.date.month - 1)].substr(
            0, piece.specifier == 'b' ? 3 : std::string_view::npos);
        break;
      case 'a':
      case 'A':
        to += kDayNames[static_cast<std::size_t>(at.weekday())].substr(
            0, piece.specifier == 'a' ? 3 : std::string_view::npos);
        break;
      case 'w':
        append_number(to, at.weekday(), 1);
        break;
      case 'u':
        append_number(to, (at.weekday() + 6) % 7 + 1, 1);
        break;
      case 'U':
        append_number(to, at.week_from(0), 2);
        break;
      case 'W':
        append_number(to, at.week_from(1), 2);
        break;
      case 'V':
        append_number(to, iso_week(at.days).week, 2);
        break;
      case 'G':
        append_number(to, iso_week(at.days).year, 4);
        break;
      case 'z':
        to += "+00";
        break;
      case 'Z':
        break;
      case '%':
        to += '%';
        break;
      default:
        to += piece.text;
    }
  }
}

std::optional<std::int64_t> TimeFormat::parse(std::string_view text) const noexcept {
  PartReader reader(text);
  Parts parts;
  reader.skip_blanks();
  for (const Piece& piece : pieces_)
    if (piece.specifier == '\0' ? !reader.take(piece.text) : !reader.read(piece.specifier, parts))
      return std::nullopt;
  reader.skip_blanks();
  return reader.at_end() ? instant(parts) : std::nullopt;
}

}  // namespace weir::expressions
