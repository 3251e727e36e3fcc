#include "stages/config/quantities.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace weir {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array kSizeUnits = {
    SizeUnit{"", 1},
    SizeUnit{"B", 1},
    SizeUnit{"kB", 1000},
    SizeUnit{"KB", 1000},
    SizeUnit{"MB", 1000'000},
    SizeUnit{"GB", 1000'000'000},
    SizeUnit{"KiB", 1ull << 10},
    SizeUnit{"MiB", 1ull << 20},
    SizeUnit{"GiB", 1ull << 30},
};

struct TimeUnit {
  std::string_view name;
  Duration length;
};
constexpr std::array kTimeUnits = {
    TimeUnit{"us", std::chrono::microseconds(1)}, TimeUnit{"ms", std::chrono::milliseconds(1)},
    TimeUnit{"s", std::chrono::seconds(1)},       TimeUnit{"m", std::chrono::minutes(1)},
    TimeUnit{"h", std::chrono::hours(1)},         TimeUnit{"d", std::chrono::hours(24)},
};

std::optional<Duration> time_unit(std::string_view name) noexcept {
  for (const TimeUnit& unit : kTimeUnits) {
    if (unit.name == name) return unit.length;
  }
  return std::nullopt;
}

// A decimal number without a sign or an exponent, taken off the front of `text`.
std::optional<double> take_number(std::string_view& text) noexcept {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  double number = 0;
  const auto [stopped, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
  return number;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(stopped - text.data()));
  for (const SizeUnit& unit : kSizeUnits) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / unit.bytes) return std::nullopt;
    return number * unit.bytes;
  }
  return std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) noexcept {
  const auto number = take_number(text);
  const auto unit = time_unit(text);
  if (!number || !unit) return std::nullopt;
  const double nanoseconds = *number * static_cast<double>(unit->count());
  if (nanoseconds > static_cast<double>(kDurationMax.count())) return std::nullopt;
  return Duration(std::llround(nanoseconds));
}

std::optional<double> parse_share(std::string_view text) noexcept {
  const std::string_view written = text;
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  const bool percent = text == "%";
  const bool fraction = text.empty() && (*number == 0 || written.find('.') != std::string_view::npos);
  if (!percent && !fraction) return std::nullopt;
  const double share = percent ? *number / 100 : *number;
  if (share > 1) return std::nullopt;
  return share;
}

std::optional<RateLimit> parse_rate(std::string_view text) noexcept {
  const auto number = take_number(text);
  if (!number || *number <= 0 || text.empty() || text.front() != '/') return std::nullopt;
  const auto per = time_unit(text.substr(1));
  if (!per) return std::nullopt;
  return RateLimit{*number, *per};
}

}  // namespace weir
