#include "weir/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "stages/records/dead_letters.hpp"
#include "tests/stages/config/test_stages.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoadedPipeline : public testing::Test {
 protected:
  LoadedPipeline() { options_.registry = &test::registry(); }

  Pipeline load(const std::string& text) const {
    return parse_pipeline(text, "some/flights.yaml", "some", options_);
  }

  std::string problems(const std::string& text) const {
    try {
      load(text);
      return "none";
    } catch (const ConfigError& error) {
      return error.what();
    }
  }

  static std::vector<std::string> edges(const Graph& graph) {
    std::vector<std::string> edges;
    for (const Edge& edge : graph.edges) {
      edges.push_back(graph.stages[edge.from].name + "." + edge.from_port + " -> " +
                      graph.stages[edge.to].name + "." + edge.to_port);
    }
    return edges;
  }

  LoadOptions options_;
};

TEST_F(LoadedPipeline, IsNamedAfterItsFileUnlessItSaysOtherwise) {
  const std::string stages = "stages: [{type: table, columns: {a: int64}}, {type: store, path: x}]\n";
  EXPECT_EQ(load("weir: 1\n" + stages).name, "flights");
  EXPECT_EQ(load("weir: 1\nname: late-ones\n" + stages).name, "late-ones");
}

TEST_F(LoadedPipeline, ReadsFromTheStageDirectlyAboveUnlessToldOtherwise) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, columns: {a: bool}}
  - {type: keep, where: a}
  - {type: store, path: x}
  - {type: store, name: others, path: y, from: keep.rest}
  - {type: store, name: all, path: z, from: table}
)");
  EXPECT_THAT(edges(pipeline.graph), ElementsAre("table.out -> keep.in", "keep.out -> store.in",
                                                 "keep.rest -> others.in", "table.out -> all.in"));
  EXPECT_TRUE(pipeline.graph.validate().empty());
}

TEST_F(LoadedPipeline, MayReadFromStagesBelow) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: store, path: x, from: table}
  - {type: table, columns: {a: int64}}
)");
  EXPECT_THAT(edges(pipeline.graph), ElementsAre("table.out -> store.in"));
}

TEST_F(LoadedPipeline, WiresInputsByName) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, name: flights, columns: {origin: string}}
  - {type: table, name: airports, columns: {iata: string}}
  - {type: match, on: {origin: iata}, from: {right: airports, left: flights}}
  - {type: store, path: x}
)");
  EXPECT_THAT(edges(pipeline.graph), ElementsAre("airports.out -> match.right", "flights.out -> match.left",
                                                 "match.out -> store.in"));
  EXPECT_TRUE(pipeline.graph.stages[2].inputs[1].retained);
  EXPECT_EQ(pipeline.stages[2].outputs.front().names(), (std::vector<std::string>{"origin", "iata"}));
}

TEST_F(LoadedPipeline, MergesStreamsOfOneOrderDirectly) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, name: one, columns: {a: int64, b: string}}
  - {type: table, name: two, columns: {a: int64, b: string}}
  - {type: store, path: x, from: [one, two]}
)");
  EXPECT_THAT(edges(pipeline.graph), ElementsAre("one.out -> store.in", "two.out -> store.in"));
}

TEST_F(LoadedPipeline, PutsColumnsInOrderWhereMergedStreamsDiffer) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, name: one, columns: {a: int64, b: string}}
  - {type: table, name: two, columns: {b: string, a: int64}}
  - {type: store, path: x, from: [one, two]}
)");
  EXPECT_THAT(edges(pipeline.graph),
              ElementsAre("one.out -> store.in", "two.out -> two > store.in", "two > store.out -> store.in"));
  EXPECT_TRUE(pipeline.graph.validate().empty());
}

