#include "stages/formats/csv_scanner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "stages/formats/csv_field.hpp"
#include "tests/stages/formats/naive_csv.hpp"

namespace weir::csv {
namespace {

using Record = std::vector<std::string>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kAllRows = 100;

// A field as a test writes it: NULL is "NULL".
std::string shown(std::string_view raw, const Dialect& dialect) {
  std::string scratch;
  const FieldValue field = read_field(raw, dialect, scratch);
  return field.is_null ? "NULL" : std::string(field.text);
}

std::vector<Record> records_of(const RowIndex& rows, std::string_view text, std::size_t columns,
                               const Dialect& dialect) {
  std::vector<Record> records(rows.rows());
  for (std::size_t row = 0; row < rows.rows(); ++row)
    for (std::size_t column = 0; column < columns; ++column) {
      const ColumnFields fields = rows.column(column);
      records[row].push_back(
          shown(text.substr(fields.begin(row), fields.end(row) - fields.begin(row)), dialect));
    }
  return records;
}

std::vector<Record> scan(std::string_view text, std::size_t columns, const Dialect& dialect = {}) {
  RowIndex rows(dialect, columns);
  rows.scan(text, 0, kAllRows);
  EXPECT_EQ(rows.next(), text.size());
  return records_of(rows, text, columns, dialect);
}

struct Case {
  const char* name;
  std::string_view text;
  std::size_t columns;
  std::vector<Record> records;
};

class CsvScanner : public ::testing::TestWithParam<Case> {};

TEST_P(CsvScanner, ReadsHardCases) {
  EXPECT_EQ(scan(GetParam().text, GetParam().columns), GetParam().records);
}

INSTANTIATE_TEST_SUITE_P(
    Csv, CsvScanner,
    ::testing::Values(Case{"Nothing", "", 2, {}},
                      Case{"LineFeeds", "a,b\nc,d\n", 2, {{"a", "b"}, {"c", "d"}}},
                      Case{"CarriageReturns", "a,b\r\nc,d\r\n", 2, {{"a", "b"}, {"c", "d"}}},
                      Case{"MixedLineEnds", "a,b\r\nc,d\ne,f", 2, {{"a", "b"}, {"c", "d"}, {"e", "f"}}},
                      Case{"NoLastLineEnd", "a,b\nc,d", 2, {{"a", "b"}, {"c", "d"}}},
                      Case{"NoLastLineEndAfterQuote", "a,\"b\"", 2, {{"a", "b"}}},
                      Case{"CarriageReturnAtTheEnd", "a,b\r", 2, {{"a", "b"}}},
                      Case{"CarriageReturnInsideAField", "a\rb,c\n", 2, {{"a\rb", "c"}}},
                      Case{"CarriageReturnInsideQuotes", "a,\"b\r\"\r\n", 2, {{"a", "b\r"}}},
                      Case{"EmptyFieldsAreNull", ",\n,\n", 2, {{"NULL", "NULL"}, {"NULL", "NULL"}}},
                      Case{"EmptyQuotesAreAnEmptyString", "\"\",\n", 2, {{"", "NULL"}}},
                      Case{"QuotedDelimiter", "\"a,b\",c\n", 2, {{"a,b", "c"}}},
                      Case{"QuotedNewline", "\"a\nb\",c\nd,e\n", 2, {{"a\nb", "c"}, {"d", "e"}}},
                      Case{"QuotedCarriageReturnNewline", "\"a\r\nb\",c\r\n", 2, {{"a\r\nb", "c"}}},
                      Case{"DoubledQuotes", "\"a \"\"b\"\" c\",d\n", 2, {{"a \"b\" c", "d"}}},
                      Case{"OnlyDoubledQuotes", "\"\"\"\",\"\"\"\"\"\"\n", 2, {{"\"", "\"\""}}},
                      Case{"QuoteInsideAField", "5\" pipe,a\"b\"c\n", 2, {{"5\" pipe", "a\"b\"c"}}},
                      Case{"QuoteAtTheEndOfAField", "a\",b\"\n", 2, {{"a\"", "b\""}}},
                      Case{"BlanksBeforeAQuote", "a, \"b\"\n", 2, {{"a", " \"b\""}}},
                      Case{"BlanksAreText", " a , b \n", 2, {{" a ", " b "}}},
                      Case{"EmptyLinesAreNoRecords", "\na,b\n\n\r\nc,d\n\n", 2, {{"a", "b"}, {"c", "d"}}},
                      Case{"EmptyLinesOfOneColumnAreNull", "a\n\nb\n", 1, {{"a"}, {"NULL"}, {"b"}}},
                      Case{"OneColumnWithCarriageReturns", "\r\na\r\n", 1, {{"NULL"}, {"a"}}},
                      Case{"OneQuotedEmptyColumn", "\"\"\n", 1, {{""}}},
                      Case{"MultiByteText", "é,日本\n", 2, {{"é", "日本"}}},
                      Case{"NulBytes", std::string_view("a\0b,c\n", 6), 2, {{std::string("a\0b", 3), "c"}}}),
    [](const auto& test) { return test.param.name; });

TEST(CsvScanner, TakesOtherDelimitersAndQuotes) {
  const Dialect dialect{';', '\'', ""};
  EXPECT_THAT(scan("a,b;'c;''d'\n", 2, dialect), ElementsAre(Record{"a,b", "c;'d"}));
}

TEST(CsvScanner, TakesAnUnquotedTextForNull) {
  const Dialect dialect{',', '"', "NA"};
  EXPECT_THAT(scan("NA,\"NA\"\n,NAN\n", 2, dialect),
              ElementsAre(Record{"NULL", "NA"}, Record{"NULL", "NAN"}));
}

TEST(CsvScanner, FindsWhatQuotesHideAcrossWordsOfText) {
  // The quoted field begins and ends at every place of a 64-byte word, and doubled quotes lie across its
  // border.
  for (std::size_t before = 0; before < 130; ++before) {
    for (std::size_t inside = 0; inside < 70; ++inside) {
      const std::string first(before, 'x');
      const std::string second = std::string(inside, 'y') + "\"\"\n,";
      const std::string text = first + ",\"" + second + "\"\nz,z\n";
      const std::string unescaped = std::string(inside, 'y') + "\"\n,";
      ASSERT_THAT(scan(text, 2),
                  ElementsAre(Record{before == 0 ? "NULL" : first, unescaped}, Record{"z", "z"}))
          << before << " bytes before, " << inside << " inside";
    }
  }
}

TEST(CsvScanner, LeavesOutMisshapenRecordsAndSaysWhereTheyLie) {
  const std::string_view text = "a,b\nc\nd,e,f\r\ng,h\n\"i\"j,k\nl,m\nn,\"o\n";
  RowIndex rows({}, 2);
  rows.scan(text, 0, kAllRows);
  EXPECT_THAT(records_of(rows, text, 2, {}),
              ElementsAre(Record{"a", "b"}, Record{"g", "h"}, Record{"l", "m"}));

  std::vector<std::string> misshapen;
  for (const MisshapenRow& row : rows.misshapen())
    misshapen.push_back(std::string(text.substr(row.begin, row.end - row.begin)) + " " +
                        std::to_string(row.fields) + " " + std::to_string(static_cast<int>(row.misshape)));
  EXPECT_THAT(misshapen, ElementsAre("c 1 0", "d,e,f 3 0", "\"i\"j,k 2 1", "n,\"o\n 2 2"));
}

TEST(CsvScanner, KnowsARecordOfManyMoreFieldsThanColumns) {
  const std::string text = "a,b\n" + std::string(10'000, ',') + "\nc,d\n";
  EXPECT_THAT(scan(text, 2), ElementsAre(Record{"a", "b"}, Record{"c", "d"}));
}

TEST(CsvScanner, GoesOnWhereItStopped) {
  const std::string_view text = "a,b\n\"c\nc\",d\ne,f\n\ng,h";
  RowIndex rows({}, 2);
  std::vector<Record> all;
  for (std::size_t at = 0; at < text.size(); at = rows.next()) {
    rows.scan(text, at, 2);
    for (const Record& record : records_of(rows, text, 2, {}))
      all.push_back(record);
  }
  EXPECT_THAT(all, ElementsAre(Record{"a", "b"}, Record{"c\nc", "d"}, Record{"e", "f"}, Record{"g", "h"}));
}

TEST(CsvScanner, IsNotMisledByAnEarlierLongerText) {
  RowIndex rows({}, 3);
  rows.scan("a,b,c\nd,e,f\n", 0, kAllRows);
  rows.scan("a,b,c\nd,eeff\n", 0, kAllRows);
  EXPECT_EQ(rows.rows(), 1u);
  EXPECT_EQ(rows.misshapen().size(), 1u);
}

TEST(CsvScanner, SeesTextThatIsNotAscii) {
  RowIndex rows({}, 1);
  rows.scan(std::string(100, 'a'), 0, kAllRows);
  EXPECT_FALSE(rows.has_non_ascii());
  rows.scan(std::string(100, 'a') + "\xFF", 0, kAllRows);
  EXPECT_TRUE(rows.has_non_ascii());
}

TEST(CsvField, SplitsAHeader) {
  EXPECT_THAT(split_record("a,\"b,\"\"c\",,d", {}), ElementsAre("a", "b,\"c", "", "d"));
  EXPECT_THAT(split_record("", {}), ElementsAre(""));
  EXPECT_THAT(split_record("\"a", {}), ElementsAre(::testing::_));
}

// Text of the bytes that mean something, and few others: most of it is no CSV that anybody would write.
rc::Gen<std::string> csv_text() {
  return rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{4, 'a'}, {1, 'b'}, {4, ','}, {4, '"'}, {3, '\n'}, {1, '\r'}}));
}

