#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/graph.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> problems_of(const Graph& graph) {
  std::vector<std::string> lines;
  for (const GraphProblem& problem : graph.validate())
    lines.push_back(problem.stage + ": " + problem.message);
  return lines;
}

CollectedPtr nowhere() { return std::make_shared<Collected>(); }

StageSpec same(std::string name) {
  return map(std::move(name), [](auto x) { return x; });
}

/// Stages 0, 1 and 2 of most cases.
Graph plain() { return chain({count_up("source", 1), same("middle"), collect("out", nowhere())}); }

TEST(Validate, APlainChainHasNoProblems) { EXPECT_THAT(plain().validate(), IsEmpty()); }

struct Case {
  const char* name;
  void (*spoil)(Graph&);
  std::vector<std::string> problems;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class ValidateCase : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateCase, IsToldWithPlaceAndMend) {
  Graph graph = plain();
  GetParam().spoil(graph);
  EXPECT_THAT(problems_of(graph), ElementsAreArray(GetParam().problems));
}

const Case kCases[] = {
    {"NoStages", [](Graph& graph) { graph = {}; }, {": the graph has no stages; add a source and a sink"}},
    {"NameGivenTwice",
     [](Graph& graph) { graph.stages[2].name = "middle"; },
     {"middle: two stages are named 'middle'; rename one"}},
    {"NoName",
     [](Graph& graph) { graph.stages[1].name.clear(); },
     {": a stage of type 'map' has no name; give it one"}},
    {"NoSourceFactory",
     [](Graph& graph) { graph.stages[0].body = SourceSpec{}; },
     {"source: has no factory; set `make`"}},
    {"NoTransformFactory",
     [](Graph& graph) { graph.stages[1].body = TransformSpec{}; },
     {"middle: has no factory; set `make`"}},
    {"NoSinkFactory",
     [](Graph& graph) { graph.stages[2].body = SinkSpec{}; },
     {"out: has no factory; set `make`"}},
    {"SourceWithInput",
     [](Graph& graph) { graph.stages[0].inputs = {{.name = "in", .type = number_type()}}; },
     {"source: is a source and has input ports; remove them",
      "source: reads nothing on port 'in'; connect a stage to it"}},
    {"SinkWithOutput",
     [](Graph& graph) {
       graph.stages[2].outputs = {{.name = "more", .type = number_type(), .optional = true}};
     },
     {"out: is a sink and has output ports; remove them"}},
    {"TransformWithoutInput",
     [](Graph& graph) {
       graph.stages[1].inputs.clear();
       graph.edges.erase(graph.edges.begin());
       graph.stages[0].outputs[0].optional = true;
     },
     {"middle: has no input port; add one"}},
    {"TransformWithoutOutput",
     [](Graph& graph) {
       graph.stages[1].outputs.clear();
       graph.edges.pop_back();
       graph.stages[2].inputs.clear();
     },
     {"middle: has no output port; add one", "out: has no input port; add one"}},
    {"PortNamedErrors",
     [](Graph& graph) {
       graph.stages[1].outputs.push_back({.name = "errors", .type = number_type(), .optional = true});
     },
     {"middle: names a port 'errors', which every stage has; rename it"}},
    {"PortNamedTwice",
     [](Graph& graph) { graph.stages[1].outputs.push_back({.name = "out", .type = number_type()}); },
     {"middle: has two ports named 'out'; rename one"}},
    {"SerialWithSeveralWorkers",
     [](Graph& graph) {
       std::get<TransformSpec>(graph.stages[1].body).traits.concurrency = Concurrency::serial;
       graph.stages[1].workers = 3;
     },
     {"middle: is serial and cannot have 3 workers; leave workers at 1"}},
    {"EverythingRetained",
     [](Graph& graph) { graph.stages[1].inputs[0].retained = true; },
     {"middle: retains all of its inputs; make one of them streamed, or the stage a breaker"}},
    {"SinkThatRetains",
     [](Graph& graph) { graph.stages[2].inputs[0].retained = true; },
     {"out: retains an input, which only a transform can; make the port streamed"}},
    {"EdgeFromNowhere",
     [](Graph& graph) { graph.edges[0].from = 17; },
     {": an edge joins stages 17 and 1 of 3; use the indices that add() gave"}},
    {"NoSuchOutputPort",
     [](Graph& graph) { graph.edges[0].from_port = "left"; },
     {"source: has no output port 'left', which 'middle' reads",
      "source: nobody reads port 'out'; connect a stage to it, a sink at least"}},
    {"NoSuchInputPort",
     [](Graph& graph) { graph.edges[0].to_port = "left"; },
     {"middle: has no input port 'left', which 'source' feeds",
      "middle: reads nothing on port 'in'; connect a stage to it"}},
    {"TypesThatDoNotFit",
     [](Graph& graph) { graph.stages[1].inputs[0].type = {"records"}; },
     {"middle: takes 'records' on port 'in', but 'source' gives 'numbers' on 'out'"}},
    {"ErrorsOfAnotherType",
     [](Graph& graph) {
       graph.stages[0].errors_type = {"letters"};
       graph.connect({.from = 0, .from_port = "errors", .to = 2});
     },
     {"out: takes 'numbers' on port 'in', but 'source' gives 'letters' on 'errors'"}},
    {"ErrorsWithoutEncoder",
     [](Graph& graph) {
       graph.stages[1].encode_dead_letters = nullptr;
       graph.connect({.from = 1, .from_port = "errors", .to = 2});
     },
     {"middle: has its errors port connected, but no encoder; set `encode_dead_letters`"}},
    {"DeadLettersToNobody",
     [](Graph& graph) { graph.stages[1].on_error = ErrorPolicy::always(FailureAction::dead_letter); },
     {"middle: says dead_letter, but nobody reads its 'errors' port; connect a sink to it"}},
    {"InputUnread",
     [](Graph& graph) { graph.edges.clear(); },
     {"source: nobody reads port 'out'; connect a stage to it, a sink at least",
      "middle: reads nothing on port 'in'; connect a stage to it",
      "middle: nobody reads port 'out'; connect a stage to it, a sink at least",
      "out: reads nothing on port 'in'; connect a stage to it"}},
    {"Cycle",
     [](Graph& graph) {
       const auto again = graph.add(same("again"));
       graph.connect(1, again);
       graph.connect(again, 1);
     },
     {"middle: is part of a cycle: 'middle' -> 'again' -> 'middle'; a pipeline flows one way"}},
    {"StageThatFeedsItself",
     [](Graph& graph) { graph.connect(1, 1); },
     {"middle: is part of a cycle: 'middle' -> 'middle'; a pipeline flows one way"}},
};
INSTANTIATE_TEST_SUITE_P(Problems, ValidateCase, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

TEST(Validate, TellsAllProblemsAtOnce) {
  Graph graph = plain();
  graph.stages[0].name = "out";
  graph.stages[1].inputs[0].type = {"records"};
  graph.stages[1].on_error = ErrorPolicy::always(FailureAction::dead_letter);
  graph.stages[2].body = SinkSpec{};
  graph.add(same("alone"));
  EXPECT_THAT(problems_of(graph), UnorderedElementsAreArray(
                                      {HasSubstr("two stages are named 'out'"), HasSubstr("takes 'records'"),
                                       HasSubstr("says dead_letter"), HasSubstr("has no factory"),
                                       HasSubstr("alone: reads nothing"), HasSubstr("alone: nobody reads")}));
}

TEST(Validate, NamesACycleThoughTheFirstStageBehindItIsNotOnIt) {
  Graph graph = plain();
  const auto a = graph.add(same("a"));
  const auto b = graph.add(same("b"));
  graph.connect(a, b);
  graph.connect(b, a);
  graph.connect(b, 1);
  EXPECT_THAT(problems_of(graph), ::testing::Contains(HasSubstr("'b' -> 'a' -> 'b'")));
}

TEST(Validate, ABreakerMayRetainAllOfItsInputs) {
  Graph graph = chain({count_up("source", 1), sum("sum"), collect("out", nowhere())});
  graph.stages[1].inputs[0].retained = true;
  EXPECT_THAT(graph.validate(), IsEmpty());
}

TEST(Validate, AnOptionalPortMayBeLeftAlone) {
  const Graph graph =
      chain({count_up("source", 1), filter("filter", [](auto) { return true; }), collect("out", nowhere())});
  EXPECT_THAT(graph.validate(), IsEmpty());
}

}  // namespace
}  // namespace weir
