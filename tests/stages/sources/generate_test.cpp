#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/planned_reader.hpp"
#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::PlannedReader;

std::vector<std::string> generate(const std::string& options) {
  const PlannedReader reader(describe_generate(), options);
  EXPECT_EQ(reader.problems(), "");
  testing::CollectingEmitter out;
  reader.read(out);
  return lines_of(out.batches());
}

TEST(Generate, CountsRowsFromOne) {
  EXPECT_THAT(generate("rows: 3"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(generate("rows: 0"), ElementsAre());
  EXPECT_EQ(generate("rows: 70000").back(), "70000");
}

TEST(Generate, ComputesColumnsThatSeeEarlierOnes) {
  EXPECT_THAT(generate("rows: 2\nset: {id: row * 10, name: \"'n' || id\"}"),
              ElementsAre("10, n10", "20, n20"));
}

TEST(Generate, GivesTheSameForTheSameSeedAndOtherwiseForAnother) {
  const std::string set = "rows: 100\nset: {a: random, b: random2}\n";
  EXPECT_EQ(generate(set), generate(set + "seed: 0"));
  EXPECT_NE(generate(set), generate(set + "seed: 1"));
}

TEST(Generate, SpreadsRandomNumbersEvenlyAndIndependently) {
  constexpr double kRows = 20'000;
  const PlannedReader reader(describe_generate(), "rows: 20000\nset: {a: random, b: random2, c: random3}");
  testing::CollectingEmitter out;
  reader.read(out);
  double sum = 0;
  double products = 0;
  for (const Batch& batch : out.batches()) {
    const RecordBatch& records = as_records(batch);
    for (std::size_t row = 0; row < records.rows(); ++row) {
      const double a = records.column(0).values<double>()[row];
      const double b = records.column(1).values<double>()[row];
      ASSERT_TRUE(a >= 0 && a < 1);
      sum += a + records.column(2).values<double>()[row];
      products += (a - 0.5) * (b - 0.5);
    }
  }
  EXPECT_NEAR(sum / kRows, 1.0, 0.01);
  EXPECT_NEAR(products / kRows, 0.0, 0.003);
}

TEST(Generate, RefusesRowsThatCannotBeComputed) {
  const PlannedReader reader(describe_generate(), "rows: 3\nset: {x: 6 // (row - 2)}");
  testing::CollectingEmitter out;
  reader.read(out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("-6", "6"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_THAT(out.rejections[0].record->describe(out.rejections[0].row), HasSubstr("\"row\": 2"));
}

TEST(Generate, GoesOnFromAPosition) {
  const PlannedReader reader(describe_generate(), "rows: 70000");
  const auto failed = reader.make();
  const auto first = failed->next();
  const auto again = reader.make();
  again->seek(failed->position());
  EXPECT_EQ(again->next()->payload->describe(0), "rows 65537 to 70000");
  EXPECT_FALSE(again->next());
  for (const char* position : {"", "x", "70001", "1 "})
    EXPECT_THROW(again->seek(position), UsageError) << position;
}

TEST(Generate, SaysWhatIsWrongWithAConfig) {
  EXPECT_THAT(PlannedReader(describe_generate(), "rows: 3\nset: {x: rowe}").problems(),
              HasSubstr("did you mean `row`?"));
  EXPECT_THAT(PlannedReader(describe_generate(), "rows: 99999999999999999").problems(),
              HasSubstr("more rows than"));
}

}  // namespace
}  // namespace weir