bool is_well_shaped(const testing::NaiveRecord& record, std::size_t columns) {
  bool well_shaped = record.fields.size() == columns && !record.open_quote;
  for (const testing::NaiveField& field : record.fields)
    well_shaped &= !field.text_after_quote;
  return well_shaped;
}

RC_GTEST_PROP(CsvScannerProperty, ReadsAnyTextAsANaiveReaderDoes, ()) {
  const std::string text = *csv_text();
  const auto columns = *rc::gen::inRange<std::size_t>(1, 4);
  const auto rows_max = *rc::gen::inRange<std::size_t>(1, 6);

  std::vector<Record> expected;
  for (const testing::NaiveRecord& record : testing::NaiveReader(text, ',', '"').read()) {
    if (!is_well_shaped(record, columns)) continue;
    Record fields;
    for (const testing::NaiveField& field : record.fields)
      fields.push_back(field.text.empty() && !field.quoted ? "NULL" : field.text);
    expected.push_back(fields);
  }

  std::vector<Record> scanned;
  RowIndex rows({}, columns);
  for (std::size_t at = 0; at < text.size(); at = rows.next()) {
    rows.scan(text, at, rows_max);
    RC_ASSERT(rows.next() > at);
    for (const Record& record : records_of(rows, text, columns, {}))
      scanned.push_back(record);
  }
  RC_ASSERT(scanned == expected);
}

}  // namespace
}  // namespace weir::csv
