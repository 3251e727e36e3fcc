// Dates and timestamps: parts, differences, intervals, and texts of any format.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "stages/expressions/time_format.hpp"
#include "stages/records/calendar.hpp"
#include "tests/stages/expressions/refusals.hpp"
#include "tests/stages/expressions/scalar_cases.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::evaluate;
using testing::expect_refusals;
using testing::expect_values;
using testing::Table;

TEST(TimeFunctions, TakeTimesApart) {
  expect_values({
      {"date_part('year', timestamp '2001-08-07 06:05:04.123456')", "2001"},
      {"date_part('second', timestamp '2001-08-07 06:05:04.123456')", "4"},
      {"date_part('millisecond', timestamp '2001-08-07 06:05:04.123456')", "4123"},
      {"date_part('microseconds', timestamp '2001-08-07 06:05:04.123456')", "4123456"},
      {"date_part('epoch', timestamp '2001-08-07 06:05:04.123456')", "997164304.123456"},
      {"date_part('isodow', timestamp '2001-08-05 06:05:04')", "7"},
      {"date_part('dow', timestamp '2001-08-05 06:05:04')", "0"},
      {"date_part('doy', timestamp '2001-08-05 06:05:04')", "217"},
      {"date_part('week', timestamp '2001-01-01 06:05:04')", "1"},
      {"date_part('isoyear', timestamp '2005-01-01 06:05:04')", "2004"},
      {"date_part('week', date '2005-01-01')", "53"},
      {"date_part('decade', date '2005-01-01')", "200"},
      {"date_part('century', date '2000-01-01')", "20"},
      {"date_part('century', date '2001-01-01')", "21"},
      {"date_part('century', date '1900-01-01')", "19"},
      {"date_part('millennium', date '2000-01-01')", "2"},
      {"date_part('yearweek', date '2000-01-01')", "199952"},
      {"extract(year from date '2001-01-01')", "2001"},
      {"extract('month' from date '2001-03-01')", "3"},
      {"extract(EPOCH from date '2001-08-07')", "997142400"},
      {"hour(date '2001-01-01')", "0"},
      {"dayofyear(date '2024-12-31')", "366"},
      {"monthname(date '2001-02-03')", "February"},
      {"dayname(date '2001-02-03')", "Saturday"},
      {"date_trunc('decade', timestamp '2019-08-07')", "2010-01-01 00:00:00"},
      {"date_trunc('century', timestamp '2001-08-07')", "2000-01-01 00:00:00"},
      {"date_trunc('months', timestamp '2001-08-07')", "2001-08-01 00:00:00"},
  });
}

TEST(TimeFunctions, AreMadeOfNumbersAndBecomeSome) {
  expect_values({
      {"make_date(2001, 2, 3)", "2001-02-03"},
      {"make_date(2001, 2, 30)", "error: there is no such day: make_date(2001, 2, 30)"},
      {"make_date(2001, 13, 1)", "error: there is no such day: make_date(2001, 13, 1)"},
      {"make_date(9223372036854775807, 1, 1)",
       "error: there is no such day: make_date(9223372036854775807, 1, 1)"},
      {"epoch(timestamp '2001-08-07 06:05:04.123456')", "997164304.123456"},
      {"epoch_ms(timestamp '2001-08-07 06:05:04.123456')", "997164304123"},
      {"epoch_us(timestamp '2001-08-07 06:05:04.123456')", "997164304123456"},
      {"epoch_ms(997164304123)", "2001-08-07 06:05:04.123000"},
      {"epoch_ms(9223372036854775807)", "error: timestamp out of range: epoch_ms(9223372036854775807)"},
      {"make_timestamp(997164304123456)", "2001-08-07 06:05:04.123456"},
      {"to_timestamp(997164304.5)", "2001-08-07 06:05:04.500000"},
      {"to_timestamp(1e300)", "error: timestamp out of range: to_timestamp(1e+300)"},
      {"to_timestamp('nan'::double)", "error: timestamp out of range: to_timestamp(nan)"},
      {"last_day(date '2001-02-03')", "2001-02-28"},
      {"last_day(timestamp '2024-02-03 10:00:00')", "2024-02-29"},
  });
}

