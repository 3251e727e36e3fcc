#include "weir/record_batch.hpp"

#include <gtest/gtest.h>

#include "stages/records/json_text.hpp"

namespace weir {
namespace {

ColumnPtr int64_column(const std::vector<std::int64_t>& values) {
  ColumnBuilder builder(Type::int64, values.size());
  std::copy(values.begin(), values.end(), builder.values<std::int64_t>());
  return std::move(builder).finish();
}

RowSet row_list(std::vector<std::uint32_t> rows) {
  return RowSet::list(std::make_shared<const std::vector<std::uint32_t>>(std::move(rows)));
}

std::vector<std::size_t> rows_of(const RowSet& set) {
  std::vector<std::size_t> rows;
  set.for_each([&](std::size_t row) { rows.push_back(row); });
  return rows;
}

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

TEST(RowSet, SlicesRangesAndLists) {
  EXPECT_EQ(rows_of(RowSet::range(3, 5).slice(1, 2)), (std::vector<std::size_t>{4, 5}));
  EXPECT_EQ(rows_of(row_list({1, 4, 6, 9}).slice(1, 2).slice(1, 1)), (std::vector<std::size_t>{6}));
  EXPECT_EQ(row_list({1, 4, 6, 9}).slice(2, 2)[1], 9u);
}

TEST(Schema, FindsANameAsWrittenOrTheOnlyOneThatDiffersInCase) {
  const Schema schema({{"Delay", Type::int64}, {"origin", Type::string}, {"ORIGIN", Type::string}});
  EXPECT_EQ(schema.find("delay"), 0u);
  EXPECT_EQ(schema.find("ORIGIN"), 2u);
  EXPECT_EQ(schema.find("Origin"), std::nullopt);
  EXPECT_EQ(schema.find("dela"), std::nullopt);
}

TEST(Column, KeepsCopiedStringsOfAnyLength) {
  constexpr std::size_t kRows = 3000;
  ColumnBuilder builder(Type::string, kRows);
  for (std::size_t row = 0; row < kRows; ++row)
    builder.set_copy(row, std::string(row, static_cast<char>('a' + row % 26)));
  const ColumnPtr column = std::move(builder).finish();
  for (std::size_t row = 0; row < kRows; ++row)
    ASSERT_EQ(column->text(row), std::string(row, static_cast<char>('a' + row % 26)));
}

TEST(Column, KnowsItsNulls) {
  ColumnBuilder first(Type::int64, 20);
  first.set_null(3);
  const ColumnPtr with_null = std::move(first).finish();
  ColumnBuilder second(Type::int64, 20);
  second.set_null(17);
  second.set_null_where(*with_null);
  second.truncate(18);
  const ColumnPtr column = std::move(second).finish();
  EXPECT_EQ(column->size(), 18u);
  for (std::size_t row = 0; row < 18; ++row)
    EXPECT_EQ(column->is_valid(row), row != 3 && row != 17) << row;
  EXPECT_FALSE(int64_column({1})->has_nulls());
}

TEST(RecordBatch, DescribesARecordAsJson) {
  ColumnBuilder times(Type::timestamp, 2);
  times.values<std::int64_t>()[1] = 1'500'000;
  ColumnBuilder days(Type::date, 2);
  days.values<std::int64_t>()[1] = 19'782;
  ColumnBuilder names(Type::string, 2);
  names.set_copy(1, "say \"hi\"\n");
  ColumnBuilder shares(Type::float64, 2);
  shares.set_null(1);
  ColumnBuilder copied(Type::int64, 2, Encoding::text);
  copied.set_copy(1, "007");
  const auto schema = std::make_shared<const Schema>(Schema({{"id", Type::int64},
                                                             {"at", Type::timestamp},
                                                             {"on", Type::date},
                                                             {"name", Type::string},
                                                             {"share", Type::float64},
                                                             {"unread", Type::string},
                                                             {"copied", Type::int64}}));
  const RecordBatch batch(
      schema,
      {int64_column({1, 2}), std::move(times).finish(), std::move(days).finish(), std::move(names).finish(),
       std::move(shares).finish(), nullptr, std::move(copied).finish()},
      row_list({1}));
  EXPECT_EQ(
      batch.describe(0),
      R"({"id": 2, "at": "1970-01-01 00:00:01.500000", "on": "2024-02-29", "name": "say \"hi\"\n", "share": null, "copied": 7})");
}

TEST(RecordBatch, SlicesAndClonesWithoutCopyingColumns) {
  const auto schema = std::make_shared<const Schema>(Schema({{"id", Type::int64}}));
  auto origins = std::make_shared<const OriginFinder>([](std::size_t row) {
    return Origin{nullptr, 0, row + 1};
  });
  const RecordBatch batch(schema, {int64_column({5, 6, 7, 8})}, row_list({0, 2, 3}), origins);
  const Batch part = batch.slice(1, 2);
  EXPECT_EQ(part->rows(), 2u);
  EXPECT_EQ(part->origin_of(0).line, 3u);
  EXPECT_EQ(&as_records(part).column(0), &batch.column(0));
  EXPECT_EQ(batch.clone()->describe(2), R"({"id": 8})");
}

TEST(RecordBatch, MayHaveNoColumnsAtAll) {
  const RecordBatch batch(std::make_shared<const Schema>(), {}, RowSet::range(10, 5));
  EXPECT_EQ(batch.physical_rows(), 15u);
  EXPECT_EQ(batch.with_rows(RowSet::range(0, 3))->physical_rows(), 15u);
  EXPECT_EQ(batch.describe(0), "{}");
}

TEST(JsonText, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(json_string("a\\\x01\t"), R"("a\\\u0001\t")");
  EXPECT_EQ(json_string("z\xc3\xbcrich \xf0\x9f\x9b\xab"), "\"z\xc3\xbcrich \xf0\x9f\x9b\xab\"");
  for (const std::string_view broken : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    EXPECT_NE(json_string(broken).find("\xef\xbf\xbd"), std::string::npos);
}

}  // namespace
}  // namespace weir
