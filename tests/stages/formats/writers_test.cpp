#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stages/formats/csv_field.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/formats/csv_writer.hpp"
#include "stages/formats/ndjson_writer.hpp"
#include "stages/formats/table_writer.hpp"
#include "tests/stages/testing/batches.hpp"

namespace weir {
namespace {

using testing::batch_of;
using testing::doubles;
using testing::integers;
using testing::strings;
using testing::text_column;

std::string as_csv(const RecordBatch& batch, const csv::Dialect& dialect = {}) {
  std::string text;
  csv::append_header(text, batch.schema(), dialect);
  csv::append_records(text, batch, dialect);
  return text;
}

TEST(CsvWriter, QuotesOnlyWhereAReaderNeedsIt) {
  const auto batch = batch_of({{"name", strings({"plain", "a,b", "say \"hi\"", "two\nlines", "cr\r", "",
                                                 std::nullopt, " blanks "})}});
  EXPECT_EQ(as_csv(*batch),
            "name\nplain\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\"cr\r\"\n\"\"\n\n blanks \n");
}

TEST(CsvWriter, WritesValuesByTheirTypeAndNullAsNothing) {
  const auto batch =
      batch_of({{"i", integers({1, std::nullopt, -3})}, {"d", doubles({0.1, 2.0, std::nullopt})}});
  EXPECT_EQ(as_csv(*batch), "i,d\n1,0.1\n,2\n-3,\n");
}

TEST(CsvWriter, KeepsTheBytesOfColumnsThatAreMerelyCopied) {
  const auto batch = batch_of({{"price", text_column(Type::float64, {"1.10", "1,5", std::nullopt})}});
  EXPECT_EQ(as_csv(*batch), "price\n1.10\n\"1,5\"\n\n");
}

TEST(CsvWriter, WritesTheChosenNullAndQuotesTextThatLooksLikeIt) {
  const csv::Dialect dialect{';', '"', "NA"};
  const auto batch =
      batch_of({{"a", strings({"NA", std::nullopt, ""})}, {"b;", integers({std::nullopt, 1, 2})}});
  EXPECT_EQ(as_csv(*batch, dialect), "a;\"b;\"\n\"NA\";NA\nNA;1\n\"\";2\n");
}

TEST(CsvWriter, WritesTheRowsThatCountOnly) {
  const auto batch = batch_of({{"a", integers({1, 2, 3, 4})}});
  const auto rows = std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{1, 3});
  EXPECT_EQ(as_csv(*batch->with_rows(RowSet::list(rows))), "a\n2\n4\n");
}

using OptionalText = std::optional<std::string>;

rc::Gen<OptionalText> awkward_text() {
  const auto text =
      rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' ', 'N', 'A'));
  return rc::gen::oneOf(rc::gen::map(text, [](const std::string& it) { return OptionalText(it); }),
                        rc::gen::just(OptionalText()));
}

RC_GTEST_PROP(CsvWriterProperty, IsReadBackAsItWas, ()) {
  const auto rows = *rc::gen::inRange<std::size_t>(0, 8);
  const auto first = *rc::gen::container<std::vector<OptionalText>>(rows, awkward_text());
  const auto second = *rc::gen::container<std::vector<OptionalText>>(rows, awkward_text());
  const csv::Dialect dialect{',', '"', *rc::gen::element<std::string>("", "NA")};
  std::string text;
  csv::append_records(text, *batch_of({{"a", strings(first)}, {"b", strings(second)}}), dialect);

  csv::RowIndex index(dialect, 2);
  index.scan(text, 0, 1000);
  RC_ASSERT(index.rows() == rows);
  RC_ASSERT(index.misshapen().empty());
  std::string scratch;
  for (std::size_t column = 0; column < 2; ++column) {
    const csv::ColumnFields fields = index.column(column);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto raw = std::string_view(text).substr(fields.begin(row), fields.end(row) - fields.begin(row));
      const csv::FieldValue field = csv::read_field(raw, dialect, scratch);
      const OptionalText read = field.is_null ? OptionalText() : OptionalText(std::string(field.text));
      RC_ASSERT(read == (column == 0 ? first : second)[row]);
    }
  }
}

TEST(NdjsonWriter, WritesOneObjectALine) {
  const auto batch = batch_of({{"a \"b\"", integers({1, std::nullopt})}, {"s", strings({"x\n\"é\"", ""})}});
  std::string text;
  append_ndjson(text, *batch);
  EXPECT_EQ(text, "{\"a \\\"b\\\"\":1,\"s\":\"x\\n\\\"é\\\"\"}\n{\"a \\\"b\\\"\":null,\"s\":\"\"}\n");
}

TEST(NdjsonWriter, WritesNullForDoublesThatJsonCannotSay) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::string text;
  append_ndjson(text, *batch_of({{"d", doubles({0.5, infinity, std::nan(""), std::nullopt})}}));
  EXPECT_EQ(text, "{\"d\":0.5}\n{\"d\":null}\n{\"d\":null}\n{\"d\":null}\n");
}

TEST(TableWriter, AlignsNumbersToTheRightAndTextToTheLeft) {
  const auto batch = batch_of(
      {{"city", strings({"Zürich", "Oslo", std::nullopt})}, {"flights", integers({7, 1234, std::nullopt})}});
  TableWriter table(batch->schema(), 10);
  table.add(*batch);
  EXPECT_EQ(table.layout(),
            "city    flights\n"
            "------  -------\n"
            "Zürich        7\n"
            "Oslo       1234\n"
            "NULL       NULL\n");
}

TEST(TableWriter, CountsTheRowsPastItsLimit) {
  const auto batch = batch_of({{"n", integers({1, 2, 3})}});
  TableWriter table(batch->schema(), 4);
  table.add(*batch);
  table.add(*batch);
  table.add(*batch);
  EXPECT_EQ(table.layout(), "n\n-\n1\n2\n3\n1\n… 5 more rows\n");
}

TEST(TableWriter, ShowsItsHeaderWithoutAnyRows) {
  EXPECT_EQ(TableWriter(Schema({{"a", Type::string}, {"b", Type::int64}}), 4).layout(), "a  b\n-  -\n");
}

TEST(TableWriter, KeepsEachRecordOnOneLineAndCutsLongText) {
  const auto batch = batch_of({{"s", strings({"two\nlines", std::string(100, 'x')})}});
  TableWriter table(batch->schema(), 4);
  table.add(*batch);
  EXPECT_EQ(table.layout(), "s\n" + std::string(60, '-') + "\ntwo\\nlines\n" + std::string(59, 'x') + "…\n");
}

}  // namespace
}  // namespace weir
