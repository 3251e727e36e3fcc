// What a config says of supervision, as the graph and the run's options have it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "stages/config/chaos_config.hpp"
#include "tests/stages/config/test_stages.hpp"
#include "weir/pipeline.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class SupervisedPipeline : public testing::Test {
 protected:
  SupervisedPipeline() { options_.registry = &test::registry(); }

  // A table, a filter and a sink, with further options of theirs, and further sections.
  Pipeline load(const std::string& table, const std::string& keep, const std::string& store,
                const std::string& sections = {}) const {
    const auto stage = [](const std::string& own, const std::string& more) {
      return "  - {" + own + (more.empty() ? "" : ", ") + more + "}\n";
    };
    return parse_pipeline("weir: 1\nstages:\n" + stage("type: table, columns: {a: bool}", table) +
                              stage("type: keep, where: a", keep) + stage("type: store, path: x", store) +
                              sections,
                          "x.yaml", "", options_);
  }
  Pipeline load_sections(const std::string& sections) const { return load("", "", "", sections); }

  std::string problems(const std::string& sections) const {
    try {
      load_sections(sections);
      return "none";
    } catch (const ConfigError& error) {
      return error.what();
    }
  }

  LoadOptions options_;
};

TEST_F(SupervisedPipeline, HasTheDefaultsOfTheHeadersWhereNothingIsSaid) {
  const Pipeline pipeline = load("", "", "");
  EXPECT_EQ(pipeline.graph.supervisor, RestartPolicy{});
  EXPECT_TRUE(pipeline.graph.groups.empty());
  EXPECT_EQ(pipeline.runtime.seed, 1u);
  EXPECT_EQ(pipeline.runtime.chaos, std::nullopt);
  for (const StageSpec& stage : pipeline.graph.stages) {
    EXPECT_EQ(stage.restart, RestartType::transient);
    EXPECT_EQ(stage.group, "");
    EXPECT_EQ(stage.timeout, CallTimeout{});
    EXPECT_EQ(stage.rate, RateLimit{});
    EXPECT_EQ(stage.circuit_breaker, std::nullopt);
  }
}

TEST_F(SupervisedPipeline, GivesStagesTheirLimits) {
  const Pipeline pipeline =
      load("restart: temporary, timeout: 90s", "restart: permanent, rate: 100/s, breaker: {}",
           "timeout: {after: 5s, abandon: false}, rate: 30/m, "
           "breaker: {window: 10, failures: 25%, open_for: 2s, probes: 3}");
  const auto& stages = pipeline.graph.stages;
  EXPECT_EQ(stages[0].restart, RestartType::temporary);
  EXPECT_EQ(stages[0].timeout, (CallTimeout{90s, false}));
  EXPECT_EQ(stages[1].restart, RestartType::permanent);
  EXPECT_EQ(stages[1].rate, (RateLimit{100, 1s}));
  EXPECT_EQ(stages[1].circuit_breaker, CircuitBreakerLimits{});
  EXPECT_EQ(stages[2].timeout, (CallTimeout{5s, false}));
  EXPECT_EQ(stages[2].rate, (RateLimit{30, 1min}));
  EXPECT_EQ(stages[2].circuit_breaker, (CircuitBreakerLimits{10, 0.25, 2s, 3}));
}

TEST_F(SupervisedPipeline, HasARestartPolicy) {
  const Pipeline pipeline = load_sections(R"(supervisor:
  strategy: rest_for_one
  max_restarts: 7
  within: 1m
  backoff: {initial: 50ms, max: 2s, jitter: 10%}
  healthy_after: 2m
  seed: 99
)");
  EXPECT_EQ(pipeline.graph.supervisor,
            (RestartPolicy{Strategy::rest_for_one, 7, 1min, {50ms, 2s, 0.1}, 2min}));
  EXPECT_EQ(pipeline.runtime.seed, 99u);
}

TEST_F(SupervisedPipeline, ABackoffKeepsWhatItDoesNotSay) {
  const RestartPolicy standard;
  EXPECT_EQ(load_sections("supervisor: {backoff: 1s}\n").graph.supervisor.backoff,
            (Backoff{1s, standard.backoff.max, standard.backoff.jitter}));
  EXPECT_EQ(load_sections("supervisor: {backoff: {max: 1m}}\n").graph.supervisor.backoff,
            (Backoff{standard.backoff.initial, 1min, standard.backoff.jitter}));
  EXPECT_EQ(load_sections("supervisor: {backoff: 0s, max_restarts: 0}\n").graph.supervisor.backoff.initial,
            0s);
}