TEST(TimeFunctions, CountWhatLiesBetweenTwoTimes) {
  expect_values({
      {"date_diff('month', timestamp '2001-01-31', timestamp '2001-02-01')", "1"},
      {"date_diff('day', timestamp '2001-01-31 23:00:00', timestamp '2001-02-01 01:00:00')", "1"},
      {"date_diff('hour', timestamp '2001-01-31 23:30:00', timestamp '2001-02-01 01:00:00')", "2"},
      {"date_diff('hour', timestamp '1969-12-31 23:30:00', timestamp '1970-01-01 00:30:00')", "1"},
      {"date_diff('week', date '2001-01-31', date '2001-02-06')", "0"},
      {"date_diff('week', date '2001-01-31', date '2001-02-07')", "1"},
      {"date_diff('week', timestamp '2001-01-31 12:00', timestamp '2001-02-07 11:00')", "1"},
      {"date_diff('week', date '2001-02-07', date '2001-02-01')", "0"},
      {"date_diff('quarter', date '2001-01-31', date '2001-04-01')", "1"},
      {"date_diff('year', date '2001-12-31', date '2001-01-01')", "0"},
      {"date_diff('decade', date '1999-02-07', date '2000-02-01')", "1"},
      {"date_diff('century', date '2000-02-07', date '2001-02-01')", "0"},
      {"date_diff('day', date '2001-01-05', date '2001-01-01')", "-4"},
      {"date_diff('microsecond', timestamp '-290000-01-01', timestamp '290000-01-01')",
       "error: integer overflow: date_diff in microseconds"},
  });
}

TEST(Interval, MovesTimesByMonthsThenDaysThenClocks) {
  expect_values({
      {"date '2001-01-31' + interval '1 month'", "2001-02-28 00:00:00"},
      {"date '2001-01-31' + interval 1 month", "2001-02-28 00:00:00"},
      {"interval 1 month + date '2001-01-31'", "2001-02-28 00:00:00"},
      {"date '2001-03-31' - interval '1 month'", "2001-02-28 00:00:00"},
      {"date '2001-01-31' + interval '-1 month'", "2000-12-31 00:00:00"},
      {"timestamp '2001-01-31 10:00:00' - interval '1 month 3 days 02:00:00'", "2000-12-28 08:00:00"},
      {"timestamp '2001-01-31 10:00:00' + interval (3) month", "2001-04-30 10:00:00"},
      {"timestamp '2001-01-31 10:00:00' + interval (1 + 2) months", "2001-04-30 10:00:00"},
      {"timestamp '2001-01-31 10:00:00' + interval '1.5 hours'", "2001-01-31 11:30:00"},
      {"timestamp '2001-01-31' + interval '1 month 1 day'", "2001-03-01 00:00:00"},
      {"timestamp '2001-01-31' + interval '1 year 2 months 3 weeks 4 days 5 hours 6 minutes 7 seconds 8 "
       "milliseconds'",
       "2002-04-25 05:06:07.008000"},
      {"date '2001-01-31' + interval '1' day", "2001-02-01 00:00:00"},
      {"date '2001-01-31' + interval '1:30'", "2001-01-31 01:30:00"},
      {"date '2001-01-31' + interval '1 y 2 d 3 h 4 m 5 s'", "2002-02-02 03:04:05"},
      {"date '2024-02-29' + interval '1 year'", "2025-02-28 00:00:00"},
      {"date '2001-01-31' + interval 3 day = timestamp '2001-02-03'", "true"},
      {"date '2001-01-31' + interval 1 day + interval 1 hour", "2001-02-01 01:00:00"},
      {"'2001-01-31' + interval 1 day", "2001-02-01 00:00:00"},
      {"date '2001-01-31' + interval (null) day", "NULL"},
      {"null + interval 1 day", "NULL"},
      {"date '294246-12-31' + interval 1000 year",
       "error: timestamp out of range: '294246-12-31 00:00:00' and an interval of 12000 months, 0 days and 0 "
       "microseconds"},
  });
}

