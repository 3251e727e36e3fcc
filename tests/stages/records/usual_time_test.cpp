#include "stages/records/usual_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "stages/records/value_text.hpp"

namespace weir {
namespace {

TEST(UsualTime, ReadsDatesAndTimestamps) {
  EXPECT_EQ(read_usual_date("1970-01-02"), 1);
  EXPECT_EQ(read_usual_date("0000-03-01"), days_from_civil({0, 3, 1}));
  EXPECT_EQ(read_usual_date("9999-12-31"), days_from_civil({9999, 12, 31}));
  EXPECT_EQ(read_usual_date("2024-02-29"), days_from_civil({2024, 2, 29}));
  EXPECT_EQ(read_usual_timestamp("1970-01-01 00:00:01"), kMicrosPerSecond);
  EXPECT_EQ(read_usual_timestamp("1970-01-01T23:59:59"), kMicrosPerDay - kMicrosPerSecond);
}

TEST(UsualTime, CountsDaysAsTheCalendarDoes) {
  for (std::int64_t days = days_from_civil({0, 1, 1}); days <= days_from_civil({9999, 12, 31}); ++days) {
    const CivilDate date = civil_from_days(days);
    ASSERT_EQ(
        usual_time::days_of(static_cast<std::uint32_t>(date.year), static_cast<std::uint32_t>(date.month),
                            static_cast<std::uint32_t>(date.day)),
        days);
  }
}

TEST(UsualTime, LeavesEverythingElseToTheParser) {
  for (const char* date :
       {"2023-02-29", "2024-00-10", "2024-13-10", "2024-01-00", "2024-01-32", "2024/01-01", "2024-01/01",
        "-024-01-01", "2024-1-011", "20x4-01-01", "2024-01-0:", "2024-0/-01"})
    EXPECT_EQ(read_usual_date(date), std::nullopt) << date;
  for (const char* timestamp :
       {"2024-01-01 24:00:00", "2024-01-01 00:60:00", "2024-01-01 00:00:60", "2024-01-01x00:00:00",
        "2024-01-01 00.00:00", "2024-01-01 00:00:0Z", "2024-01-01 0 :00:00", "2024-02-30 00:00:00"})
    EXPECT_EQ(read_usual_timestamp(timestamp), std::nullopt) << timestamp;
}

RC_GTEST_PROP(UsualTimeProperty, EveryTimestampIsReadAsItIsWritten, ()) {
  const auto seconds = *rc::gen::inRange<std::int64_t>(-62'167'219'200, 253'402'300'800);  // years 0 to 9999
  std::string text;
  append_timestamp(text, seconds * kMicrosPerSecond);
  RC_ASSERT(read_usual_timestamp(text.c_str()) == seconds * kMicrosPerSecond);
}

// Mostly nothing is read; where it is, the byte was a digit, or the T.
RC_GTEST_PROP(UsualTimeProperty, AWrongByteIsNeverReadAsSomethingElse, ()) {
  std::string text = "2001-09-30 17:08:59";
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  const auto usual = read_usual_timestamp(text.c_str());
  if (!usual) return;
  std::string again;
  append_timestamp(again, *usual);
  if (text[10] == 'T') text[10] = ' ';
  RC_ASSERT(again == text);
}

}  // namespace
}  // namespace weir
