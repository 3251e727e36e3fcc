#include "engine/supervision/supervision_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

StageSpec sink(std::string name) { return collect(std::move(name), std::make_shared<Collected>()); }
StageSpec same(std::string name) {
  return map(std::move(name), [](auto x) { return x; });
}
/// A stage that is rebuilt when it fails.
StageSpec restarted(StageSpec spec, std::string group = {}) {
  spec.on_error = ErrorPolicy::always({{restart(1)}, FailureAction::fail});
  spec.group = std::move(group);
  return spec;
}
StageSpec in_group(StageSpec spec, std::string group) {
  spec.group = std::move(group);
  return spec;
}
SupervisionGroup group(std::string name, std::string parent = {}, Strategy strategy = Strategy::one_for_one) {
  return {.name = std::move(name), .parent = std::move(parent), .policy = {.strategy = strategy}};
}

std::vector<std::string> names_of(const Graph& graph, const std::vector<StageIndex>& stages) {
  std::vector<std::string> names;
  for (const StageIndex stage : stages)
    names.push_back(graph.stages[stage].name);
  return names;
}
std::vector<std::string> after(const Graph& graph, StageIndex stage) {
  return names_of(graph, supervision_plan(graph, 1).children[stage].after);
}

///     source -> left  -> joined -> out
///          '--> right --'   |
///                '- errors -> dead
class Diamond : public ::testing::Test {
 protected:
  Diamond() {
    graph_.connect(source_, left_);
    graph_.connect(source_, right_);
    graph_.connect({.from = left_, .to = joined_, .to_port = "left"});
    graph_.connect({.from = right_, .to = joined_, .to_port = "right"});
    graph_.connect(joined_, out_);
    graph_.connect({.from = right_, .from_port = "errors", .to = dead_});
  }
  std::vector<std::string> rebuilt() const {
    std::vector<StageIndex> stages;
    const std::vector<bool> may_be = may_be_rebuilt(graph_);
    for (StageIndex stage = 0; stage < may_be.size(); ++stage) {
      if (may_be[stage]) stages.push_back(stage);
    }
    return names_of(graph_, stages);
  }
  StageSpec& stage(StageIndex index) { return graph_.stages[index]; }

  Graph graph_;
  // The stages stand in no order that would help.
  const StageIndex out_ = graph_.add(sink("out")), joined_ = graph_.add(keep_known("joined")),
                   source_ = graph_.add(count_up("source", 1)), right_ = graph_.add(same("right")),
                   dead_ = graph_.add(sink("dead")), left_ = graph_.add(same("left"));
};

TEST_F(Diamond, AfterAStageIsAllThatIsDownstreamOfIt) {
  EXPECT_THAT(after(graph_, source_), UnorderedElementsAre("left", "right", "joined", "out", "dead"));
  EXPECT_THAT(after(graph_, left_), UnorderedElementsAre("joined", "out"));
  EXPECT_THAT(after(graph_, right_), UnorderedElementsAre("joined", "out", "dead"))
      << "its errors are read as well";
  EXPECT_THAT(after(graph_, joined_), UnorderedElementsAre("out"));
  EXPECT_THAT(after(graph_, out_), IsEmpty());
  EXPECT_THAT(after(graph_, dead_), IsEmpty());
}

TEST_F(Diamond, SinksAreBuiltFirstAndSourcesLastAndReadersBeforeThoseTheyRead) {
  const auto order = names_of(graph_, build_order(graph_));
  const auto at = [&](const char* name) { return std::ranges::find(order, name) - order.begin(); };
  EXPECT_EQ(order.size(), graph_.stages.size());
  EXPECT_LT(std::max(at("out"), at("dead")), std::min({at("left"), at("right"), at("joined")}));
  EXPECT_LT(at("joined"), std::min(at("left"), at("right")));
  EXPECT_EQ(order.back(), "source");
}

