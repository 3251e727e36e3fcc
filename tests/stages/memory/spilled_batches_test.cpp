#include "stages/memory/spilled_batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "tests/stages/testing/planned_stage.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::little_memory;
using testing::table;

constexpr const char* kSchema = "b: bool, n: int64, x: double, s: string, t: timestamp, d: date";

SpilledBatches written(const std::vector<std::shared_ptr<const RecordBatch>>& batches) {
  SpillWriter writer(std::make_shared<SpillFile>(*little_memory(1)));
  for (const auto& batch : batches)
    writer.append(batch->columns(), batch->row_set());
  return std::move(writer).finish();
}

std::vector<Batch> read(const SpilledBatches& spilled, const std::shared_ptr<const Schema>& schema) {
  std::vector<Batch> batches;
  SpillReader reader(spilled, schema);
  while (auto batch = reader.next())
    batches.push_back(std::move(batch));
  return batches;
}

TEST(SpilledBatches, KeepAllTypesAndTheirNulls) {
  const auto batch =
      table(kSchema, {"true, -1, 0.5, short, 2024-02-29T00:00:00Z, 1969-12-31", "~, ~, ~, ~, ~, ~",
                      "false, 7, -0, a string that is long, ~, 2024-01-01"});
  EXPECT_EQ(lines_of(read(written({batch}), batch->schema_ptr())), lines_of(*batch));
}

TEST(SpilledBatches, KeepTheRowsThatCountAlone) {
  const auto batch = table(kSchema, {"true, 1, 1, a, ~, ~", "true, 2, 2, b, ~, ~", "true, 3, 3, c, ~, ~"});
  const auto rows = std::make_shared<const std::vector<std::uint32_t>>(std::vector<std::uint32_t>{0, 2});
  const auto some = batch->with_rows(RowSet::list(rows));
  EXPECT_EQ(lines_of(read(written({some}), batch->schema_ptr())), lines_of(*some));
}

TEST(SpilledBatches, KeepColumnsThatNobodyNeedsAndThoseThatAreTextStill) {
  ColumnBuilder text(Type::float64, 2, Encoding::text);
  text.set_copy(0, "1.10");
  text.set_copy(1, "a hundred and a half, as they wrote it");
  const auto schema =
      std::make_shared<const Schema>(std::vector<Field>{{"unneeded", Type::int64}, {"x", Type::float64}});
  const auto batch = std::make_shared<const RecordBatch>(
      schema, std::vector<ColumnPtr>{nullptr, std::move(text).finish()}, RowSet::range(0, 2));
  EXPECT_THAT(lines_of(read(written({batch}), schema)),
              ElementsAre("(unneeded), 1.10", "(unneeded), a hundred and a half, as they wrote it"));
}

TEST(SpilledBatches, AreNoneWhereNoRecordWasWritten) {
  const auto batch = table(kSchema, {});
  const SpilledBatches none = written({batch});
  EXPECT_EQ(none.rows(), 0u);
  EXPECT_TRUE(read(none, batch->schema_ptr()).empty());
}

// Many blocks, whose strings live as long as the batches that were read from them.
RC_GTEST_PROP(SpilledBatches, ComeBackAsTheyWereWritten, ()) {
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<std::shared_ptr<const RecordBatch>> batches;
  std::vector<std::string> expected;
  for (std::size_t i = random() % 20; i > 0; --i) {
    std::vector<std::string> lines;
    for (std::size_t row = 1 + random() % 400; row > 0; --row)
      lines.push_back(random() % 9 == 0 ? "~, ~"
                                        : std::to_string(random()) + ", " + std::string(random() % 60, 'x'));
    batches.push_back(table("n: string, s: string", lines));
    expected.insert(expected.end(), lines.begin(), lines.end());
  }
  if (batches.empty()) return;
  RC_ASSERT(lines_of(read(written(batches), batches.front()->schema_ptr())) == expected);
}

TEST(SpillFile, SaysWhereItCannotBeMade) {
  try {
    const SpillFile file(MemoryBudget(1, "/no/such/folder"));
    FAIL() << "made a file in a folder that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::resource);
    EXPECT_THAT(error.what(),
                HasSubstr("`/no/such/folder`: No such file or directory; name another folder by "
                          "`runtime: {spill_folder: ...}`"));
  }
}

}  // namespace
}  // namespace weir
