#include "stages/records/value_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stages/records/calendar.hpp"

namespace weir {
namespace {

constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();

std::string timestamp_text(std::int64_t micros) {
  std::string text;
  append_timestamp(text, micros);
  return text;
}

std::string double_text(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

TEST(ValueText, ReadsIntegersOfAllOf64Bits) {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> value;
  };
  const Case cases[] = {
      {"0", 0},
      {"-0", 0},
      {"+5", 5},
      {"007", 7},
      {"9223372036854775807", kInt64Max},
      {"-9223372036854775808", kInt64Min},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"99999999999999999999999", std::nullopt},
      {"00000000000000000000000000001", 1},
      {"", std::nullopt},
      {"-", std::nullopt},
      {"+-1", std::nullopt},
      {" 1", std::nullopt},
      {"1 ", std::nullopt},
      {"1.0", std::nullopt},
      {"0x10", std::nullopt},
  };
  for (const Case& each : cases)
    EXPECT_EQ(parse_int64(each.text), each.value) << each.text;
}

TEST(ValueText, ReadsDoublesWholeOrNotAtAll) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("+1.5"), 1.5);
  EXPECT_EQ(parse_double("-.5e1"), -5.0);
  EXPECT_EQ(parse_double("1e308"), 1e308);
  EXPECT_TRUE(std::isnan(parse_double("NaN").value()));
  EXPECT_EQ(parse_double("-Infinity"), -std::numeric_limits<double>::infinity());
  for (const std::string_view text : {"", "1e999", "-1e999", "1,5", "1.5 ", " 1.5", "+-1", "e5", "."})
    EXPECT_EQ(parse_double(text), std::nullopt) << text;
}

TEST(ValueText, WritesDoublesShortestYetReadable) {
  struct Case {
    double value;
    std::string_view text;
  };
  const Case cases[] = {
      {1, "1"},        {0.1, "0.1"},     {100000, "100000"}, {-2.5, "-2.5"}, {1e15, "1000000000000000"},
      {1e16, "1e+16"}, {1e-4, "0.0001"}, {1e-5, "1e-05"},    {-0.0, "-0"},   {1.0 / 3, "0.3333333333333333"},
      {NAN, "nan"}};
  for (const Case& each : cases)
    EXPECT_EQ(double_text(each.value), each.text);
}

TEST(ValueText, ReadsTimestampsInIsoForm) {
  constexpr std::int64_t kNoon = 979'473'600'000'000;  // 2001-01-14 12:00:00
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> micros;
  };
  const Case cases[] = {
      {"1970-01-01", 0},
      {"1969-12-31 23:59:59.999999", -1},
      {"2001-01-14 12:00:00", kNoon},
      {"2001-01-14T12:00:00Z", kNoon},
      {"2001-01-14T12:00", kNoon},
      {"2001-01-14 12:00:00.5", kNoon + 500'000},
      {"2001-01-14 12:00:00.123456789", kNoon + 123'456},
      {"2001-01-14T14:00:00+02:00", kNoon},
      {"2001-01-14T14:00:00+0200", kNoon},
      {"2001-01-14T04:30:00-07:30", kNoon},
      {"2000-02-29", 951'782'400'000'000},
      {"1900-02-29", std::nullopt},
      {"2001-13-01", std::nullopt},
      {"2001-00-01", std::nullopt},
      {"2001-01-32", std::nullopt},
      {"2001-1-14", std::nullopt},
      {"2001/01/14", std::nullopt},
      {"2001-01-14 24:00:00", std::nullopt},
      {"2001-01-14 12:00:60", std::nullopt},
      {"2001-01-14 12", std::nullopt},
      {"2001-01-14 12:00:00.", std::nullopt},
      {"2001-01-14 12:00:00 ", std::nullopt},
      {"2001-01-14 12:00:00Zz", std::nullopt},
      {"2001-01-14Z", std::nullopt},
      {"999999-01-01", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& each : cases)
    EXPECT_EQ(parse_timestamp(each.text), each.micros) << each.text;
}

TEST(ValueText, WritesTimestampsThatReadBack) {
  EXPECT_EQ(timestamp_text(0), "1970-01-01 00:00:00");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp_text(kInt64Max), "294247-01-10 04:00:54.775807");
  EXPECT_EQ(timestamp_text(kInt64Min), "-290308-12-21 19:59:05.224192");
  for (std::int64_t day = -3'000'000; day < 3'000'000; day += 997) {
    const std::int64_t micros = day * kMicrosPerDay + 86'399'000'001;
    EXPECT_EQ(parse_timestamp(timestamp_text(micros)), micros);
  }
}

TEST(ValueText, ReadsDatesInIsoFormAndNothingBehindThem) {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> days;
  };
  const Case cases[] = {
      {"1970-01-01", 0},
      {"1969-12-31", -1},
      {"2024-02-29", 19'782},
      {"0001-01-01", -719'162},
      {"294246-12-31", kDateMax},
      {"-290307-01-01", kDateMin},
      {"294247-01-01", std::nullopt},
      {"2023-02-29", std::nullopt},
      {"2001-1-14", std::nullopt},
      {"2001-01-14 00:00", std::nullopt},
      {"2001-01-14T", std::nullopt},
      {"20010114", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& each : cases)
    EXPECT_EQ(parse_date(each.text), each.days) << each.text;
}

TEST(ValueText, WritesDatesThatReadBack) {
  for (std::int64_t day = kDateMin; day < kDateMax; day += 9973) {
    std::string text;
    append_date(text, day);
    ASSERT_EQ(parse_date(text), day) << text;
  }
}

TEST(ValueText, TakesOnlyTheWordsForBooleans) {
  EXPECT_EQ(parse_boolean("TRUE"), true);
  EXPECT_EQ(parse_boolean("false"), false);
  for (const std::string_view text : {"t", "F", "1", "yes", "truee", ""})
    EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
}

TEST(Calendar, CountsDaysBothWays) {
  for (std::int64_t days = -800'000; days < 800'000; days += 13)
    EXPECT_EQ(days_from_civil(civil_from_days(days)), days);
  const CivilDate leap_day = civil_from_days(11'016);
  EXPECT_EQ(leap_day.year, 2000);
  EXPECT_EQ(leap_day.month, 2);
  EXPECT_EQ(leap_day.day, 29);
}

}  // namespace
}  // namespace weir
