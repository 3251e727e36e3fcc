#include "stages/formats/csv_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "stages/formats/text_block.hpp"
#include "stages/records/value_text.hpp"

namespace weir::csv {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<TextBlock> block_of(std::string_view text) {
  auto block = std::make_shared<TextBlock>(text.size());
  std::memcpy(block->data(), text.data(), text.size());
  block->set_size(text.size());
  return block;
}

// Decodes text of one column; keeps everything that the column needs.
struct Decoded {
  Decoded(std::string_view text, Type type, Encoding encoding = Encoding::values, const Dialect& dialect = {})
      : Decoded(block_of(text), type, encoding, dialect) {}
  Decoded(const std::shared_ptr<TextBlock>& block, Type type, Encoding encoding, const Dialect& dialect) {
    RowIndex rows(dialect, 1);
    rows.scan(block->text(), 0, 1000);
    column = decode_column({block->text(), block, rows, dialect}, 0, type, encoding, misfits);
  }

  // Values as text, NULL as "NULL", misfits as "!" and their text.
  std::vector<std::string> shown() const {
    std::vector<std::string> values;
    for (std::size_t row = 0; row < column->size(); ++row) {
      values.emplace_back();
      append_value(values.back(), *column, row);
      if (!column->is_valid(row)) values.back() = "NULL";
    }
    for (const Misfit& misfit : misfits)
      values[misfit.row] = (misfit.is_utf8 ? "!" : "!utf8 ") + misfit.text;
    return values;
  }

  ColumnPtr column;
  std::vector<Misfit> misfits;
};

TEST(CsvDecoder, ReadsIntegersOfAnyLength) {
  EXPECT_THAT(
      Decoded("0\n7\n-7\n12345678\n-12345678\n123456789\n9223372036854775807\n-9223372036854775808\n007\n",
              Type::int64)
          .shown(),
      ElementsAre("0", "7", "-7", "12345678", "-12345678", "123456789", "9223372036854775807",
                  "-9223372036854775808", "7"));
}

TEST(CsvDecoder, RefusesWhatIsNoInteger) {
  EXPECT_THAT(
      Decoded("1\nabc\n1.0\n-\n9223372036854775808\n 1\n1 \n\"\"\n\"12\"\n\n1-2\n", Type::int64).shown(),
      ElementsAre("1", "!abc", "!1.0", "!-", "!9223372036854775808", "! 1", "!1 ", "!", "12", "NULL",
                  "!1-2"));
}

TEST(CsvDecoder, ReadsDatesAndNothingElseForThem) {
  EXPECT_THAT(Decoded("2024-02-29\n\n2023-02-29\n2024-02-29 10:00\n", Type::date).shown(),
              ElementsAre("2024-02-29", "NULL", "!2023-02-29", "!2024-02-29 10:00"));
}

TEST(CsvDecoder, ReadsDoublesBooleansAndTimestamps) {
  EXPECT_THAT(Decoded("1.5\n-2\n1e3\n\nx\n", Type::float64).shown(),
              ElementsAre("1.5", "-2", "1000", "NULL", "!x"));
  EXPECT_THAT(Decoded("true\nfalse\n\n1\n", Type::boolean).shown(),
              ElementsAre("true", "false", "NULL", "!1"));
  EXPECT_THAT(Decoded("2001-01-01 00:01:00\n2001-01-01T00:01:00.5Z\n\n1/2/2001\n", Type::timestamp).shown(),
              ElementsAre("2001-01-01 00:01:00", "2001-01-01 00:01:00.500000", "NULL", "!1/2/2001"));
}

TEST(CsvDecoder, UnescapesIntoCopies) {
  EXPECT_THAT(Decoded("\"a \"\"quoted\"\" word in a long text\"\n\"plain, but quoted\"\nshort\n\"\"\n\n",
                      Type::string)
                  .shown(),
              ElementsAre("a \"quoted\" word in a long text", "plain, but quoted", "short", "", "NULL"));
}

TEST(CsvDecoder, KeepsTheTextOfLongStringsAlive) {
  auto block = block_of("a string that is longer than a slot\n");
  const std::weak_ptr<TextBlock> watched = block;
  const Decoded decoded(block, Type::string, Encoding::values, {});
  block.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(decoded.column->text(0), "a string that is longer than a slot");
}

TEST(CsvDecoder, LetsTheTextOfShortStringsGo) {
  auto block = block_of("short\n");
  const std::weak_ptr<TextBlock> watched = block;
  const Decoded decoded(block, Type::string, Encoding::values, {});
  block.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(CsvDecoder, CopiesBytesWhateverTheTypeWhereOnlyTextIsNeeded) {
  const Decoded decoded("1.10\nabc\n\n\"1,5\"\n\xFF\n", Type::float64, Encoding::text);
  EXPECT_THAT(decoded.shown(), ElementsAre("1.10", "abc", "NULL", "1,5", "\xFF"));
  EXPECT_EQ(decoded.column->encoding(), Encoding::text);
  EXPECT_EQ(decoded.column->type(), Type::float64);
}

TEST(CsvDecoder, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(Decoded("é\n\xE9t\xE9\n\"\xE9 \"\"\"\nabc\n", Type::string).shown(),
              ElementsAre("é", "!utf8 \xE9t\xE9", "!utf8 \xE9 \"", "abc"));
  EXPECT_THAT(Decoded("\xE9\n1\n", Type::int64).shown(), ElementsAre("!utf8 \xE9", "1"));
}

TEST(CsvDecoder, TakesATextForNullThatLooksLikeANumber) {
  const Dialect dialect{',', '"', "-999"};
  EXPECT_THAT(Decoded("1\n-999\n\n", Type::int64, Encoding::values, dialect).shown(),
              ElementsAre("1", "NULL", "NULL"));
  EXPECT_THAT(Decoded("a\n-999\n\"-999\"\n", Type::string, Encoding::values, dialect).shown(),
              ElementsAre("a", "NULL", "-999"));
}

// Numbers of all lengths rather than mostly small ones.
rc::Gen<std::int64_t> integer_of_any_length() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0, 64)),
      [](const auto& drawn) { return static_cast<std::int64_t>(drawn.first >> drawn.second); });
}

RC_GTEST_PROP(CsvDecoderProperty, ReadsBackEveryInteger, ()) {
  const auto values = *rc::gen::container<std::vector<std::int64_t>>(integer_of_any_length());
  std::string text;
  for (const std::int64_t value : values)
    text += std::to_string(value) + "\n";
  const Decoded decoded(text, Type::int64);
  RC_ASSERT(decoded.misfits.empty());
  RC_ASSERT(decoded.column->size() == values.size());
  for (std::size_t row = 0; row < values.size(); ++row)
    RC_ASSERT(decoded.column->values<std::int64_t>()[row] == values[row]);
}

RC_GTEST_PROP(CsvDecoderProperty, ReadsBackEveryDouble, ()) {
  const auto values = *rc::gen::container<std::vector<double>>(rc::gen::oneOf(
      rc::gen::map(integer_of_any_length(),
                   [](std::int64_t value) { return static_cast<double>(value) / 100; }),
      rc::gen::map(rc::gen::inRange(-99'999, 99'999), [](int value) { return value / 1000.0; })));
  std::string text;
  for (const double value : values) {
    append_double(text, value);
    text += "\n";
  }
  const Decoded decoded(text, Type::float64);
  RC_ASSERT(decoded.misfits.empty());
  for (std::size_t row = 0; row < values.size(); ++row)
    RC_ASSERT(decoded.column->values<double>()[row] == values[row]);
}

}  // namespace
}  // namespace weir::csv