TEST_F(Diamond, ChildrenAreTheStagesInTheirOrderWithTheirRestartTypes) {
  stage(left_).restart = RestartType::temporary;
  stage(joined_).restart = RestartType::permanent;
  const TreePlan plan = supervision_plan(graph_, 42);
  EXPECT_EQ(plan.seed, 42u);
  ASSERT_EQ(plan.children.size(), graph_.stages.size());
  EXPECT_EQ(plan.children[left_].restart, RestartType::temporary);
  EXPECT_EQ(plan.children[joined_].restart, RestartType::permanent);
  EXPECT_EQ(plan.children[out_].restart, RestartType::transient);
  for (const TreeChild& child : plan.children)
    EXPECT_EQ(child.group, kRootGroup);
}

TEST(SupervisionPlan, PutsParentsBeforeChildrenInWhateverOrderTheyAreGiven) {
  std::vector<SupervisionGroup> groups = {group("a"), group("b", "a"), group("c", "b"), group("d", "a"),
                                          group("e")};
  std::ranges::sort(groups, {}, &SupervisionGroup::name);
  do {
    Graph graph =
        chain({in_group(count_up("source", 1), "c"), in_group(same("map"), "d"), in_group(sink("out"), "")});
    graph.groups = groups;
    ASSERT_THAT(graph.validate(), IsEmpty());
    const TreePlan plan = supervision_plan(graph, 1);
    ASSERT_EQ(plan.groups.size(), 6u);
    for (GroupIndex index = 1; index < plan.groups.size(); ++index)
      EXPECT_LT(plan.groups[index].parent, index) << plan.groups[index].name;
    const auto& inner = plan.groups[plan.children[0].group];
    EXPECT_EQ(inner.name, "c");
    EXPECT_EQ(plan.groups[inner.parent].name, "b");
    EXPECT_EQ(plan.groups[plan.groups[inner.parent].parent].name, "a");
    EXPECT_EQ(plan.groups[plan.children[1].group].name, "d");
    EXPECT_EQ(plan.children[2].group, kRootGroup);
  } while (std::ranges::next_permutation(groups, {}, &SupervisionGroup::name).found);
}

TEST(SupervisionPlan, EachGroupHasItsOwnPolicyAndTheTopmostTheGraphs) {
  Graph graph = chain({count_up("source", 1), sink("out")});
  graph.supervisor.max_restarts = 77;
  graph.groups = {group("inner", "", Strategy::one_for_all)};
  const TreePlan plan = supervision_plan(graph, 1);
  EXPECT_EQ(plan.groups[kRootGroup].policy.max_restarts, 77u);
  EXPECT_EQ(plan.groups[kRootGroup].parent, kRootGroup);
  EXPECT_EQ(plan.groups[1].policy.strategy, Strategy::one_for_all);
}

// --- Which stages may be rebuilt: only they pay for a gate ---

TEST_F(Diamond, NobodyIsRebuiltWhereNobodySaysRestart) {
  stage(left_).on_error = ErrorPolicy::always({{retry(3)}, FailureAction::skip});
  graph_.supervisor.strategy = Strategy::one_for_all;
  EXPECT_THAT(rebuilt(), IsEmpty());
}

TEST_F(Diamond, AloneWhereTheStrategyIsOneForOne) {
  stage(left_) = restarted(stage(left_));
  EXPECT_THAT(rebuilt(), ElementsAre("left"));
}

TEST_F(Diamond, WithAllDownstreamWhereItIsRestForOne) {
  stage(left_) = restarted(stage(left_));
  graph_.supervisor.strategy = Strategy::rest_for_one;
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "joined", "out"));
}

TEST_F(Diamond, WithTheWholeGroupWhereItIsOneForAll) {
  stage(left_) = restarted(stage(left_));
  graph_.supervisor.strategy = Strategy::one_for_all;
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("out", "joined", "source", "right", "dead", "left"));
}

TEST_F(Diamond, TemporaryStagesStayOutOfEveryCascade) {
  stage(left_) = restarted(stage(left_));
  stage(joined_).restart = RestartType::temporary;
  graph_.supervisor.strategy = Strategy::rest_for_one;
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "out"));
}

TEST_F(Diamond, APermanentSourceMayBeRebuiltThoughNoErrorSaysSo) {
  stage(source_).restart = RestartType::permanent;
  EXPECT_THAT(rebuilt(), ElementsAre("source"));
}

TEST_F(Diamond, ACascadeStaysInItsGroup) {
  graph_.groups = {group("branch", "", Strategy::rest_for_one)};
  stage(left_) = restarted(stage(left_), "branch");
  stage(joined_).group = "branch";
  // The root may have to restart the group, but takes nobody else along.
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "joined"));
}

