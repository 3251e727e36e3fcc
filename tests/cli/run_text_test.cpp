#include "cli/run_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/quantity_text.hpp"

namespace weir {
namespace {

RunReport report_of_two_stages() {
  RunReport report;
  report.pipeline = "flights";
  report.wall_ns = 2'000'000'000;
  report.threads = 2;
  StageReport reader;
  reader.name = "reader";
  reader.type = "read_csv";
  reader.in = reader.emitted = 1'234'567;
  StageReport late;
  late.name = "late";
  late.type = "filter";
  late.in = 1'234'567;
  late.emitted = 34'567;
  late.filtered = 1'200'000;
  late.dead = 3;
  late.busy_ns = 12'345'678;
  late.restarts = 2;
  report.stages = {reader, late};
  report.edges = {
      {"reader", "out", "late", "in"}, {"late", "out", "by_day", "in"}, {"by_day", "out", "file", "in"}};
  report.sources = {{"reader", 45'000'000, 90'000'000, 3},
                    {"by_day", 0, 0, 1}};  // an aggregate's output side, too
  return report;
}

TEST(Summary, HasARowAStageAndOneForTheRun) {
  RunReport report = report_of_two_stages();
  report.stages[1].restarts = 0;
  EXPECT_EQ(summary_text(report),
            "stage   type             in        out   filtered  dead  skipped     busy\n"
            "reader  read_csv  1,234,567  1,234,567          -     -        -  0.000 s\n"
            "late    filter    1,234,567     34,567  1,200,000     3        -  0.012 s\n"
            "flights succeeded: 1,234,567 rows, 45.0 MB in 2.000 s (617 k rows/s), 2 threads\n");
}

TEST(Summary, HasColumnsForRetriesAndRestartsWhereThereWereAny) {
  RunReport report = report_of_two_stages();
  report.stages[0].retried = 1'200;
  EXPECT_EQ(summary_text(report),
            "stage   type             in        out   filtered  dead  skipped  retried  restarts     busy\n"
            "reader  read_csv  1,234,567  1,234,567          -     -        -    1,200         -  0.000 s\n"
            "late    filter    1,234,567     34,567  1,200,000     3        -        -         2  0.012 s\n"
            "flights succeeded: 1,234,567 rows, 45.0 MB in 2.000 s (617 k rows/s), 2 threads\n");
}

TEST(Progress, ShowsRowsBytesShareRateAndRestarts) {
  EXPECT_EQ(progress_text(report_of_two_stages()), "1,234,567 rows  45.0 MB  50%  617 k rows/s  2 restarts");
}

TEST(Progress, GivesNoShareOfAnInputWhoseSizeNobodyKnows) {
  RunReport report = report_of_two_stages();
  report.sources.push_back({"pipe", 10, 0, 1});
  EXPECT_EQ(progress_text(report).find('%'), std::string::npos);
}

TEST(FailureText, SaysWhereWhatAndHowToGoOn) {
  Failure failure;
  failure.stage = "late";
  failure.during = "process";
  failure.error = {ErrorClass::data, "division by zero", "", nullptr};
  failure.origin = {std::make_shared<const std::string>("in.csv"), 120, 7};
  failure.record = "{\"a\":1}";
  EXPECT_EQ(
      failure_text(failure),
      "the run failed in stage `late` (process): division by zero\n"
      "  at:     in.csv:7\n"
      "  record: {\"a\":1}\n"
      "  mend:   correct the record, or let `late` go on without such ones: `on_error: skip` drops them, "
      "`on_error: dead_letter` sends them to `late.errors`\n");
}

TEST(FailureText, ShowsARecordOfSeveralLinesAndNothingThatATerminalObeys) {
  Failure failure;
  failure.error.error_class = ErrorClass::io;
  failure.record = "1,\"z\xC3\xBCrich\n\x1B[2Jtwo\"\t\x7F";
  EXPECT_THAT(failure_text(failure),
              testing::EndsWith("  record: 1,\"z\xC3\xBCrich\n          \\x1B[2Jtwo\"\t\\x7F\n"));
}

TEST(FailureText, ShowsTheBeginningOfALongRecord) {
  Failure failure;
  failure.error.error_class = ErrorClass::io;
  failure.record = std::string(1999, 'x') + "\xC3\xBC";
  EXPECT_THAT(failure_text(failure),
              testing::EndsWith("  record: " + std::string(1999, 'x') + "... (2001 bytes)\n"));
}

TEST(FailureText, SaysHowToLetMoreBadRecordsPass) {
  Failure failure;
  failure.stage = "late";
  failure.during = "threshold";
  failure.error = {ErrorClass::data, "7 of 60 records were refused", "", nullptr};
  EXPECT_EQ(failure_text(failure),
            "the run failed in stage `late` (threshold): 7 of 60 records were refused\n"
            "  mend:   correct the records, or raise the `threshold` in the `on_error` of `late`\n");
}

TEST(FailureText, IsShortWhereNoRecordIsToBlame) {
  Failure failure;
  failure.stage = "out";
  failure.during = "write";
  failure.error = {ErrorClass::io, "No space left on device: out.csv", "", nullptr};
  EXPECT_EQ(failure_text(failure),
            "the run failed in stage `out` (write): No space left on device: out.csv\n");
}

TEST(Quantities, AreRoundedForReaders) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(1234567), "1,234,567");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1234), "1.23 kB");
  EXPECT_EQ(bytes_text(12'345'678), "12.3 MB");
  EXPECT_EQ(bytes_text(123'456'789'012), "123 GB");
  EXPECT_EQ(seconds_text(1'500'000), "0.002 s");
  EXPECT_EQ(seconds_text(125'000'000'000), "2 min 5 s");
  using namespace std::chrono_literals;
  EXPECT_EQ(duration_text(0s), "0 us");
  EXPECT_EQ(duration_text(250us), "250 us");
  EXPECT_EQ(duration_text(100ms), "100 ms");
  EXPECT_EQ(duration_text(5s), "5 s");
  EXPECT_EQ(duration_text(1500ms), "1.5 s");
  EXPECT_EQ(duration_text(2min), "2 min");
  EXPECT_EQ(duration_text(125s), "2 min 5 s");
  EXPECT_EQ(duration_text(90min), "1 h 30 min");
  EXPECT_EQ(rate_text(812.4), "812");
  EXPECT_EQ(rate_text(3'456'000), "3.46 M");
}

}  // namespace
}  // namespace weir
