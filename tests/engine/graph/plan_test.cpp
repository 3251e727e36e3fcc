#include "engine/graph/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A graph whose stages are spoken of by name.
class PlanTest : public ::testing::Test {
 protected:
  StageIndex add(StageSpec stage) { return graph_.add(std::move(stage)); }
  StageIndex add_source(const char* name) { return add(count_up(name, 1)); }
  StageIndex add_map(const char* name) {
    return add(map(name, [](auto x) { return x; }));
  }
  StageIndex add_sink(const char* name, SinkTraits traits = {}) {
    return add(collect(name, std::make_shared<Collected>(), traits));
  }
  StageIndex add_serial(const char* name) { return add(in_order(name, out_of_order_)); }
  /// A join whose sides are read from `left` and `right`.
  StageIndex add_join(const char* name, std::vector<StageIndex> left, std::vector<StageIndex> right) {
    const StageIndex join = add(keep_known(name));
    for (const StageIndex from : left)
      graph_.connect({.from = from, .to = join, .to_port = "left"});
    for (const StageIndex from : right)
      graph_.connect({.from = from, .to = join, .to_port = "right"});
    return join;
  }
  /// Plans the graph, which must validate.
  const ExecutionPlan& plan() {
    EXPECT_THAT(graph_.validate(), IsEmpty());
    plan_ = plan_execution(graph_);
    return plan_;
  }

  /// Each segment's steps: "source > middle"; the output side of a breaker is "sum!".
  std::vector<std::string> segments() {
    std::vector<std::string> all;
    for (const SegmentPlan& segment : plan().segments) {
      std::string text;
      for (const StepPlan& step : segment.steps) {
        if (!text.empty()) text += " > ";
        text += graph_.stages[step.stage].name;
        if (step.kind == StepPlan::Kind::output) text += "!";
      }
      all.push_back(text);
    }
    return all;
  }
  const SegmentPlan& segment_of(StageIndex stage, PortIndex port = 0) {
    return plan_.segments[plan_.stages[stage].inputs[port].segment];
  }
  FlowIndex flow_of(StageIndex stage) { return *plan_.stages[stage].output_flow; }
  const FlowPlan& flow_plan(StageIndex stage) { return plan_.flows[flow_of(stage)]; }

  Graph graph_;
  ExecutionPlan plan_;
  std::atomic<int> out_of_order_{0};
};

using PlanFusion = PlanTest;

