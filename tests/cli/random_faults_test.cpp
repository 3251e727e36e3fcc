#include "cli/random_faults.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

// A graph whose stages have these policies.
Graph graph_of(const std::vector<ErrorPolicy>& policies) {
  Graph graph;
  for (const ErrorPolicy& policy : policies) {
    StageSpec stage;
    stage.name = "stage" + std::to_string(graph.stages.size());
    stage.on_error = policy;
    graph.add(std::move(stage));
  }
  return graph;
}

constexpr std::uint64_t kSeeds = 200;

ErrorPolicy trying_again(std::uint32_t times) {
  return ErrorPolicy::always(ErrorChain({retry(times)}, FailureAction::fail));
}
ErrorPolicy restarting(std::uint32_t times) {
  return ErrorPolicy::always(ErrorChain({restart(times)}, FailureAction::fail));
}

TEST(RandomFaults, FollowFromTheirSeed) {
  const Graph graph = graph_of({trying_again(3)});
  EXPECT_EQ(random_faults(graph, 7), random_faults(graph, 7));
  EXPECT_NE(random_faults(graph, 7), random_faults(graph, 8));
  EXPECT_EQ(random_faults(graph, 7).seed, 7u);
}

TEST(RandomFaults, ThrowNoMoreOftenThanEveryStageTriesAgain) {
  const Graph graph = graph_of({trying_again(5), ErrorPolicy{}, trying_again(2)});
  bool twice = false;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const ChaosOptions faults = random_faults(graph, seed);
    EXPECT_GT(faults.throw_share, 0);
    EXPECT_LE(faults.throws_per_record, 2u);
    EXPECT_FALSE(faults.throw_at);
    EXPECT_EQ(faults.stages, (std::vector<std::string>{"stage0", "stage2"}));
    twice = twice || faults.throws_per_record == 2;
  }
  EXPECT_TRUE(twice);
}

TEST(RandomFaults, LeadToNoMoreRestartsThanAGroupMayHave) {
  Graph graph = graph_of({restarting(1), trying_again(3), restarting(2)});
  graph.groups.push_back({"few", "", {.max_restarts = 4}});
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const ChaosOptions faults = random_faults(graph, seed);
    EXPECT_EQ(faults.throw_share, 0);
    EXPECT_TRUE(faults.throw_at);
    EXPECT_EQ(faults.finish_share, 0) << "each output of a stage might throw";
    EXPECT_LE(2 * (1 + faults.failed_opens), 4u);
    EXPECT_EQ(faults.stages.size(), 3u);
  }
}

TEST(RandomFaults, LeaveStagesAloneThatAThrowWouldSpoil) {
  Graph graph = graph_of({trying_again(3)});
  TransformSpec spoilt;
  spoilt.traits.concurrency = Concurrency::serial;
  spoilt.traits.state_after_throw = StateAfterThrow::spoilt;
  graph.stages[0].body = spoilt;
  EXPECT_FALSE(can_recover(graph));
}

TEST(RandomFaults, OnlyDelayWhereNothingCanRecover) {
  for (const Graph& graph : {graph_of({ErrorPolicy{}, ErrorPolicy::always(FailureAction::skip)}),
                             graph_of({restarting(1), restarting(1), restarting(1), restarting(1),
                                       restarting(1), restarting(1)})}) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const ChaosOptions faults = random_faults(graph, seed);
      EXPECT_EQ(faults.throw_share + faults.finish_share, 0);
      EXPECT_FALSE(faults.throw_at);
      EXPECT_GT(faults.delay_share, 0);
      EXPECT_EQ(faults.stages.size(), graph.stages.size());
    }
  }
  EXPECT_FALSE(can_recover(graph_of({ErrorPolicy{}})));
  EXPECT_TRUE(can_recover(graph_of({ErrorPolicy{}, restarting(1)})));
}

}  // namespace
}  // namespace weir
