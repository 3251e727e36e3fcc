#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kRows = "name: string, n: int64, x: double";

PlannedStage sort(const std::string& yaml, std::vector<Needs> needs = {}) {
  return PlannedStage(describe_sort(), yaml, {make_schema(kRows)}, std::move(needs));
}

std::vector<Batch> rows() {
  return {table(kRows, {"b, 2, 0.5", "a, 1, ~", "~, 2, nan"}),
          table(kRows, {"a, ~, -1", "a rather long name, 2, -0", "a rather long neck, -7, 0"})};
}

struct SortCase {
  const char* name;
  const char* by;
  std::vector<std::string> lines;
};

class Sorts : public ::testing::TestWithParam<SortCase> {};

TEST_P(Sorts, GiveTheRecordsInOrder) {
  EXPECT_EQ(run_lines(sort(std::string("by: ") + GetParam().by), rows()), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, Sorts,
    ::testing::Values(SortCase{"NumbersUpwardsNullsLastTiesAsTheyCame",
                               "n",
                               {"a rather long neck, -7, 0", "a, 1, ~", "b, 2, 0.5", "~, 2, nan",
                                "a rather long name, 2, -0", "a, ~, -1"}},
                      SortCase{"NumbersDownwardsNullsLastToo",
                               "n desc",
                               {"b, 2, 0.5", "~, 2, nan", "a rather long name, 2, -0", "a, 1, ~",
                                "a rather long neck, -7, 0", "a, ~, -1"}},
                      SortCase{"StringsByTheirBytes",
                               "name",
                               {"a, 1, ~", "a, ~, -1", "a rather long name, 2, -0",
                                "a rather long neck, -7, 0", "b, 2, 0.5", "~, 2, nan"}},
                      SortCase{"StringsDownwards",
                               "name desc",
                               {"b, 2, 0.5", "a rather long neck, -7, 0", "a rather long name, 2, -0",
                                "a, 1, ~", "a, ~, -1", "~, 2, nan"}},
                      SortCase{"DoublesWithNanGreatestAndZerosEqual",
                               "x",
                               {"a, ~, -1", "a rather long name, 2, -0", "a rather long neck, -7, 0",
                                "b, 2, 0.5", "~, 2, nan", "a, 1, ~"}},
                      SortCase{"SeveralKeysEachWithItsDirection",
                               "[n desc, name]",
                               {"a rather long name, 2, -0", "b, 2, 0.5", "~, 2, nan", "a, 1, ~",
                                "a rather long neck, -7, 0", "a, ~, -1"}},
                      SortCase{"ExpressionsAndBooleans",
                               "[name is null desc, -n]",
                               {"~, 2, nan", "b, 2, 0.5", "a rather long name, 2, -0", "a, 1, ~",
                                "a rather long neck, -7, 0", "a, ~, -1"}}),
    [](const auto& info) { return info.param.name; });

TEST(Sort, TellsTheSmallestIntegerFromNull) {
  const PlannedStage stage = sort("by: n desc");
  const auto batch =
      table(kRows, {"null, ~, 0", "least, -9223372036854775808, 0", "most, 9223372036854775807, 0"});
  EXPECT_THAT(run_lines(stage, {batch}),
              ElementsAre("most, 9223372036854775807, 0", "least, -9223372036854775808, 0", "null, ~, 0"));
}

TEST(Sort, GivesTheFirstRecordsWithALimit) {
  EXPECT_THAT(run_lines(sort("{by: name, limit: 3}"), rows()),
              ElementsAre("a, 1, ~", "a, ~, -1", "a rather long name, 2, -0"));
  EXPECT_THAT(run_lines(sort("{by: name, limit: 0}"), rows()), IsEmpty());
  EXPECT_EQ(run_lines(sort("{by: name, limit: 100}"), rows()), run_lines(sort("by: name"), rows()));
}

TEST(Sort, LimitsEachGroupAndKeepsTheOrderOfAll) {
  const std::vector<Batch> batches = {
      table(kRows, {"a, 1, 0", "b, 2, 0", "a, 3, 0", "~, 9, 0"}),
      table(kRows, {"a, 2, 0", "b, 2, 1", "~, 8, 0", "b, 1, 0", "a, ~, 0"}),
  };
  EXPECT_THAT(run_lines(sort("{by: n desc, per: name, limit: 2}"), batches),
              ElementsAre("~, 9, 0", "~, 8, 0", "a, 3, 0", "b, 2, 0", "a, 2, 0", "b, 2, 1"));
  EXPECT_THAT(run_lines(sort("{by: [name, n], per: name, limit: 1}"), batches),
              ElementsAre("a, 1, 0", "b, 1, 0", "~, 8, 0"));
  EXPECT_THAT(run_lines(sort("{by: n, per: name, limit: 0}"), batches), IsEmpty());
  EXPECT_EQ(run_lines(sort("{by: n, per: name, limit: 100}"), batches), run_lines(sort("by: n"), batches));
}

TEST(Sort, KeepsLittleOfEachGroup) {
  const PlannedStage stage = sort("{by: n desc, per: x, limit: 3}");
  const auto transform = stage.make();
  const auto state = transform->make_state();
  CollectingEmitter out;
  for (std::uint64_t batch = 0; batch < 100; ++batch) {
    std::vector<std::string> lines;
    for (std::uint64_t row = 0; row < 1000; ++row)
      lines.push_back("a name of more than twelve bytes, " + std::to_string(batch * 1000 + row) + ", " +
                      std::to_string(row % 5));
    transform->process({table(kRows, lines), 0, {0, 0, batch}, 0}, state.get(), out);
    EXPECT_LT(state->bytes(), 5'000'000u);
  }
  EXPECT_EQ(transform->next_output(state.get(), 0, out), kDone);
  ASSERT_EQ(lines_of(out.batches()).size(), 15u);
  EXPECT_EQ(lines_of(out.batches())[0], "a name of more than twelve bytes, 99999, 4");
  EXPECT_EQ(lines_of(out.batches())[14], "a name of more than twelve bytes, 99985, 0");
}

TEST(Sort, WantsALimitForItsGroups) {
  EXPECT_THAT(sort("{by: n, per: name}").problems(), HasSubstr("add limit: 1"));
  EXPECT_THAT(sort("{by: n, per: nmae, limit: 1}").problems(), HasSubstr("did you mean `name`?"));
}

TEST(Sort, GivesNothingForNothing) { EXPECT_THAT(run_lines(sort("by: n"), {}), IsEmpty()); }

TEST(Sort, KeepsLittleWithALimit) {
  const PlannedStage stage = sort("{by: n desc, limit: 10}");
  const auto transform = stage.make();
  const auto state = transform->make_state();
  CollectingEmitter out;
  std::vector<std::string> lines;
  for (std::uint64_t batch = 0; batch < 200; ++batch) {
    lines.clear();
    for (std::uint64_t row = 0; row < 100; ++row)
      lines.push_back("a name of more than twelve bytes, " + std::to_string(batch * 100 + row) + ", 0");
    transform->process({table(kRows, lines), 0, {0, 0, batch}, 0}, state.get(), out);
    EXPECT_LT(state->bytes(), 1'000'000u);
  }
  EXPECT_EQ(transform->next_output(state.get(), 0, out), kDone);
  ASSERT_EQ(lines_of(out.batches()).size(), 10u);
  EXPECT_EQ(lines_of(out.batches())[0], "a name of more than twelve bytes, 19999, 0");
}

TEST(Sort, GivesOutInBatchesOfBoundedSize) {
  const PlannedStage stage = sort("by: n");
  std::vector<std::string> lines;
  for (int row = 0; row < 10'000; ++row)
    lines.push_back("x, " + std::to_string((row * 7919) % 10'000) + ", 0");
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(stage, deliveries({table(kRows, lines)}), out);
  EXPECT_GT(out.batches().size(), 1u);
  EXPECT_EQ(lines_of(out.batches())[9'999], "x, 9999, 0");
}

TEST(Sort, RejectsRowsWhoseKeyItCannotCompute) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(sort("by: cast(name as int64)"),
                            deliveries({table(kRows, {"2, 0, 0", "x, 0, 0", "1, 0, 0"})}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 0, 0", "2, 0, 0"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 1u);
}

TEST(Sort, NeedsItsKeysAsValuesAndPassesOnOtherNeeds) {
  const PlannedStage stage = sort("by: n", {{Need::text, Need::none, Need::none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::text, Need::value, Need::none}));
  EXPECT_THAT(run_lines(stage, {table(kRows, {"b, 2, 1", "a, 1, 2"})}),
              ElementsAre("a, (unneeded), (unneeded)", "b, (unneeded), (unneeded)"));
}

TEST(Sort, ReportsKeysThatOrderNothing) {
  EXPECT_THAT(sort("by: [2 desc, name]").problems(), HasSubstr("this key is the same for every record: 2"));
}

TEST(Sort, ReportsKeysThatAreNotThere) {
  EXPECT_THAT(sort("by: [n, nmae desc]").problems(), HasSubstr("did you mean `name`?"));
}

}  // namespace
}  // namespace weir