TEST_F(Diamond, AGroupMayFailAsAWhole) {
  graph_.groups = {group("branch")};
  stage(left_) = restarted(stage(left_), "branch");
  stage(right_).group = "branch";
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "right"));
}

TEST_F(Diamond, TheGroupAboveMayTakeMoreAlong) {
  graph_.groups = {group("branch")};
  stage(left_) = restarted(stage(left_), "branch");
  stage(right_).group = "branch";
  graph_.supervisor.strategy = Strategy::rest_for_one;
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "right", "joined", "out", "dead"));
}

TEST_F(Diamond, GroupsBelowAreInTheirAncestors) {
  graph_.groups = {group("outer", "", Strategy::one_for_all), group("inner", "outer")};
  stage(left_) = restarted(stage(left_), "outer");
  stage(out_).group = "inner";
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "out"));
}

TEST_F(Diamond, OneThatIsTakenAlongMayFailMeanwhileAndTakeItsOwnGroupAlong) {
  graph_.supervisor.strategy = Strategy::rest_for_one;
  graph_.groups = {group("ends", "", Strategy::one_for_all)};
  stage(left_) = restarted(stage(left_));
  stage(out_).group = stage(dead_).group = "ends";
  // `dead` is not downstream of `left`, but `out` is, and is rebuilt with `dead` or not at all.
  EXPECT_THAT(rebuilt(), UnorderedElementsAre("left", "joined", "out", "dead"));
}

// --- May be rebuilt, against what a tree decides ---

/// A random tree of groups, and a random graph of stages in them, some of which are rebuilt when they fail.
Graph any_graph() {
  Graph graph;
  const auto strategy = [] {
    return *rc::gen::element(Strategy::one_for_one, Strategy::rest_for_one, Strategy::one_for_all);
  };
  const auto policy = [&] {
    return RestartPolicy{.strategy = strategy(), .max_restarts = *rc::gen::inRange(0U, 3U), .within = 10s};
  };
  graph.supervisor = policy();
  std::vector<std::string> names = {""};
  const int groups = *rc::gen::inRange(0, 4);
  for (int i = 0; i < groups; ++i) {
    const std::string name = "group" + std::to_string(i);
    graph.groups.push_back({.name = name, .parent = *rc::gen::elementOf(names), .policy = policy()});
    names.push_back(name);
  }
  const int stages = *rc::gen::inRange(1, 8);
  for (int i = 0; i < stages; ++i) {
    StageSpec spec = in_group(same("stage" + std::to_string(i)), *rc::gen::elementOf(names));
    if (*rc::gen::arbitrary<bool>()) spec = restarted(spec, spec.group);
    if (*rc::gen::inRange(0, 4) == 0) spec.restart = RestartType::temporary;
    const StageIndex added = graph.add(std::move(spec));
    for (StageIndex from = 0; from < added; ++from) {
      if (*rc::gen::inRange(0, 3) == 0) graph.connect(from, added);
    }
  }
  return graph;
}

RC_GTEST_PROP(MayBeRebuilt, KnowsAllThatATreeEverRebuilds, ()) {
  const Graph graph = any_graph();
  const std::vector<bool> rebuilt = may_be_rebuilt(graph);
  SupervisionTree tree(supervision_plan(graph, 1));
  TimePoint now{1h};
  std::set<StageIndex> seen;
  for (int failure = 0; failure < 200; ++failure) {
    const auto stage = *rc::gen::inRange<StageIndex>(0, graph.stages.size());
    now += *rc::gen::element(0s, 1s, 6s);
    // A stage fails only if its policy says so, or while it is rebuilt.
    if (!graph.stages[stage].on_error.may(RecoveryStep::Kind::restart) && !seen.contains(stage)) continue;
    if (const Verdict verdict = tree.child_failed(stage, now);
        const auto* again = std::get_if<Restart>(&verdict))
      seen.insert(again->children.begin(), again->children.end());
  }
  for (const StageIndex stage : seen)
    RC_ASSERT(rebuilt[stage]);
}

}  // namespace
}  // namespace weir