TEST(Interval, CountsWhatAColumnSays) {
  const Table table = Table()
                          .times("t", {"2001-01-31 10:00", "2001-01-31 10:00", "2001-01-31 10:00"})
                          .integers("n", {1, std::nullopt, -12});
  EXPECT_THAT(evaluate("t + interval (n) month", table),
              ElementsAre("2001-02-28 10:00:00", "NULL", "2000-01-31 10:00:00"));
  EXPECT_THAT(evaluate("t - interval (n) hours", table),
              ElementsAre("2001-01-31 09:00:00", "NULL", "2001-01-31 22:00:00"));
}

TEST(Interval, IsRefusedWhereItMeansNothing) {
  const Table table = Table().times("t", {"2001-01-01"}).strings("s", {"x"});
  expect_refusals(
      table,
      {
          {"interval 3 day", 0, 14, "an interval is no value of its own",
           "add it to a time, as in t + interval 3 day"},
          {"s + interval 3 day", 0, 18, "an interval is added to a date or a timestamp, not to string",
           "cast the string: cast(... as timestamp)"},
          {"t + interval 1.5 day", 0, 20, "an interval is a whole number of its unit",
           "write it in a smaller one: 36 hour for 1.5 day"},
          {"5 + interval 3 day", 0, 18, "an interval is added to a date or a timestamp, not to int64", ""},
          {"t - t", 2, 1, "`-` does not take (timestamp, timestamp)"},
          {"date_trunc('fortnight', t)", 11, 11, "date_trunc knows no unit 'fortnight'"},
          {"date_part('yaer', t)", 10, 6, "date_part knows no part 'yaer'", "did you mean `year`?"},
          {"date_diff(s, t, t)", 10, 1, "date_diff wants its unit as a text, not computed"},
          {"now()", 0, 3, "`now` gives something else at each run, and the output of a pipeline must not"},
          {"t < current_date", 4, 12,
           "`current_date` gives something else at each run, and the output of a pipeline must not"},
          {"random() < 0.5", 0, 6,
           "`random` gives something else at each run, and the output of a pipeline must not",
           "hash(...) of a column looks random, and is the same each time"},
      });
}

TEST(TimeFormat, WritesWhatStrftimeWrites) {
  expect_values({
      {"strftime(timestamp '2001-08-07 06:05:04.123456', '%Y-%m-%d %H:%M:%S.%f|%g|%a %A %b %B %j %y %p "
       "%I|%-d %-m "
       "%-H|%u %w %U %W %V %G')",
       "2001-08-07 06:05:04.123456|123|Tue Tuesday Aug August 219 01 AM 06|7 8 6|2 2 31 32 32 2001"},
      {"strftime(date '2001-08-07', '%d/%m/%Y')", "07/08/2001"},
      {"strftime(timestamp '2001-08-07 00:05:04', '%I %p %w %-y')", "12 AM 2 1"},
      {"strftime(timestamp '2001-08-07 12:05:04', '%-I %p 100%%')", "12 PM 100%"},
      {"strftime(timestamp '0099-08-07', '%Y %y')", "0099 99"},
      {"strftime(timestamp '1969-12-31 23:59:59.999999', '%f %z%Z')", "999999 +00"},
      {"strftime(null, '%d')", "NULL"},
  });
}