TEST_F(PlanFusion, AChainOfStatelessStagesIsOneSegment) {
  const auto source = add_source("source"), one = add_map("one"), two = add_map("two"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(one, two);
  graph_.connect(two, out);
  EXPECT_THAT(segments(), ElementsAre("source > one > two > out"));
}

TEST_F(PlanFusion, WithoutFusionEveryStepHasASegmentOfItsOwn) {
  const auto source = add_source("source"), one = add_map("one"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(one, out);
  for (const SegmentPlan& segment : plan_execution(graph_, /*fuse=*/false).segments)
    EXPECT_EQ(segment.steps.size(), 1u);
}

TEST_F(PlanFusion, AFanOutCutsTheSegment) {
  const auto source = add_source("source"), one = add_map("one"), two = add_map("two");
  const auto out = add_sink("out"), also = add_sink("also");
  graph_.connect(source, one);
  graph_.connect(source, two);
  graph_.connect(one, out);
  graph_.connect(two, also);
  EXPECT_THAT(segments(), UnorderedElementsAre("source", "one > out", "two > also"));
}

TEST_F(PlanFusion, AFanInCutsTheSegment) {
  const auto one = add_source("one"), two = add_source("two"), out = add_sink("out");
  graph_.connect(one, out);
  graph_.connect(two, out);
  EXPECT_THAT(segments(), UnorderedElementsAre("one", "two", "out"));
}

TEST_F(PlanFusion, ABreakersInputBelongsToTheSegmentThatFeedsItAndItsOutputBeginsOne) {
  const auto source = add_source("source"), one = add_map("one"), total = add(sum("sum"));
  const auto two = add_map("two"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(one, total);
  graph_.connect(total, two);
  graph_.connect(two, out);
  EXPECT_THAT(segments(), ElementsAre("source > one > sum", "sum! > two > out"));
}

TEST_F(PlanFusion, ASerialStageStandsAlone) {
  const auto source = add_source("source"), one = add_map("one"), serial = add_serial("serial");
  const auto two = add_map("two"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(one, serial);
  graph_.connect(serial, two);
  graph_.connect(two, out);
  EXPECT_THAT(segments(), ElementsAre("source > one", "serial", "two > out"));
  EXPECT_TRUE(segment_of(serial).ordered);
  EXPECT_EQ(segment_of(serial).concurrency, 1u);
}

TEST_F(PlanFusion, AStageWithWorkersOfItsOwnStandsAlone) {
  auto one = map("one", [](auto x) { return x; });
  one.workers = 3;
  const auto source = add_source("source"), limited = add(one), two = add_map("two"), out = add_sink("out");
  graph_.connect(source, limited);
  graph_.connect(limited, two);
  graph_.connect(two, out);
  EXPECT_THAT(segments(), ElementsAre("source", "one", "two > out"));
  EXPECT_EQ(segment_of(limited).concurrency, 3u);
}

TEST_F(PlanFusion, ASourceWithWorkersOfItsOwnStandsAloneToo) {
  auto limited = count_up("source", 1);
  limited.workers = 2;
  const auto source = add(limited), out = add_sink("out");
  graph_.connect(source, out);
  EXPECT_THAT(segments(), ElementsAre("source", "out"));
  EXPECT_EQ(plan_.segments[flow_plan(source).segment].concurrency, 2u);
}

TEST_F(PlanFusion, OnlyTheMainOutputIsFused) {
  const auto source = add_source("source"), split = add(filter("split", [](auto) { return true; }));
  const auto out = add_sink("out"), rest = add_sink("rest");
  graph_.connect(source, split);
  graph_.connect(split, out);
  graph_.connect({.from = split, .from_port = "rest", .to = rest});
  EXPECT_THAT(segments(), UnorderedElementsAre("source > split > out", "rest"));
}

TEST_F(PlanFusion, ABuildSideIsFusedWithWhatFeedsItAndAProbeSideToo) {
  const auto left = add_source("left"), right = add_source("right");
  const auto join = add_join("join", {left}, {right}), out = add_sink("out");
  graph_.connect(join, out);
  EXPECT_THAT(segments(), UnorderedElementsAre("left > join > out", "right > join"));
}

TEST_F(PlanFusion, SeveralStreamedPortsOfAStageShareASegment) {
  auto both = map("both", [](auto x) { return x; });
  both.inputs.push_back({.name = "second", .type = number_type()});
  const auto one = add_source("one"), two = add_source("two"), pair = add(both), out = add_sink("out");
  graph_.connect(one, pair);
  graph_.connect({.from = two, .to = pair, .to_port = "second"});
  graph_.connect(pair, out);
  EXPECT_THAT(segments(), UnorderedElementsAre("one", "two", "both > out"));
}

TEST_F(PlanFusion, PortsOfASerialBreakerShareASegmentSoThatItIsCalledOnceAtATime) {
  auto both = sum("both");
  std::get<TransformSpec>(both.body).traits.concurrency = Concurrency::serial;
  both.inputs.push_back({.name = "second", .type = number_type()});
  const auto one = add_source("one"), two = add_source("two"), pair = add(both), out = add_sink("out");
  graph_.connect(one, pair);
  graph_.connect({.from = two, .to = pair, .to_port = "second"});
  graph_.connect(pair, out);
  EXPECT_THAT(segments(), UnorderedElementsAre("one", "two", "both", "both! > out"));
}

using PlanFlows = PlanTest;

TEST_F(PlanFlows, ASourceAndABreakerMakeAFlowEach) {
  const auto source = add_source("source"), total = add(sum("sum")), out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(total, out);
  plan();
  ASSERT_EQ(plan_.flows.size(), 2u);
  EXPECT_FALSE(flow_plan(source).from_breaker);
  EXPECT_TRUE(flow_plan(total).from_breaker);
  EXPECT_THAT(plan_.stages[total].flows, ElementsAre(flow_of(source)));
  EXPECT_THAT(plan_.stages[out].flows, ElementsAre(flow_of(total)));
}

TEST_F(PlanFlows, RankInTheOrderOfTheEdges) {
  const auto one = add_source("one"), two = add_source("two"), out = add_sink("out");
  graph_.connect(two, out);
  graph_.connect(one, out);
  plan();
  EXPECT_THAT(plan_.stages[out].flows, ElementsAre(flow_of(two), flow_of(one)));
}

TEST_F(PlanFlows, ErrorsOfABreakerComeWithItsInputAndWithItsOutput) {
  const auto source = add_source("source"), total = add(sum("sum"));
  const auto out = add_sink("out"), dead = add_sink("dead");
  graph_.connect(source, total);
  graph_.connect(total, out);
  graph_.connect({.from = total, .from_port = "errors", .to = dead});
  plan();
  EXPECT_THAT(plan_.stages[dead].flows, ElementsAre(flow_of(source), flow_of(total)));
}

using PlanOrder = PlanTest;

TEST_F(PlanOrder, FlowsThatAreMergedInOrderBeginOneAfterAnother) {
  const auto one = add_source("one"), two = add_source("two"), three = add_source("three");
  const auto out = add_sink("out");
  graph_.connect(one, out);
  graph_.connect(two, out);
  graph_.connect(three, out);
  plan();
  EXPECT_THAT(flow_plan(one).after_flows, IsEmpty());
  EXPECT_THAT(flow_plan(two).after_flows, ElementsAre(flow_of(one)));
  EXPECT_THAT(flow_plan(three).after_flows, ::testing::Contains(flow_of(two)));
  EXPECT_FALSE(plan_.stages[out].keeps_early);
}

TEST_F(PlanOrder, AnUnorderedSinkMakesNobodyWait) {
  const auto one = add_source("one"), two = add_source("two"), out = add_sink("out", {.ordered = false});
  graph_.connect(one, out);
  graph_.connect(two, out);
  plan();
  EXPECT_THAT(flow_plan(two).after_flows, IsEmpty());
}

TEST_F(PlanOrder, AnUnboundedSourceIsInterleaved) {
  auto endless = count_up("endless", 1);
  std::get<SourceSpec>(endless.body).traits.bounded = false;
  const auto one = add(endless), two = add_source("two"), out = add_sink("out");
  graph_.connect(one, out);
  graph_.connect(two, out);
  plan();
  EXPECT_FALSE(plan_.stages[out].across_flows);
  EXPECT_THAT(flow_plan(two).after_flows, IsEmpty());
}

TEST_F(PlanOrder, SinksThatDisagreeMakeOneKeepWhatComesEarly) {
  const auto one = add_source("one"), two = add_source("two");
  const auto out = add_sink("out"), other_way = add_sink("other_way");
  graph_.connect(one, out);
  graph_.connect(two, out);
  graph_.connect(two, other_way);
  graph_.connect(one, other_way);
  plan();
  EXPECT_FALSE(plan_.stages[out].keeps_early);
  EXPECT_TRUE(plan_.stages[other_way].keeps_early);
}

TEST_F(PlanOrder, ABreakersOutputBeforeItsOwnInputMustKeepTheInput) {
  const auto source = add_source("source"), total = add(sum("sum")), out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(total, out);
  graph_.connect(source, out);
  plan();
  EXPECT_TRUE(plan_.stages[out].keeps_early);
  EXPECT_THAT(flow_plan(source).after_flows, IsEmpty());
}

TEST_F(PlanOrder, ABreakersOutputBehindItsOwnInputKeepsNothing) {
  const auto source = add_source("source"), total = add(sum("sum")), out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(source, out);
  graph_.connect(total, out);
  plan();
  EXPECT_FALSE(plan_.stages[out].keeps_early);
}

TEST_F(PlanOrder, AThirdFlowWaitsForTheFirstThoughTheSecondIsKeptEarly) {
  const auto source = add_source("source"), total = add(sum("sum")), third = add_source("third");
  const auto out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(total, out);
  graph_.connect(source, out);
  graph_.connect(third, out);
  plan();
  EXPECT_THAT(flow_plan(third).after_flows, ::testing::Contains(flow_of(total)));
}

TEST_F(PlanOrder, AStageBehindOneThatKeepsEarlyKnowsThatTheFlowIsHeldUp) {
  // At `first`, the source's batches wait for the sum. At `out`, where they come before the sum, the sum must
  // not wait for them with its credits.
  const auto source = add_source("source"), total = add(sum("sum")), first = add_serial("first");
  const auto out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(total, first);
  graph_.connect(source, first);
  graph_.connect(source, out);
  graph_.connect(first, out);
  plan();
  EXPECT_TRUE(plan_.stages[first].keeps_early);
  EXPECT_TRUE(plan_.stages[out].keeps_early);
  EXPECT_TRUE(segment_of(out).merge_keeps_early);
}

using PlanJoins = PlanTest;

TEST_F(PlanJoins, AProbeSideBeginsWhenTheBuildSideHasEnded) {
  const auto left = add_source("left"), right = add_source("right");
  const auto join = add_join("join", {left}, {right}), out = add_sink("out");
  graph_.connect(join, out);
  plan();
  EXPECT_THAT(flow_plan(left).after_builds, ElementsAre(join));
  EXPECT_THAT(flow_plan(right).after_builds, IsEmpty());
  EXPECT_THAT(plan_.stages[join].inputs[0].parked, IsEmpty());
}

TEST_F(PlanJoins, AFlowOnBothSidesIsParkedOnTheProbeSide) {
  const auto source = add_source("source"), odd = add_map("odd");
  const auto join = add_join("join", {source}, {odd}), out = add_sink("out");
  graph_.connect(source, odd);
  graph_.connect(join, out);
  plan();
  EXPECT_THAT(plan_.stages[join].inputs[0].parked, ElementsAre(flow_of(source)));
  EXPECT_FALSE(plan_.stages[join].inputs[0].fused);
  EXPECT_THAT(flow_plan(source).after_builds, IsEmpty());
}

TEST_F(PlanJoins, AProbeSideThatFeedsABreakerOfTheBuildSideIsParked) {
  const auto source = add_source("source"), total = add(sum("sum"));
  const auto join = add_join("join", {source}, {total}), out = add_sink("out");
  graph_.connect(source, total);
  graph_.connect(join, out);
  plan();
  EXPECT_THAT(plan_.stages[join].inputs[0].parked, ElementsAre(flow_of(source)));
}

TEST_F(PlanJoins, TwoProbePortsOfOneFlowWaitForTheBuildOnce) {
  auto spec = keep_known("join");
  spec.inputs.insert(spec.inputs.begin(), {.name = "first", .type = number_type()});
  const auto left = add_source("left"), right = add_source("right"), join = add(spec), out = add_sink("out");
  graph_.connect({.from = left, .to = join, .to_port = "first"});
  graph_.connect({.from = left, .to = join, .to_port = "left"});
  graph_.connect({.from = right, .to = join, .to_port = "right"});
  graph_.connect(join, out);
  plan();
  EXPECT_THAT(flow_plan(left).after_builds, ElementsAre(join));
}

TEST_F(PlanJoins, ALaterFlowIsKeptEarlyWhereTheEarlierIsParkedForIt) {
  // `first` waits at the join for the end of both; `second` must not wait for it at the sink with its
  // credits.
  const auto first = add_source("first"), second = add_source("second");
  const auto join = add_join("join", {first}, {first, second}), out = add_sink("out");
  graph_.connect(join, out);
  graph_.connect(second, out);
  plan();
  EXPECT_THAT(plan_.stages[join].inputs[0].parked, ElementsAre(flow_of(first)));
  EXPECT_TRUE(plan_.stages[out].keeps_early);
}

TEST_F(PlanJoins, FlowsThatLeaveALotInAnotherOrderThanTheyAreMergedInAreKeptEarly) {
  const auto first = add_source("first"), second = add_source("second");
  const auto join = add_join("join", {second, first}, {first, second}), out = add_sink("out");
  graph_.connect(first, out);
  graph_.connect(join, out);
  plan();
  EXPECT_THAT(plan_.stages[join].inputs[0].parked, ElementsAre(flow_of(second), flow_of(first)));
  EXPECT_TRUE(plan_.stages[out].keeps_early);
}

TEST_F(PlanJoins, WhatAParkedFlowWaitsForHoldsUpTheJoinsBehindItToo) {
  // The second join's build side is parked at the first until `extra` has ended: so `late` waits for `extra`
  // as well, and `extra` cannot be told to begin after `late`.
  const auto source = add_source("source"), extra = add_source("extra"), late = add_source("late");
  const auto first = add_join("first", {source}, {source, extra});
  const auto second = add_join("second", {late}, {first});
  const auto out = add_sink("out"), both = add_sink("both");
  graph_.connect(second, out);
  graph_.connect(late, both);
  graph_.connect(extra, both);
  plan();
  EXPECT_THAT(flow_plan(late).after_builds, ElementsAre(second));
  EXPECT_THAT(flow_plan(extra).after_flows, IsEmpty());
  EXPECT_TRUE(plan_.stages[both].keeps_early);
}

TEST_F(PlanJoins, JoinsThatCrossParkWhatCannotWait) {
  const auto one = add_source("one"), two = add_source("two");
  const auto there = add_join("there", {one}, {two}), back = add_join("back", {two}, {one});
  const auto out = add_sink("out"), also = add_sink("also");
  graph_.connect(there, out);
  graph_.connect(back, also);
  plan();
  EXPECT_THAT(flow_plan(one).after_builds, ElementsAre(there));
  EXPECT_THAT(plan_.stages[back].inputs[0].parked, ElementsAre(flow_of(two)));
}

using PlanArrivals = PlanTest;

/// The number of tokens of a flow that arrive at a stage for each sequence number.
std::size_t tokens_of(const SegmentPlan& segment, FlowIndex flow) {
  for (const ArrivalPlan& arrival : segment.arrivals) {
    if (arrival.flow == flow) return arrival.tokens;
  }
  return 0;
}

TEST_F(PlanArrivals, BranchesThatMeetAgainAreCounted) {
  const auto source = add_source("source"), one = add_map("one"), two = add_map("two"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(source, two);
  graph_.connect(source, out);
  graph_.connect(one, out);
  graph_.connect(two, out);
  plan();
  EXPECT_EQ(tokens_of(segment_of(out), flow_of(source)), 3u);
  EXPECT_FALSE(segment_of(out).merge_keeps_early);
}

TEST_F(PlanArrivals, AStageThatMergedBranchesSendsOneTokenOn) {
  const auto source = add_source("source"), one = add_map("one"), two = add_map("two");
  const auto met = add_map("met"), other = add_map("other"), out = add_sink("out");
  graph_.connect(source, one);
  graph_.connect(source, two);
  graph_.connect(one, met);
  graph_.connect(two, met);
  graph_.connect(met, out);
  graph_.connect(met, other);
  graph_.connect(other, out);
  plan();
  EXPECT_EQ(tokens_of(segment_of(met), flow_of(source)), 2u);
  EXPECT_EQ(tokens_of(segment_of(out), flow_of(source)), 2u);
}

TEST_F(PlanArrivals, ErrorsOfAJoinComeOnceFromEachSide) {
  const auto source = add_source("source");
  const auto join = add_join("join", {source}, {source}), out = add_sink("out"), dead = add_sink("dead");
  graph_.connect(join, out);
  graph_.connect({.from = join, .from_port = "errors", .to = dead});
  plan();
  EXPECT_EQ(tokens_of(segment_of(dead), flow_of(source)), 2u);
  EXPECT_TRUE(segment_of(dead).merge_keeps_early);
}

TEST_F(PlanArrivals, EachRetainedPortHasAWayInOfItsOwn) {
  auto spec = keep_known("join");
  std::get<TransformSpec>(spec.body).traits.concurrency = Concurrency::serial;
  const auto left = add_source("left"), right = add_source("right"), join = add(spec), out = add_sink("out");
  graph_.connect({.from = left, .to = join, .to_port = "left"});
  graph_.connect({.from = right, .to = join, .to_port = "right"});
  graph_.connect(join, out);
  plan();
  EXPECT_EQ(tokens_of(segment_of(join, 0), flow_of(left)), 1u);
  EXPECT_EQ(tokens_of(segment_of(join, 0), flow_of(right)), 0u);
  EXPECT_EQ(tokens_of(segment_of(join, 1), flow_of(right)), 1u);
}

}  // namespace
}  // namespace weir
