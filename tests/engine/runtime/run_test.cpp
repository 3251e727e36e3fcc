#include "weir/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/engine/testing/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Runs every test with 1, 2 and 8 threads, whatever the machine has.
class Run : public ::testing::TestWithParam<std::size_t> {
 protected:
  RunReport run(const Graph& graph) {
    RunReport report = weir::run(graph, {.threads = GetParam()});
    EXPECT_THAT(report.imbalances(), IsEmpty());
    return report;
  }
  ThreadLimit limit_{GetParam()};
  CollectedPtr out_ = std::make_shared<Collected>();
};
INSTANTIATE_TEST_SUITE_P(Threads, Run, ::testing::Values(1, 2, 8));

TEST_P(Run, PassesEveryRecordOnceAndInOrder) {
  const Graph graph = chain({count_up("source", 10'000, 3), map("negate", [](auto x) { return -x; }),
                             map("back", [](auto x) { return -x; }), collect("out", out_)});
  const RunReport report = run(graph);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out_->values, zero_to(10'000));
  EXPECT_EQ(out_->committed, 1);
  EXPECT_EQ(out_->aborted, 0);
}

TEST_P(Run, EmptySourceEndsAndPublishes) {
  EXPECT_TRUE(run(chain({count_up("source", 0), sum("sum"), collect("out", out_)})).succeeded());
  EXPECT_THAT(out_->values, ElementsAre(0));
}

TEST_P(Run, SumsInReplicasAndMergesThem) {
  EXPECT_TRUE(run(chain({count_up("source", 10'000, 7), sum("sum"), collect("out", out_)})).succeeded());
  EXPECT_THAT(out_->values, ElementsAre(49'995'000));
}

TEST_P(Run, FansOutToEverySuccessorAndMergesInOrderOfTheEdges) {
  Graph graph;
  const auto source = graph.add(count_up("source", 1'000));
  const auto twice = graph.add(map("twice", [](auto x) { return 2 * x; }));
  const auto minus = graph.add(map("minus", [](auto x) { return -x; }));
  const auto out = graph.add(collect("out", out_));
  graph.connect(source, twice);
  graph.connect(source, minus);
  graph.connect(minus, out);
  graph.connect(twice, out);
  EXPECT_TRUE(run(graph).succeeded());
  std::vector<std::int64_t> expected;
  for (std::int64_t i = 0; i < 1'000; ++i)
    expected.insert(expected.end(), {-i, 2 * i});
  EXPECT_EQ(out_->values, expected);
}

TEST_P(Run, MergesDifferentSourcesOneAfterAnother) {
  Graph graph;
  const auto late = graph.add(count_up("second", 500, 10));
  const auto early = graph.add(map("shift", [](auto x) { return x + 1'000; }));
  const auto first = graph.add(count_up("first", 500, 7));
  const auto out = graph.add(collect("out", out_));
  graph.connect(late, early);
  graph.connect(first, out);
  graph.connect(early, out);
  EXPECT_TRUE(run(graph).succeeded());
  ASSERT_EQ(out_->values.size(), 1'000u);
  EXPECT_TRUE(std::is_sorted(out_->values.begin(), out_->values.end()));
}

TEST_P(Run, NamedPortsSplitAStream) {
  Graph graph;
  auto rest = std::make_shared<Collected>();
  const auto source = graph.add(count_up("source", 100));
  const auto even = graph.add(filter("even", [](auto x) { return x % 2 == 0; }));
  const auto evens = graph.add(collect("evens", out_));
  const auto odds = graph.add(collect("odds", rest));
  graph.connect(source, even);
  graph.connect(even, evens);
  graph.connect({.from = even, .from_port = "rest", .to = odds});
  EXPECT_TRUE(run(graph).succeeded());
  EXPECT_EQ(out_->values.size(), 50u);
  EXPECT_EQ(rest->values.size(), 50u);
  EXPECT_EQ(rest->values[3], 7);
}

TEST_P(Run, ProbeSideWaitsForTheBuildSide) {
  Graph graph;
  const auto left = graph.add(count_up("left", 10'000, 11));
  const auto right = graph.add(count_up("right", 5'000, 13));
  const auto join = graph.add(keep_known("join"));
  const auto out = graph.add(collect("out", out_));
  graph.connect({.from = left, .to = join, .to_port = "left"});
  graph.connect({.from = right, .to = join, .to_port = "right"});
  graph.connect(join, out);
  EXPECT_TRUE(run(graph).succeeded());
  EXPECT_EQ(out_->values, zero_to(5'000));
}

TEST_P(Run, SelfJoinOfOneSourceEndsThoughItHoldsMoreThanTheCredits) {
  Graph graph;
  const auto source = graph.add(count_up("source", 5'000));
  const auto odd = graph.add(filter("odd", [](auto x) { return x % 2 == 1; }));
  const auto join = graph.add(keep_known("join"));
  const auto out = graph.add(collect("out", out_));
  graph.connect(source, odd);
  graph.connect({.from = source, .to = join, .to_port = "left"});
  graph.connect({.from = odd, .to = join, .to_port = "right"});
  graph.connect(join, out);
  EXPECT_TRUE(run(graph).succeeded());
  EXPECT_EQ(out_->values.size(), 2'500u);
  EXPECT_TRUE(std::is_sorted(out_->values.begin(), out_->values.end()));
}

TEST_P(Run, SerialStagesSeeTheirInputInOrder) {
  std::atomic<int> out_of_order{0};
  const Graph graph = chain({count_up("source", 10'000), map("same", [](auto x) { return x; }),
                             in_order("in_order", out_of_order), collect("out", out_)});
  EXPECT_TRUE(run(graph).succeeded());
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(out_->values, zero_to(10'000));
}

TEST_P(Run, ThreadedSourcesAndSinksDeliverInOrder) {
  const Graph graph = chain({count_up_threaded("source", 5'000), map("same", [](auto x) { return x; }),
                             collect("out", out_, {.blocking = true})});
  EXPECT_TRUE(run(graph).succeeded());
  EXPECT_EQ(out_->values, zero_to(5'000));
}

TEST_P(Run, SkipsAPoisonRecordAndNotItsNeighbours) {
  StageSpec picky = map("picky", [](auto x) { return x % 1'000 == 617 ? throw RecordError("617") : x; });
  picky.on_error = ErrorPolicy::always(FailureAction::skip);
  const RunReport report = run(chain({count_up("source", 10'000, 1'024), picky, collect("out", out_)}));
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out_->values.size(), 9'990u);
  EXPECT_EQ(report.stages[1].skipped, 10u);
}

TEST_P(Run, DeadLettersLeaveInOrder) {
  Graph graph;
  auto dead = std::make_shared<Collected>();
  StageSpec picky = map("picky", [](auto x) { return x % 100 == 17 ? throw std::runtime_error("17") : x; });
  picky.on_error = ErrorPolicy::always(FailureAction::dead_letter);
  const auto source = graph.add(count_up("source", 1'000, 64));
  const auto middle = graph.add(std::move(picky));
  const auto out = graph.add(collect("out", out_));
  const auto errors = graph.add(collect("dead", dead));
  graph.connect(source, middle);
  graph.connect(middle, out);
  graph.connect({.from = middle, .from_port = "errors", .to = errors});
  const RunReport report = run(graph);
  EXPECT_TRUE(report.succeeded());
  EXPECT_THAT(dead->values, ElementsAre(17, 117, 217, 317, 417, 517, 617, 717, 817, 917));
  EXPECT_EQ(out_->values.size(), 990u);
}

TEST_P(Run, FailureDrainsPublishesNothingAndNamesTheFirstRecord) {
  const Graph graph = chain(
      {count_up("source", 100'000),
       map("picky",
           [](auto x) { return x >= 1'234 ? throw RecordError("too large: " + std::to_string(x)) : x; }),
       collect("out", out_)});
  const RunReport report = run(graph);
  EXPECT_EQ(report.status, RunStatus::failed);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "picky");
  EXPECT_EQ(report.failure->error.message, "too large: 1234");
  EXPECT_EQ(report.failure->origin.line, 1'235u);
  EXPECT_EQ(out_->committed, 0);
  EXPECT_EQ(out_->aborted, 1);
  EXPECT_EQ(Numbers::alive, 0);
}

TEST(RunApi, RefusesToRunInsideAStage) {
  auto out = std::make_shared<Collected>();
  const Graph inner = chain({count_up("source", 1), collect("out", out)});
  const Graph outer = chain({count_up("source", 1),
                             map("nested",
                                 [&](auto x) {
                                   (void)weir::run(inner);
                                   return x;
                                 }),
                             collect("out", out)});
  const RunReport report = weir::run(outer);
  EXPECT_EQ(report.status, RunStatus::failed);
  EXPECT_THAT(report.failure->error.message, HasSubstr("inside a stage"));
}

TEST(RunApi, StopDrainsAnEndlessSource) {
  auto out = std::make_shared<Collected>();
  RunHandle handle = start(chain({count_up("source", 1'000'000'000), collect("out", out)}));
  EXPECT_TRUE(wait_until([&] { return handle.snapshot().stages[0].in > 1'000; }));
  handle.request_stop();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::drained);
  EXPECT_THAT(report.imbalances(), IsEmpty());
  EXPECT_EQ(out->committed, 0);
  EXPECT_EQ(out->aborted, 1);
  EXPECT_EQ(report.stages[1].in, report.stages[1].processed);
}

}  // namespace
}  // namespace weir
