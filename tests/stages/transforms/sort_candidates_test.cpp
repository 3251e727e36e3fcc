#include "stages/transforms/sort_candidates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;

// The values of a key that are not ruled out where `worst` is the last of the best so far.
std::vector<std::string> left(const std::string& type, const std::vector<std::string>& values,
                              const std::string& worst, bool descending = false) {
  const SortChunk chunk = make_chunk(testing::table("k: " + type, values), 0, 1, {});
  const SortChunk best = make_chunk(testing::table("k: " + type, {worst}), 0, 1, {});
  std::vector<std::string> kept;
  rows_not_after(chunk, chunk.batch->row_set(), best, 0, descending).for_each([&](std::size_t row) {
    kept.push_back(values[row]);
  });
  return kept;
}

TEST(SortCandidates, AreThoseBeforeTheWorstOrBesideIt) {
  EXPECT_THAT(left("int64", {"1", "2", "3", "~"}, "2"), ElementsAre("1", "2"));
  EXPECT_THAT(left("int64", {"1", "2", "3", "~"}, "2", true), ElementsAre("2", "3"));
  EXPECT_THAT(left("string", {"a", "b", "ba"}, "b"), ElementsAre("a", "b"));
  EXPECT_THAT(left("bool", {"true", "false"}, "false"), ElementsAre("false"));
  EXPECT_THAT(left("timestamp", {"2024-01-01 00:00:00", "2025-01-01 00:00:00"}, "2024-06-01 00:00:00"),
              ElementsAre("2024-01-01 00:00:00"));
}

TEST(SortCandidates, HaveOneZeroAndNanAsTheGreatest) {
  EXPECT_THAT(left("double", {"0", "-0", "1", "nan"}, "-0"), ElementsAre("0", "-0"));
  EXPECT_THAT(left("double", {"0", "-0", "nan", "-1"}, "0", true), ElementsAre("0", "-0", "nan"));
  EXPECT_THAT(left("double", {"inf", "nan"}, "nan", true), ElementsAre("nan"));
}

TEST(SortCandidates, AreAllWhereTheWorstIsNull) {
  EXPECT_THAT(left("int64", {"1", "~"}, "~"), ElementsAre("1", "~"));
  EXPECT_THAT(left("int64", {"1", "~"}, "~", true), ElementsAre("1", "~"));
}

}  // namespace
}  // namespace weir
