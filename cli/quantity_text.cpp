#include "cli/quantity_text.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace weir {
namespace {

constexpr double kThousand = 1000;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

// A number with as many decimals as it takes to show about three digits.
std::string rounded(double number) {
  std::array<char, 32> text{};
  const char* format = number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f";
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

std::string scaled(double number, std::string_view unit) {
  constexpr std::array<std::string_view, 5> kPrefixes = {"", "k", "M", "G", "T"};
  std::size_t prefix = 0;
  for (; number >= kThousand && prefix + 1 < kPrefixes.size(); ++prefix)
    number /= kThousand;
  const std::string digits =
      prefix == 0 ? std::to_string(static_cast<std::uint64_t>(number)) : rounded(number);
  const std::string name = std::string(kPrefixes[prefix]).append(unit);
  return name.empty() ? digits : digits + " " + name;
}

}  // namespace

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t digits = 3; digits < text.size(); digits += 4)
    text.insert(text.size() - digits, 1, ',');
  return text;
}

std::string bytes_text(std::uint64_t bytes) { return scaled(static_cast<double>(bytes), "B"); }

std::string duration_text(Duration duration) {
  using namespace std::chrono_literals;
  const auto count = [&](Duration unit) { return std::to_string(duration / unit); };
  const auto with_rest = [&](Duration unit, const char* name, Duration rest_unit, const char* rest_name) {
    const auto rest = duration % unit / rest_unit;
    return count(unit) + name + (rest == 0 ? "" : " " + std::to_string(rest) + rest_name);
  };
  if (duration < 1ms) return count(1us) + " us";
  if (duration < 1s) return count(1ms) + " ms";
  if (duration >= 1h) return with_rest(1h, " h", 1min, " min");
  if (duration >= 1min) return with_rest(1min, " min", 1s, " s");
  if (duration % 1s < 50ms) return count(1s) + " s";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(duration.count()) / 1e9);
  return text.data();
}

std::string rate_text(double per_second) { return scaled(per_second, ""); }

std::string seconds_text(std::uint64_t nanoseconds) {
  const std::uint64_t seconds = nanoseconds / kNanosecondsPerSecond;
  if (seconds >= 60) return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", static_cast<double>(nanoseconds) / 1e9);
  return text.data();
}

}  // namespace weir
