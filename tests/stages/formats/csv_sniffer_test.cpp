#include "stages/formats/csv_sniffer.hpp"
#include "stages/formats/plain_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace weir::csv {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ValueCase {
  std::string_view text;
  Type type;
};

TEST(CsvSniffer, SeesTheTypeOfAValue) {
  const std::vector<ValueCase> cases = {
      {"0", Type::int64},
      {"-12", Type::int64},
      {"9223372036854775807", Type::int64},
      {"9223372036854775808", Type::string},
      {"00123", Type::string},
      {"-01", Type::string},
      {"+1", Type::string},
      {"1 ", Type::string},
      {"1,000", Type::string},
      {"-", Type::string},
      {"0.5", Type::float64},
      {"-1.50", Type::float64},
      {"1e3", Type::float64},
      {"1.5E-3", Type::float64},
      {"00.5", Type::string},
      {"1.", Type::string},
      {".5", Type::string},
      {"1e", Type::string},
      {"1e999", Type::string},
      {"1.2.3", Type::string},
      {"nan", Type::string},
      {"inf", Type::string},
      {"NA", Type::string},
      {"true", Type::boolean},
      {"false", Type::boolean},
      {"yes", Type::string},
      {"True", Type::string},
      {"2001-01-31 23:59", Type::timestamp},
      {"2001-01-31T23:59:59", Type::timestamp},
      {"2001-01-31T23:59:59.25Z", Type::timestamp},
      {"2001-01-31", Type::date},
      {"2001-02-30", Type::string},
      {"2001-01-31T", Type::string},
      {"2001-1-31", Type::string},
      {"2001-02-30 00:00:00", Type::string},
      {"31/01/2001 10:00", Type::string},
      {"20010131 10:00:00", Type::string},
      {"10:00:00", Type::string},
  };
  for (const ValueCase& each : cases)
    EXPECT_EQ(to_string(sniff_type(each.text)), to_string(each.type)) << each.text;
}

struct ColumnCase {
  std::vector<std::string_view> values;
  Type type;
};

TEST(CsvSniffer, GivesAColumnTheTypeThatAllItsValuesFit) {
  const std::vector<ColumnCase> cases = {
      {{"1", "2"}, Type::int64},
      {{"1", "2.5"}, Type::float64},
      {{"2.5", "1"}, Type::float64},
      {{"1", "", "3"}, Type::int64},
      {{"1", "\"\""}, Type::string},
      {{"\"1\"", "\"2\""}, Type::int64},
      {{"1", "NA"}, Type::string},
      {{"NA", "1"}, Type::string},
      {{"1", "true"}, Type::string},
      {{"true", ""}, Type::boolean},
      {{"", ""}, Type::string},
      {{"2001-01-01 00:00", "2001-01-02 00:00"}, Type::timestamp},
      {{"2001-01-01", "2001-01-02"}, Type::date},
      {{"2001-01-01", "2001-02-30"}, Type::string},
      {{"2001-01-01", "7"}, Type::string},
      {{"2001-01-01 00:00", "2001-01-02"}, Type::timestamp},
      {{"2001-01-02", "2001-01-01 00:00"}, Type::timestamp},
      {{"1", "9223372036854775808"}, Type::string},
      {{"1.5", "007"}, Type::string},
      {{}, Type::string},
  };
  for (const ColumnCase& each : cases) {
    std::string text = "value,other\n";
    for (const std::string_view value : each.values)
      text += std::string(value) + ",x\n";
    EXPECT_EQ(to_string(sniff(text, true, {}).schema[0].type), to_string(each.type)) << text;
  }
}

std::vector<std::pair<std::string, std::string>> columns_of(const Sniffed& sniffed) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const Field& field : sniffed.schema)
    columns.emplace_back(field.name, to_string(field.type));
  return columns;
}

using Columns = std::vector<std::pair<std::string, std::string>>;

TEST(CsvSniffer, TakesNamesFromTheHeader) {
  EXPECT_EQ(columns_of(sniff("\xEF\xBB\xBF"
                             "date,\"a,b\"\r\n2001,x\r\n",
                             true, {})),
            (Columns{{"date", "int64"}, {"a,b", "string"}}));
  EXPECT_EQ(columns_of(sniff("a,b", true, {})), (Columns{{"a", "string"}, {"b", "string"}}));
}

TEST(CsvSniffer, NumbersColumnsWithoutAHeader) {
  SniffOptions options;
  options.header = false;
  EXPECT_EQ(columns_of(sniff("1,a\n2,b\n", true, options)),
            (Columns{{"column1", "int64"}, {"column2", "string"}}));
}

