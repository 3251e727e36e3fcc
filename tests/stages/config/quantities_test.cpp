#include "stages/config/quantities.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(Durations, AreANumberWithAUnit) {
  const std::vector<std::pair<std::string_view, Duration>> table = {
      {"0s", 0s},   {"250us", 250us}, {"100ms", 100ms}, {"5s", 5s},         {"1.5s", 1500ms},
      {"2m", 2min}, {"1h", 1h},       {"7d", 7 * 24h},  {"0.001h", 3600ms}, {"36500d", kDurationMax},
  };
  for (const auto& [text, duration] : table)
    EXPECT_EQ(parse_duration(text), duration) << text;
}

TEST(Durations, AreNothingElse) {
  for (const std::string_view text : {"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "5S", "5sec", "1e3s",
                                      ".5s", "1h30m", "36501d", "inf", "nans", "99999999999999999999999999d"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Shares, ArePercentOrAFraction) {
  const std::vector<std::pair<std::string_view, double>> table = {
      {"0", 0}, {"0%", 0}, {"1%", 0.01}, {"0.5%", 0.005}, {"100%", 1}, {"0.01", 0.01}, {"1.0", 1}, {"0.0", 0},
  };
  for (const auto& [text, share] : table)
    EXPECT_EQ(parse_share(text), share) << text;
}

TEST(Shares, AreNothingElse) {
  for (const std::string_view text :
       {"", "%", "1", "50", "101%", "1.01", "-1%", "1 %", "1%%", "1e-2", "half", "nan%"})
    EXPECT_EQ(parse_share(text), std::nullopt) << text;
}

TEST(Rates, AreRecordsInATime) {
  EXPECT_EQ(parse_rate("100/s"), (RateLimit{100, 1s}));
  EXPECT_EQ(parse_rate("0.5/m"), (RateLimit{0.5, 1min}));
  EXPECT_EQ(parse_rate("1000/h"), (RateLimit{1000, 1h}));
  EXPECT_EQ(parse_rate("3/ms"), (RateLimit{3, 1ms}));
  for (const std::string_view text :
       {"", "100", "100/", "/s", "0/s", "100/sec", "100 /s", "100/s ", "-1/s", "1/5s"})
    EXPECT_EQ(parse_rate(text), std::nullopt) << text;
}

TEST(Sizes, AreBytesOrAMultiple) {
  EXPECT_EQ(parse_size("512"), 512u);
  EXPECT_EQ(parse_size("10MB"), 10'000'000u);
  EXPECT_EQ(parse_size("64KiB"), 65'536u);
  EXPECT_EQ(parse_size("1GiB"), std::uint64_t{1} << 30);
  for (const std::string_view text :
       {"", "lots", "-1", "1.5GiB", "1 GiB", "99999999999999999999", "99999999999GiB"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

}  // namespace
}  // namespace weir