TEST_F(SupervisedPipeline, GroupsItsStages) {
  const Pipeline pipeline = load_sections(
      "supervisor: {groups: {writers: {stages: [store, keep], strategy: one_for_all, max_restarts: 1}}}\n");
  ASSERT_EQ(pipeline.graph.groups.size(), 1u);
  EXPECT_EQ(pipeline.graph.groups[0].name, "writers");
  EXPECT_EQ(pipeline.graph.groups[0].parent, "");
  EXPECT_EQ(pipeline.graph.groups[0].policy.strategy, Strategy::one_for_all);
  EXPECT_EQ(pipeline.graph.groups[0].policy.max_restarts, 1u);
  EXPECT_EQ(pipeline.graph.stages[0].group, "");
  EXPECT_EQ(pipeline.graph.stages[1].group, "writers");
  EXPECT_EQ(pipeline.graph.stages[2].group, "writers");
}

TEST_F(SupervisedPipeline, NestsGroupsInOneAnotherOrByName) {
  const Pipeline pipeline = load_sections(R"(supervisor:
  groups:
    below: {stages: [store], parent: above}
    outer: {groups: {inner: {stages: [keep]}}}
    above: {stages: [table], parent: outer}
)");
  std::vector<std::string> groups;
  for (const SupervisionGroup& group : pipeline.graph.groups)
    groups.push_back(group.name + " in " + group.parent);
  EXPECT_THAT(groups, ElementsAre("outer in ", "inner in outer", "above in outer", "below in above"))
      << "every parent before its children";
  EXPECT_EQ(pipeline.graph.stages[1].group, "inner");
}

TEST_F(SupervisedPipeline, InjectsTheFaultsOfItsConfig) {
  const Pipeline pipeline = load_sections(
      "chaos: {throw: 1%, throws_per_record: 2, at_record: 1000, delay: 0.05, delay_max: 10ms, opens: 3, "
      "finish: 50%, seed: 7, stages: [keep, store]}\n");
  ChaosOptions expected;
  expected.seed = 7;
  expected.throw_share = 0.01;
  expected.throws_per_record = 2;
  expected.throw_at = 1000;
  expected.delay_share = 0.05;
  expected.delay = 10ms;
  expected.failed_opens = 3;
  expected.finish_share = 0.5;
  expected.stages = {"keep", "store"};
  EXPECT_EQ(pipeline.runtime.chaos, expected);
}

TEST_F(SupervisedPipeline, TakesItsFaultsFromATextInPlaceOfTheConfig) {
  options_.chaos = " throw=2% , seed = 7,stages=keep+store";
  ChaosOptions expected;
  expected.throw_share = 0.02;
  expected.seed = 7;
  expected.stages = {"keep", "store"};
  EXPECT_EQ(load_sections("chaos: {opens: 3}\n").runtime.chaos, expected);
}

TEST_F(SupervisedPipeline, PlacesProblemsOfTheTextInIt) {
  const auto told = [&](const std::string& text) {
    options_.chaos = text;
    return problems("");
  };
  EXPECT_EQ(told("throw=1%,sed=7,stages=kepe+x+store"),
            "--chaos:1:10: chaos.sed: there is no chaos option `sed`\n"
            "    1 | throw=1%,sed=7,stages=kepe+x+store\n"
            "      |          ^~~\n"
            "      = did you mean `seed`?\n");
  EXPECT_THAT(told("throw=1%,stages=keep+stroe"),
              HasSubstr("--chaos:1:22: chaos.stages[1]: there is no stage `stroe`\n"
                        "    1 | throw=1%,stages=keep+stroe\n"
                        "      |                      ^~~~~\n"
                        "      = did you mean `store`?\n"));
  EXPECT_THAT(told("throw=1,delay=5"),
              HasSubstr("--chaos:1:15: chaos.delay: this wants a share from 0% to 100%"));
  EXPECT_THAT(told("throw"), HasSubstr("--chaos:1:1: chaos: this wants KEY=VALUE, not `throw`"));
  EXPECT_THAT(told("throw=1%,"), HasSubstr("--chaos:1:10: chaos: this wants KEY=VALUE, not ``"));
  EXPECT_THAT(told(""), HasSubstr("--chaos:1:1: chaos: this wants KEY=VALUE, not ``"));
  EXPECT_THAT(told("seed=7"), HasSubstr("--chaos:1:1: chaos: this asks for no fault"));
  EXPECT_THAT(told("throw=1%,throw=2%"),
              HasSubstr("--chaos:1:10: chaos.throw: the key `throw` is given twice"));
}

TEST_F(SupervisedPipeline, WritesItsFaultsAsTheTextThatTheyWouldBeReadFrom) {
  for (const std::string& text :
       {std::string("throw=1%"), std::string("throw=0.1%,throws_per_record=3,seed=7"),
        std::string("at_record=1000,delay=5%,delay_max=250us,opens=2,finish=50%,stages=keep+store"),
        std::string("throw=7%,delay=2.5%,delay_max=10ms,seed=18446744073709551615")}) {
    options_.chaos = text;
    EXPECT_EQ(chaos_text(*load_sections("").runtime.chaos), text);
  }
}

}  // namespace
}  // namespace weir