TEST(CsvSniffer, IsNotMisledByACutRecordOrByMisshapenOnes) {
  EXPECT_EQ(columns_of(sniff("a,b\n1,2\nx\n1,2,3\n4,xyz", false, {})),
            (Columns{{"a", "int64"}, {"b", "int64"}}));
}

TEST(CsvSniffer, LooksAtSoManyRowsOnly) {
  SniffOptions options;
  options.rows_max = 2;
  EXPECT_EQ(columns_of(sniff("a\n1\n2\nx\n", true, options)), (Columns{{"a", "int64"}}));
}

// The columns of which it knows that they have no value.
std::vector<std::string> nulls_of(const Sniffed& sniffed) {
  std::vector<std::string> names;
  for (const Field& field : sniffed.schema)
    if (field.always_null) names.push_back(field.name);
  return names;
}

TEST(CsvSniffer, KnowsColumnsWithoutValuesWhereItHasSeenTheWholeFile) {
  EXPECT_THAT(nulls_of(sniff("a,b\n", true, {})), ElementsAre("a", "b"));
  EXPECT_THAT(nulls_of(sniff("a,b", true, {})), ElementsAre("a", "b"));
  EXPECT_THAT(nulls_of(sniff("a,b,c\n,1,\n,,\n", true, {})), ElementsAre("a", "c"));
  EXPECT_THAT(nulls_of(sniff("a,b\n\"\",\n", true, {})), ElementsAre("b"));
  EXPECT_THAT(nulls_of(sniff("a,b\n,1\n", false, {})), IsEmpty());
  SniffOptions options;
  options.rows_max = 1;
  EXPECT_THAT(nulls_of(sniff("a,b\n,1\n", true, options)), ElementsAre("a"));
  EXPECT_THAT(nulls_of(sniff("a,b\n,1\n,\n", true, options)), IsEmpty());
  options.rows_max = 0;
  EXPECT_THAT(nulls_of(sniff("a,b\n,1\n", true, options)), IsEmpty());
  options.rows_max = 1000;
  options.dialect.null_text = "NA";
  EXPECT_THAT(nulls_of(sniff("a,b\nNA,\"NA\"\n", true, options)), ElementsAre("a"));
  options.schema = Schema({{"x", Type::string}, {"y", Type::float64}});
  EXPECT_THAT(nulls_of(sniff("a,b\n", true, options)), IsEmpty());
}

TEST(CsvSniffer, LeavesAGivenSchemaAsItIs) {
  SniffOptions options;
  options.schema = Schema({{"x", Type::string}, {"y", Type::float64}});
  EXPECT_EQ(columns_of(sniff("a,b\n1,2\n", true, options)), (Columns{{"x", "string"}, {"y", "double"}}));
  EXPECT_EQ(columns_of(sniff("", true, options)), (Columns{{"x", "string"}, {"y", "double"}}));
}

struct ProblemCase {
  std::string text;
  bool is_whole;
  SniffOptions options;
  std::string message;
};

TEST(CsvSniffer, SaysWhatIsWrongWithABeginning) {
  SniffOptions two_columns;
  two_columns.schema = Schema({{"x", Type::string}, {"y", Type::string}});
  const std::vector<ProblemCase> cases = {
      {"", true, {}, "the file is empty, so that its columns are not known"},
      {"\xEF\xBB\xBF", true, {}, "the file is empty, so that its columns are not known"},
      {"a,,c\n", true, {}, "the header gives column 2 no name"},
      {"a,b,a\n", true, {}, "the header has the name `a` twice"},
      {"a,\xE9\n", true, {}, "the header's name of column 2 is not UTF-8"},
      {"a,\"b\n1,2\n", false, {}, "the first record does not end within 9 bytes"},
      {"a,b,c\n", true, two_columns, "the header has 3 columns, `schema:` has 2"},
      {"y,x\n1,2\n", true, two_columns, "column 1 is `y` in the header, and `x` in `schema:`"},
      {"a,b\r1,2\r3,4\r", true, {}, "lines end in a carriage return alone"},
  };
  for (const ProblemCase& each : cases) {
    const Sniffed sniffed = sniff(each.text, each.is_whole, each.options);
    ASSERT_EQ(sniffed.problems.size(), 1u) << each.text;
    EXPECT_EQ(sniffed.problems[0].message, each.message);
    EXPECT_FALSE(sniffed.problems[0].mend.empty());
  }
}

TEST(CsvSniffer, KnowsFilesThatAreNoText) {
  EXPECT_EQ(foreign_format("\x1F\x8B\x08"), "compressed by gzip");
  EXPECT_EQ(foreign_format("\xFF\xFE"
                           "a"),
            "in UTF-16");
  EXPECT_EQ(foreign_format("a,b\n"), "");
  EXPECT_EQ(foreign_format(""), "");
}

}  // namespace
}  // namespace weir::csv