TEST_F(LoadedPipeline, MergesAColumnWithoutValuesWithOneOfAnyType) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, columns: {a: int64, b: string}}
  - {type: shape, name: nothing, columns: [null as a, null as b], from: table}
  - {type: shape, name: all, columns: [a, b], from: [nothing, table]}
  - {type: store, path: x}
  - {type: shape, name: naught, columns: [null as b, null as a], from: table}
  - {type: shape, name: none, columns: [a, b], from: [nothing, naught]}
  - {type: store, name: y, path: y}
)");
  EXPECT_EQ(pipeline.stages[2].outputs.front(), (Schema({{"a", Type::int64}, {"b", Type::string}})));
  EXPECT_EQ(pipeline.stages[5].outputs.front(),
            (Schema({{"a", Type::string, true}, {"b", Type::string, true}})));
  EXPECT_THAT(edges(pipeline.graph), ElementsAre("table.out -> nothing.in", "nothing.out -> nothing > all.in",
                                                 "nothing > all.out -> all.in", "table.out -> all.in",
                                                 "all.out -> store.in", "table.out -> naught.in",
                                                 "nothing.out -> none.in", "naught.out -> naught > none.in",
                                                 "naught > none.out -> none.in", "none.out -> y.in"));
}

TEST_F(LoadedPipeline, SendsDeadLettersWhereTheyAreRead) {
  const Pipeline pipeline = load(R"(
weir: 1
stages:
  - {type: table, columns: {a: bool}, on_error: {data: dead_letter, io: skip}}
  - {type: store, path: x}
  - {type: keep, where: line is null, from: table.errors}
  - {type: store, name: bad, path: y}
)");
  const StageSpec& table = pipeline.graph.stages[0];
  EXPECT_EQ(table.on_error.of(ErrorClass::data).last, FailureAction::dead_letter);
  EXPECT_EQ(table.on_error.of(ErrorClass::io).last, FailureAction::skip);
  EXPECT_EQ(table.on_error.of(ErrorClass::other).last, FailureAction::fail);
  EXPECT_TRUE(table.encode_dead_letters);
  EXPECT_EQ(pipeline.stages[2].outputs.front(), dead_letter_schema());
  EXPECT_TRUE(std::get<SinkSpec>(pipeline.graph.stages[3].body).traits.always_commits);
  EXPECT_FALSE(std::get<SinkSpec>(pipeline.graph.stages[1].body).traits.always_commits);
}

TEST_F(LoadedPipeline, TakesDefaultsWhereAStageSaysNothing) {
  const Pipeline pipeline = load(R"(
weir: 1
defaults: {on_error: dead_letter}
stages:
  - {type: table, columns: {a: bool}}
  - {type: store, path: x, on_error: skip}
  - {type: store, name: bad, path: y, from: table.errors}
)");
  EXPECT_EQ(pipeline.graph.stages[0].on_error.of(ErrorClass::data).last, FailureAction::dead_letter);
  EXPECT_EQ(pipeline.graph.stages[1].on_error.of(ErrorClass::data).last, FailureAction::skip);
  EXPECT_EQ(pipeline.graph.stages[2].on_error.of(ErrorClass::data).last, FailureAction::fail)
      << "a stage that handles dead letters sends none itself";
}

TEST_F(LoadedPipeline, SharesAQuarterOfItsMemoryAmongItsSources) {
  const Pipeline pipeline = load(R"(
weir: 1
runtime: {threads: 3, memory: 64MiB}
stages:
  - {type: table, name: one, columns: {a: int64}, workers: 2}
  - {type: table, name: two, columns: {a: int64}}
  - {type: store, path: x, from: [one, two]}
)");
  EXPECT_EQ(pipeline.runtime.threads, 3u);
  EXPECT_EQ(pipeline.runtime.credit_bytes, std::size_t{8} << 20);
  EXPECT_EQ(pipeline.graph.stages[0].workers, 2u);
}

TEST_F(LoadedPipeline, HasTheTimesOfItsRuntime) {
  const std::string stages = "stages: [{type: table, columns: {a: int64}}, {type: store, path: x}]\n";
  const RunOptions said = load("weir: 1\nruntime: {deadline: 1.5h, drain_timeout: 250ms}\n" + stages).runtime;
  EXPECT_EQ(said.deadline, std::chrono::minutes(90));
  EXPECT_EQ(said.drain_timeout, std::chrono::milliseconds(250));
  const RunOptions unsaid = load("weir: 1\n" + stages).runtime;
  EXPECT_EQ(unsaid.deadline, Duration::zero());
  EXPECT_EQ(unsaid.drain_timeout, kDrainTimeoutDefault);
}

