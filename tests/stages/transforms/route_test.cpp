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
using testing::WholePipeline;

constexpr const char* kFlights = "origin: string, delay: int64";
constexpr const char* kByDelay = "to: {late: delay > 60, slow: delay > 15}";

PlannedStage route(const std::string& yaml) {
  return PlannedStage(describe_route(), yaml, {make_schema(kFlights)});
}

void process(const PlannedStage& stage, const Batch& batch, CollectingEmitter& out) {
  EXPECT_EQ(stage.make()->process({batch, 0, {}, 0}, nullptr, out), kDone);
}

const Batch& flights() {
  static const Batch batch = table(kFlights, {"SFO, 16", "LAX, 99", "JFK, ~", "BOS, 15", "DEN, 61"});
  return batch;
}

TEST(Route, SendsEachRecordToTheFirstPortThatTakesIt) {
  CollectingEmitter out;
  process(route(kByDelay), flights(), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("LAX, 99", "DEN, 61"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("SFO, 16"));
  EXPECT_THAT(lines_of(out.batches(2)), ElementsAre("JFK, ~", "BOS, 15"));
}

TEST(Route, SendsEachRecordToAllPortsThatTakeItWhereToldTo) {
  CollectingEmitter out;
  process(route(std::string("{") + kByDelay + ", match: all}"), flights(), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("LAX, 99", "DEN, 61"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("SFO, 16", "LAX, 99", "DEN, 61"));
  EXPECT_THAT(lines_of(out.batches(2)), ElementsAre("JFK, ~", "BOS, 15"));
}

TEST(Route, ComputesAConditionOnlyForTheRecordsThatAreLeft) {
  const auto batch = table(kFlights, {"x, 1", "5, 2", "y, 2", "7, 2"});
  CollectingEmitter out;
  process(route("to: {one: delay = 1, five: cast(origin as int64) = 5}"), batch, out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("x, 1"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("5, 2"));
  EXPECT_THAT(lines_of(out.batches(2)), ElementsAre("7, 2"));
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(out.rejections[0].row, 2u);
}

TEST(Route, RefusesFromEveryPortWhatItCannotComputeForOne) {
  const auto batch = table(kFlights, {"x, 1", "5, 1"});
  CollectingEmitter out;
  process(route("{to: {one: delay = 1, five: cast(origin as int64) = 5}, match: all}"), batch, out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("5, 1"));
  EXPECT_THAT(lines_of(out.batches(1)), ElementsAre("5, 1"));
  EXPECT_THAT(out.batches(2), IsEmpty());
  ASSERT_EQ(out.rejections.size(), 1u);
}

TEST(Route, LooksOnlyAtTheRowsOfItsInput) {
  CollectingEmitter out;
  process(route(kByDelay), flights()->slice(1, 2), out);
  EXPECT_THAT(lines_of(out.batches(0)), ElementsAre("LAX, 99"));
  EXPECT_THAT(out.batches(1), IsEmpty());
  EXPECT_THAT(lines_of(out.batches(2)), ElementsAre("JFK, ~"));
}

TEST(Route, NeedsWhatItComparesAndWhatAnyPortNeeds) {
  const auto none = Need::none;
  const PlannedStage stage(describe_route(), kByDelay, {make_schema("a: string, delay: int64, b: string")},
                           {{none, none, Need::text}, {Need::text, none, none}, {none, Need::text, none}});
  EXPECT_THAT(stage.needs(), ElementsAre(Needs{Need::text, Need::value, Need::text}));
}

TEST(Route, WantsConditions) {
  EXPECT_THAT(route("to: {late: delay + 1}").problems(), HasSubstr("a route needs a condition"));
  EXPECT_THAT(route("to: [delay > 1]").problems(), HasSubstr("ports with their conditions"));
  EXPECT_THAT(route("to: {}").problems(), HasSubstr("ports with their conditions"));
}

class RoutedPipeline : public ::testing::Test {
 protected:
  static std::string problems(const std::string& stages) {
    testing::TemporaryFolder folder;
    folder.write("in.csv", "delay\n1\n");
    try {
      parse_pipeline("weir: 1\nstages:\n  - {type: read_csv, path: in.csv}\n" + stages, "x.yaml",
                     folder.file(""));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "none";
  }
};

TEST_F(RoutedPipeline, IsWiredByThePortsThatTheConfigNames) {
  EXPECT_EQ(problems(R"(  - {type: route, to: {late: delay > 60, slow: delay > 15}}
  - {type: print, name: a, from: route.late}
  - {type: print, name: b, from: [route.slow, route.rest]}
)"),
            "none");
}

TEST_F(RoutedPipeline, TellsPortsThatAreWrongUnreadOrLeftOut) {
  const std::string told = problems(R"(  - {type: route, to: {late: delay > 60, slow: delay > 15}}
  - {type: print, name: a}
  - {type: print, name: b, from: route}
  - {type: print, name: c, from: route.lat}
)");
  EXPECT_THAT(
      told,
      HasSubstr("x.yaml:5:25: a: this stage needs a `from`: the one above it, `route`, has no main output"));
  EXPECT_THAT(told, HasSubstr("= from: route.late\n"));
  EXPECT_THAT(told, HasSubstr("b.from: `route` has no main output"));
  EXPECT_THAT(told, HasSubstr("= one of: route.late, route.slow, route.rest, route.errors"));
  EXPECT_THAT(told, HasSubstr("did you mean `route.late`?"));
  EXPECT_THAT(problems("  - {type: route, to: {late: delay > 60}}\n  - {type: print, from: route.late}\n"),
              HasSubstr("nobody reads what `route.rest` gives out"));
}

TEST_F(RoutedPipeline, TellsPortsWithNamesThatCannotBe) {
  const std::string told =
      problems(R"(  - {type: route, to: {rest: delay > 60, errors: delay > 15, Late: delay > 1}}
  - {type: print, from: route.rest}
)");
  EXPECT_THAT(told, HasSubstr("route.to.rest: `route` has an output `rest` of its own"));
  EXPECT_THAT(told, HasSubstr("route.to.errors: `route` has an output `errors` of its own"));
  EXPECT_THAT(told, HasSubstr("route.to.Late"));
}

TEST_F(RoutedPipeline, WritesTheSameWhateverTheThreads) {
  std::string csv = "n\n";
  for (int row = 0; row < 200'000; ++row)
    csv += std::to_string(row) + "\n";
  const WholePipeline pipeline(csv,
                               "  - {type: route, to: {third: n % 3 = 0, even: n % 2 = 0}}\n"
                               "  - {type: write_csv, name: others, from: route.rest, path: others.csv}\n"
                               "  - {type: filter, from: [route.third, route.even], where: n < 10}\n");
  EXPECT_EQ(pipeline.output(), "n\n0\n3\n6\n9\n2\n4\n8\n");
}

}  // namespace
}  // namespace weir
