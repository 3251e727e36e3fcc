#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;

constexpr const char* kFlights = "origin: string, delay: int64";
constexpr const char* kRules = "rules: {delay is plausible: delay < 600, has an origin: origin <> ''}";

PlannedStage check(const std::string& yaml) {
  return PlannedStage(describe_check(), yaml, {make_schema(kFlights)});
}

void process(const PlannedStage& stage, const Batch& batch, CollectingEmitter& out) {
  EXPECT_EQ(stage.make()->process({batch, 0, {}, 0}, nullptr, out), kDone);
}

TEST(Check, PassesARecordThatKeepsAllRulesAndTellsAllThatAnotherBreaks) {
  CollectingEmitter out;
  process(check(kRules), table(kFlights, {"SFO, 16", "LAX, 999", "JFK, ~", "~, 700"}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("SFO, 16"));
  ASSERT_EQ(out.rejections.size(), 3u);
  EXPECT_EQ(out.rejections[0].row, 1u);
  EXPECT_EQ(out.rejections[0].error.error_class, ErrorClass::data);
  EXPECT_EQ(out.rejections[0].error.message, "the record breaks a rule: delay is plausible");
  EXPECT_EQ(out.rejections[1].row, 2u) << "NULL is not true";
  EXPECT_EQ(out.rejections[2].error.message, "the record breaks a rule: delay is plausible; has an origin");
}

TEST(Check, HandsOnABatchThatKeepsAllRulesAsItIs) {
  CollectingEmitter out;
  const Batch batch = table(kFlights, {"SFO, 16", "LAX, 17"});
  process(check(kRules), batch, out);
  ASSERT_EQ(out.batches().size(), 1u);
  EXPECT_EQ(out.batches()[0], batch);
}

TEST(Check, LooksOnlyAtTheRowsOfItsInput) {
  CollectingEmitter out;
  process(check(kRules), table(kFlights, {"A, 999", "B, 1", "C, 999", "D, 999"})->slice(1, 2), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("B, 1"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 1u);
}

TEST(Check, TellsARuleThatCannotBeComputedBesideTheOthers) {
  CollectingEmitter out;
  process(check("rules: {is a number: cast(origin as int64) > 0, is late: delay > 15}"),
          table(kFlights, {"x, 1", "1, 16"}), out);
  EXPECT_THAT(lines_of(out.batches()), ElementsAre("1, 16"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("is a number (cannot be computed: "));
  EXPECT_THAT(out.rejections[0].error.message, HasSubstr("; is late"));
}

TEST(Check, NeedsWhatItsRulesCompareAndPassesOnOtherNeeds) {
  const PlannedStage stage(describe_check(), "rules: {late: delay > 15}",
                           {make_schema("a: string, delay: int64, b: string")},
                           {{Need::text, Need::none, Need::none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::text, Need::value, Need::none}));
}

TEST(Check, WantsConditionsWithReasons) {
  EXPECT_THAT(check("rules: {late: delay + 1}").problems(), HasSubstr("a rule needs a condition"));
  EXPECT_THAT(check("rules: [delay > 1]").problems(), HasSubstr("write {reason: condition, ...}"));
  EXPECT_THAT(check("rules: {late: dealy > 1}").problems(), HasSubstr("did you mean `delay`?"));
}

TEST(Check, SendsBrokenRecordsWithTheirPlacesToErrors) {
  const testing::WholePipeline pipeline(
      "n\n1\n22\n3\n",
      "  - {type: check, rules: {is small: n < 10}, on_error: dead_letter}\n"
      "  - {type: select, from: check.errors, columns: [line, error]}\n"
      "  - {type: write_csv, name: kept, from: check, path: kept.csv}\n  - {type: filter, from: select, "
      "where: true}\n");
  EXPECT_EQ(pipeline.output(), "line,error\n3,the record breaks a rule: is small\n");
}

}  // namespace
}  // namespace weir