TEST_F(LoadedPipeline, TypesTheVariablesOfExpressions) {
  options_.vars = {{"given", "2.5"}};
  const Pipeline pipeline = load(R"(
weir: 1
vars: {whole: 15, text: "15", yes: true, given: 1, nothing: "${whole}"}
stages:
  - {type: table, columns: {a: int64}}
  - {type: shape, columns: {whole: $whole, text: $text, yes: $yes, given: $given, copy: $nothing}}
  - {type: store, path: x}
)");
  const Schema& schema = pipeline.stages[1].outputs.front();
  std::vector<Type> types;
  for (const Field& field : schema)
    types.push_back(field.type);
  EXPECT_THAT(types, ElementsAre(Type::int64, Type::string, Type::boolean, Type::float64, Type::string));
}

TEST_F(LoadedPipeline, LetsSettingsWinOverTheConfig) {
  options_.sets = {{"keep.where", "b > 1"}, {"store.mode", "append"}, {"shape.columns.c", "b + 1"}};
  const std::string text = R"(
weir: 1
stages:
  - {type: table, columns: {b: int64}}
  - {type: keep, where: nonsense}
  - {type: shape, columns: {b: b}}
  - {type: store, path: x}
)";
  EXPECT_EQ(load(text).stages[2].outputs.front().names(), (std::vector<std::string>{"b", "c"}));
}

TEST_F(LoadedPipeline, PlacesProblemsOfTheCommandLineThere) {
  options_.sets = {{"keep.where", "bb > 1"}, {"kep.where", "1"}, {"keep", "1"}};
  options_.vars = {{"ouput", "x"}};
  const std::string told = problems(R"(
weir: 1
vars: {output: y}
stages:
  - {type: table, columns: {b: int64}}
  - {type: keep, where: b > 0}
  - {type: store, path: "${output}"}
)");
  EXPECT_THAT(told, HasSubstr("--set keep.where:1:1: keep.where: "));
  EXPECT_THAT(told, HasSubstr("    1 | bb > 1\n      | ^~\n"));
  EXPECT_THAT(told, HasSubstr("--set kep.where: there is no stage `kep`\n      = did you mean `keep`?"));
  EXPECT_THAT(told, HasSubstr("--set keep: a setting names a stage and a key: `keep`"));
  EXPECT_THAT(told,
              HasSubstr("--var ouput: the config has no variable `ouput`\n      = did you mean `output`?"));
}

TEST_F(LoadedPipeline, FindsProblemsBelowAStageThatIsWrongButPassesItsInputThrough) {
  const std::string told = problems(R"(
weir: 1
stages:
  - {type: table, columns: {b: int64}}
  - {type: keep, where: bb > 0}
  - {type: order, by: cc}
  - {type: store, path: x}
)");
  EXPECT_THAT(told, HasSubstr("`bb`"));
  EXPECT_THAT(told, HasSubstr("`cc`"));
}

TEST_F(LoadedPipeline, GuessesNothingBelowAStageWhoseOutputIsUncertain) {
  const std::string told = problems(R"(
weir: 1
stages:
  - {type: table, columns: {b: int64}}
  - {type: shape, columns: {c: bb}}
  - {type: order, by: c}
  - {type: store, path: x}
)");
  EXPECT_THAT(told, HasSubstr("`bb`"));
  EXPECT_THAT(told, Not(HasSubstr("`c`")));
}

TEST(LoadPipeline, SaysThatAConfigIsMissing) {
  try {
    load_pipeline("no/such.yaml");
    FAIL() << "there is no such config";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("no/such.yaml: the config cannot be read: No such file or directory"));
    EXPECT_EQ(error.diagnostics().front().kind, ProblemKind::missing_input);
  }
}

TEST(LoadPipeline, SaysThatAFolderIsNoConfig) {
  try {
    load_pipeline("/");
    FAIL() << "a folder is no config";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/: this is a folder, not a config"));
  }
}

}  // namespace
}  // namespace weir
