#include "stages/records/row_gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::lines_of;
using testing::make_schema;
using testing::table;

constexpr const char* kSchema = "s: string, b: bool, n: int64, x: double, t: timestamp";

RowGatherer gatherer(RowGatherer::Batches batches) {
  auto schema = batches.front()->schema_ptr();
  return RowGatherer(std::move(schema), std::move(batches));
}

RowGatherer::Batches two_batches() {
  return {table(kSchema, {"short, true, 1, 0.5, 2001-01-01", "~, ~, ~, ~, ~"}),
          table(kSchema, {"longer than its slot, false, -3, nan, 2002-02-02 12:00:00"})};
}

// A column whose values are kept as the text that was read.
std::shared_ptr<const RecordBatch> with_text(const std::shared_ptr<const RecordBatch>& batch,
                                             std::size_t column, const std::vector<std::string>& texts) {
  ColumnBuilder builder(batch->schema()[column].type, texts.size(), Encoding::text);
  for (std::size_t row = 0; row < texts.size(); ++row)
    builder.set_copy(row, texts[row]);
  std::vector<ColumnPtr> columns = batch->columns();
  columns[column] = std::move(builder).finish();
  return batch->with_columns(batch->schema_ptr(), std::move(columns));
}

TEST(RowGatherer, TakesRowsFromAnyBatchInAnyOrder) {
  const std::vector<RowRef> rows = {{1, 0}, {0, 1}, {0, 0}, {1, 0}};
  for (const auto strings : {GatheredStrings::shared, GatheredStrings::copied}) {
    EXPECT_THAT(lines_of(*gatherer(two_batches()).gather(rows, strings)),
                ElementsAre("longer than its slot, false, -3, nan, 2002-02-02 12:00:00", "~, ~, ~, ~, ~",
                            "short, true, 1, 0.5, 2001-01-01 00:00:00",
                            "longer than its slot, false, -3, nan, 2002-02-02 12:00:00"));
  }
}

TEST(RowGatherer, GivesNullForARecordThatDoesNotExist) {
  const std::vector<RowRef> rows = {kNoRow, {0, 0}};
  EXPECT_THAT(lines_of(*gatherer(two_batches()).gather(rows, GatheredStrings::shared)),
              ElementsAre("~, ~, ~, ~, ~", "short, true, 1, 0.5, 2001-01-01 00:00:00"));
}

TEST(RowGatherer, KeepsAliveTheStringsThatItShares) {
  RowGatherer::Batches batches = two_batches();
  const std::weak_ptr<const RecordBatch> original = batches[1];
  const std::vector<RowRef> rows = {{1, 0}};
  ColumnPtr shared = gatherer(batches).gather(0, rows, GatheredStrings::shared);
  const ColumnPtr copied = gatherer(std::move(batches)).gather(0, rows, GatheredStrings::copied);
  EXPECT_FALSE(original.expired());
  EXPECT_EQ(shared->text(0), "longer than its slot");
  shared = nullptr;
  EXPECT_TRUE(original.expired()) << "a copy needs no batch";
  EXPECT_EQ(copied->text(0), "longer than its slot");
}

TEST(RowGatherer, AccountsForTheStringsThatItCopies) {
  const std::vector<RowRef> rows = {{1, 0}, {0, 0}};
  EXPECT_EQ(gatherer(two_batches()).gather(rows, GatheredStrings::copied)->held_bytes(),
            std::string_view("longer than its slot").size());
}

TEST(RowGatherer, LeavesOutAColumnThatNobodyNeeds) {
  const auto batch = two_batches()[0];
  std::vector<ColumnPtr> columns = batch->columns();
  columns[2] = nullptr;
  const std::vector<RowRef> rows = {{0, 0}};
  EXPECT_EQ(
      gatherer({batch->with_columns(batch->schema_ptr(), columns)}).gather(2, rows, GatheredStrings::shared),
      nullptr);
}

TEST(RowGatherer, LeavesTextAsItWasRead) {
  const auto batch = with_text(table("n: double", {"1.1", "2"}), 0, {"1.10", "2.0"});
  const std::vector<RowRef> rows = {{0, 1}, {0, 0}};
  const auto gathered = gatherer({batch}).gather(rows, GatheredStrings::shared);
  EXPECT_EQ(gathered->column(0).encoding(), Encoding::text);
  EXPECT_THAT(lines_of(*gathered), ElementsAre("2.0", "1.10"));
}

TEST(RowGatherer, WritesValuesAsTextBesideTextOfOtherBatches) {
  const auto read = with_text(table("n: double", {"1.1"}), 0, {"1.10"});
  const auto computed = table("n: double", {"2.5", "~"});
  const std::vector<RowRef> rows = {{0, 0}, {1, 0}, {1, 1}};
  const auto gathered = gatherer({read, computed}).gather(rows, GatheredStrings::shared);
  EXPECT_EQ(gathered->column(0).encoding(), Encoding::text);
  EXPECT_THAT(lines_of(*gathered), ElementsAre("1.10", "2.5", "~"));
}

}  // namespace
}  // namespace weir
