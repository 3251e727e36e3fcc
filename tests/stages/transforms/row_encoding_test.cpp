#include "stages/transforms/row_encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using testing::lines_of;
using testing::table;

constexpr const char* kSchema = "s: string, b: bool, n: int64, x: double, t: timestamp, d: date";

TEST(RowEncoding, GivesBackWhatItWasGiven) {
  const std::vector<std::string> lines = {
      ", true, 0, 0, 1970-01-01 00:00:00, 1970-01-01",
      "~, ~, ~, ~, ~, ~",
      "a, false, 9223372036854775807, -1.5, 2001-01-01 00:00:00, 2001-01-01",
      std::string(253, 'x') + ", true, -9223372036854775808, inf, 1969-12-31 23:59:59, 1969-12-31",
      std::string(254, 'y') + ", true, -1, nan, 2001-01-01 00:00:00, 0001-01-01",
      std::string(70'000, 'z') + ", false, 255, 1e-300, 2001-01-01 00:00:00, 294246-12-31"};
  const auto batch = table(kSchema, lines);
  const EncodedRows encoded = encode_rows(batch->columns(), batch->row_set());
  std::vector<const StringSlot*> rows;
  for (const StringSlot& slot : encoded.slots)
    rows.push_back(&slot);
  const std::vector<Type> types = {Type::string,  Type::boolean,   Type::int64,
                                   Type::float64, Type::timestamp, Type::date};
  EXPECT_EQ(lines_of(*batch->with_columns(batch->schema_ptr(), decode_rows(rows, types, nullptr))), lines);
}

TEST(RowEncoding, IsEqualForEqualRowsOnly) {
  const auto batch =
      table("a: string, b: string, x: double",
            {"a, bc, 0", "ab, c, 0", "a, bc, -0", "~, bc, 0", ", bc, 0", "a, bc, nan", "a, bc, -nan"});
  const auto slots = encode_rows(batch->columns(), batch->row_set()).slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    for (std::size_t j = 0; j < slots.size(); ++j) {
      const bool same = i == j || (i + j == 2 && i != 1) || (i + j == 11 && i > 4 && j > 4);
      EXPECT_EQ(slots[i] == slots[j], same) << i << " and " << j;
    }
  }
}

TEST(RowEncoding, FitsTwoShortCodesIntoASlot) {
  const auto batch = table("a: string, b: string, n: int64", {"SFO, LAX, 99"});
  EXPECT_TRUE(encode_rows(batch->columns(), batch->row_set()).slots[0].is_inline());
}

}  // namespace
}  // namespace weir