TEST(TimeFormat, ReadsWhatStrptimeReads) {
  expect_values({
      {"strptime('07/08/2001 06:05', '%d/%m/%Y %H:%M')", "2001-08-07 06:05:00"},
      {"strptime('07/08/2001', '%d/%m/%Y')", "2001-08-07 00:00:00"},
      {"strptime('7 Aug 2001 6:05 PM', '%d %b %Y %I:%M %p')", "2001-08-07 18:05:00"},
      {"strptime('2001-08-07 06:05:04.5+0200', '%Y-%m-%d %H:%M:%S.%f%z')", "2001-08-07 04:05:04.500000"},
      {"strptime('07/Aug/2001:06:05:04 +0000', '%d/%b/%Y:%H:%M:%S %z')", "2001-08-07 06:05:04"},
      {"strptime('2001-1-7', '%Y-%m-%d')", "2001-01-07 00:00:00"},
      {"strptime('20010107', '%Y%m%d')", "2001-01-07 00:00:00"},
      {"strptime('10:30', '%H:%M')", "1900-01-01 10:30:00"},
      {"strptime('99-01-01', '%y-%m-%d')", "1999-01-01 00:00:00"},
      {"strptime('68-08-07', '%y-%m-%d')", "2068-08-07 00:00:00"},
      {"strptime('  2001-1-7 ', '%Y-%m-%d')", "2001-01-07 00:00:00"},
      {"strptime('Tuesday 07 August 2001', '%A %d %B %Y')", "2001-08-07 00:00:00"},
      {"strptime('aug 7 2001', '%b %d %Y')", "2001-08-07 00:00:00"},
      {"strptime('217 2001', '%j %Y')", "2001-08-05 00:00:00"},
      {"strptime('2001-08-07 12 AM', '%Y-%m-%d %I %p')", "2001-08-07 00:00:00"},
      {"strptime('2001-02-30', '%Y-%m-%d')", "error: strptime cannot read '2001-02-30' by '%Y-%m-%d'"},
      {"strptime('2001-08-07x', '%Y-%m-%d')", "error: strptime cannot read '2001-08-07x' by '%Y-%m-%d'"},
      {"strptime('', '%Y')", "error: strptime cannot read '' by '%Y'"},
      {"try_strptime('07/13/2001', '%d/%m/%Y')", "NULL"},
      {"try_strptime('07/12/2001', '%d/%m/%Y')", "2001-12-07 00:00:00"},
  });
}

TEST(TimeFormat, IsRefusedWhereItHasUnknownParts) {
  const Table table = Table().times("t", {"2001-01-01"}).strings("s", {"x"});
  expect_refusals(table,
                  {
                      {"strftime(t, '%Y-%e')", 12, 7, "a format of times has no `%e`"},
                      {"strftime(t, '%-Y')", 12, 5, "a format of times has no `%-Y`"},
                      {"strftime(t, 'at %')", 12, 6, "a format of times has no `%`"},
                      {"strftime(t, s)", 12, 1, "strftime wants its format as a text, not computed"},
                      {"strptime(s, '%V %Y')", 12, 7, "strptime cannot read `%V`; only strftime writes it"},
                  });
}

RC_GTEST_PROP(TimeFormat, ReadsBackWhatItWrote, ()) {
  const std::int64_t days =
      *rc::gen::inRange<std::int64_t>(days_from_civil({0, 1, 1}), days_from_civil({9999, 12, 31}));
  const std::int64_t micros = days * kMicrosPerDay + *rc::gen::inRange<std::int64_t>(0, kMicrosPerDay);
  for (const std::string_view text :
       {"%Y-%m-%d %H:%M:%S.%f", "%d.%B.%Y %I:%M:%S.%f %p", "%A, %-d %b %Y, %-H h %-M %-S,%f",
        "%j of %Y at %H%M%S%f", "%a%Y%m%d%H%M%S.%f%z"}) {
    const expressions::TimeFormat format(text);
    std::string written;
    format.append(written, micros);
    RC_LOG() << written << '\n';
    RC_ASSERT(format.parse(written) == micros);
  }
}

RC_GTEST_PROP(TimeFormat, TakesAnyText, (const std::string& text)) {
  static const expressions::TimeFormat format("%a %A %b %B %d %m %Y %y %H %I %M %S %f %p %z %j %%");
  format.parse(text);
  expressions::TimeFormat("%Y").parse(text);
}

}  // namespace
}  // namespace weir
