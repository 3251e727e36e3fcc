#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/plain_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "tests/stages/formats/naive_csv.hpp"

namespace weir::csv {
namespace {

TEST(CsvCutter, EndsAtTheLastWholeRecord) {
  EXPECT_EQ(end_of_last_record("", {}), 0u);
  EXPECT_EQ(end_of_last_record("a,b", {}), 0u);
  EXPECT_EQ(end_of_last_record("a,b\nc,d\ne", {}), 8u);
  EXPECT_EQ(end_of_last_record("a,b\n\"c\nd", {}), 4u);
  EXPECT_EQ(end_of_last_record("a,b\n\"c\nd\"\n", {}), 10u);
  EXPECT_EQ(end_of_last_record("a\"\nb\n", {}), 5u) << "a quote inside a field opens nothing";
}

TEST(CsvCutter, FindsTheFirstRecord) {
  EXPECT_EQ(end_of_first_record("\"a\nb\",c\r\nd\n", {}), 9u);
  EXPECT_EQ(end_of_first_record("\"a\nb", {}), std::string_view::npos);
  EXPECT_EQ(end_of_first_record("", {}), std::string_view::npos);
}

TEST(CsvCutter, CountsNewlinesOfTextsOfAnyLength) {
  std::string text;
  for (std::size_t length = 0; length < 20'000; length = length * 2 + 1) {
    text.resize(length);
    for (std::size_t i = 0; i < length; ++i)
      text[i] = i % 3 == 0 ? '\n' : 'a';
    EXPECT_EQ(count_newlines(text), (length + 2) / 3);
  }
  EXPECT_EQ(count_newlines(std::string(100'000, '\n')), 100'000u) << "more than a byte can count";
}

TEST(CsvCutter, KnowsTheByteOrderMark) {
  EXPECT_EQ(byte_order_mark_length("\xEF\xBB\xBF"
                                   "a,b"),
            3u);
  EXPECT_EQ(byte_order_mark_length("a,b"), 0u);
}

RC_GTEST_PROP(CsvCutterProperty, CutsAnyTextWhereANaiveReaderEndsItsRecords, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{6, 'a'}, {3, ','}, {4, '"'}, {2, '\n'}, {1, '\r'}}));
  std::size_t first = std::string::npos;
  std::size_t last = 0;
  for (const testing::NaiveRecord& record : testing::NaiveReader(text, ',', '"').read()) {
    if (record.open_quote || text[record.end - 1] != '\n') continue;
    first = std::min(first, record.end);
    last = record.end;
  }
  RC_ASSERT(end_of_last_record(text, {}) == last);
  RC_ASSERT(end_of_first_record(text, {}) == first);
  RC_ASSERT(count_newlines(text) == static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
}

}  // namespace
}  // namespace weir::csv
