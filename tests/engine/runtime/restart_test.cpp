// Stages that are rebuilt while the run goes on: alone, in cascades, with delays, in vain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engine/testing/breakable_stage.hpp"
#include "tests/engine/testing/observed_runs.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"
#include "weir/testing/manual_clock.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class RestartTest : public ObservedRuns {};
WEIR_RUN_WITH_THREADS(RestartTest);

TEST_P(RestartTest, AFailedStageIsRebuiltAndTheRecordReplayed) {
  const LifePtr life = life_with({{7, 1}});
  const RunReport report = run(around(breakable("stage", life)), observed());
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
  EXPECT_EQ(life->made, 2);
  EXPECT_EQ(report.restarts, 1u);
  EXPECT_EQ(stage(report, "stage").restarts, 1u);
  EXPECT_THAT(incarnations(report), ElementsAre(1, 2, 1));
  ASSERT_EQ(told(EventKind::restarting).size(), 1u);
  EXPECT_EQ(told(EventKind::restarting)[0].error.message, "broken");
  EXPECT_THAT(told(EventKind::restarting)[0].stages, ElementsAre("stage"));
  ASSERT_EQ(told(EventKind::restarted).size(), 1u);
  EXPECT_EQ(told(EventKind::restarted)[0].incarnation, 2u);
}

TEST_P(RestartTest, CallsOfTheFailedIncarnationThatFailAsWellCostNoFurtherRestart) {
  // All workers are in the stage when it breaks, and all of them see it broken.
  constexpr int kAtOnce = 8;
  std::atomic<int> made{0}, inside{0};
  StageSpec spec = map("stage", [](std::int64_t value) { return value; });
  TransformSpec body;
  struct Meeting final : Transform {
    Meeting(int its_number, std::atomic<int>& its_inside, int its_wanted)
        : number(its_number), inside(its_inside), wanted(its_wanted) {}
    Cursor process(const Input& input, State*, Emitter& out) override {
      if (number == 1) {
        ++inside;
        wait_until([this] { return inside >= wanted; });
        throw std::runtime_error("broken");
      }
      out.emit(input.batch);
      return kDone;
    }
    int number;
    std::atomic<int>& inside;
    int wanted;
  };
  const int at_once = std::min(kAtOnce, static_cast<int>(GetParam()));
  body.make = [&] { return std::make_unique<Meeting>(++made, inside, at_once); };
  spec.body = std::move(body);
  spec.on_error = ErrorPolicy::always({{restart(1)}, FailureAction::fail});
  const RunReport report = run(around(std::move(spec)));
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
  EXPECT_EQ(report.restarts, 1u);
  EXPECT_EQ(made, 2);
}

TEST_P(RestartTest, EachRecordHasSoManyRestartsAndNoMore) {
  const LifePtr life = life_with({{7, 100}});
  StageSpec spec = breakable("stage", life, 2);
  spec.on_error.of(ErrorClass::other).last = FailureAction::skip;
  Graph graph = around(std::move(spec));
  graph.supervisor.backoff = {};
  const RunReport report = run(graph);
  expect_success(report);
  EXPECT_EQ(stage(report, "stage").skipped, 1u);
  // The one that is left out leaves a broken stage behind, which the next record has rebuilt.
  EXPECT_EQ(report.restarts, 3u);
}

TEST_P(RestartTest, TheFirstRestartIsImmediateTheNextOnesWait) {
  ManualClock clock;
  const LifePtr life = life_with({{0, 3}});
  Graph graph = around(breakable("stage", life), 1);
  graph.supervisor.backoff = {.initial = 1h, .max = 4h, .jitter = 0};
  graph.supervisor.within = 24h;
  RunHandle handle = start(std::move(graph), observed({.clock = &clock}));
  const auto made = [&] {
    const std::lock_guard lock(life->mutex);
    return life->made;
  };
  EXPECT_TRUE(wait_until([&] { return made() == 2; }));
  clock.await_waiters();
  clock.advance(59min);
  EXPECT_EQ(made(), 2);
  clock.advance(1min);
  EXPECT_TRUE(wait_until([&] { return made() == 3; }));
  clock.await_waiters();
  clock.advance(2h);
  const RunReport report = handle.wait();
  check(report);
  expect_success(report);
  std::vector<Duration> delays;
  for (const Event& event : told(EventKind::restarting))
    delays.push_back(event.delay);
  EXPECT_THAT(delays, ElementsAre(0h, 1h, 2h));
}

TEST_P(RestartTest, WhatArrivesMeanwhileWaitsAndOtherStagesGoOn) {
  ManualClock clock;
  const LifePtr life = life_with({{0, 2}});
  const auto other = std::make_shared<Collected>();
  Graph graph;
  const auto source = graph.add(count_up("source", 40));
  const auto broken = graph.add(breakable("stage", life));
  const auto out = graph.add(collect("out", out_)), all = graph.add(collect("all", other));
  graph.connect(source, broken);
  graph.connect(broken, out);
  graph.connect(source, all);
  graph.supervisor.backoff = {.initial = 1h};
  RunHandle handle = start(std::move(graph), {.credit_tokens = 10, .clock = &clock});
  // The stage waits an hour to be rebuilt; the other sink gets all that the credits let through.
  EXPECT_TRUE(wait_until([&] {
    const std::lock_guard lock(other->mutex);
    return other->values.size() == 10;
  }));
  EXPECT_THAT(out_->values, ElementsAre());
  clock.await_waiters();
  clock.advance(1h);
  const RunReport report = handle.wait();
  check(report);
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(40)));
}

TEST_P(RestartTest, MoreRestartsThanTheGroupMayHaveFailTheRun) {
  const LifePtr life = life_with({{1, 4}});
  Graph graph = around(breakable("stage", life, 10));
  graph.supervisor.max_restarts = 3;
  graph.supervisor.backoff = {};
  const RunReport report = run(graph, observed());
  ASSERT_EQ(report.status, RunStatus::failed);
  EXPECT_EQ(report.restarts, 3u);
  EXPECT_EQ(report.failure->stage, "stage");
  EXPECT_THAT(report.failure->error.message, HasSubstr("broken; no restart is left, after 3 within 30s"));
  EXPECT_GE(told(EventKind::gave_up).size(), 1u);
}

TEST_P(RestartTest, AFailedRebuildCountsAsARestart) {
  const LifePtr life = life_with({{5, 1}});
  life->failed_opens = 2;
  Graph graph = around(breakable("stage", life));
  graph.supervisor.backoff = {};
  RunReport report = run(graph, observed());
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
  EXPECT_EQ(report.restarts, 3u);
  EXPECT_EQ(told(EventKind::restart_failed).size(), 2u);

  // And the group gives up on it as on any other.
  const LifePtr hopeless = life_with({{5, 1}});
  hopeless->failed_opens = 100;
  graph = around(breakable("stage", hopeless));
  graph.supervisor.backoff = {};
  report = run(graph);
  ASSERT_EQ(report.status, RunStatus::failed);
  EXPECT_EQ(report.failure->during, "open");
  EXPECT_THAT(report.failure->error.message,
              HasSubstr("does not open; no restart is left, after 5 within 30s"));
  EXPECT_EQ(report.restarts, 5u);
  EXPECT_GE(stage(report, "stage").abandoned, 1u);
}

TEST_P(RestartTest, AFailedRebuildThatTakesMoreStagesAlongWaitsForTheCallsInThem) {
  if (GetParam() == 1) GTEST_SKIP() << "a call must be inside while another worker rebuilds";
  // `breaks` takes `partner` along, whose rebuild fails, and whose group is `held` as well.
  struct Held final : Transform {
    Held(int its_number, std::atomic<int>& its_inside, std::atomic<int>& its_lost,
         const std::function<void()>& its_hold)
        : number(its_number), inside(its_inside), lost(its_lost), hold(its_hold) {}
    ~Held() override {
      if (number == 1) lost += inside;
    }
    Cursor process(const Input& input, State*, Emitter& out) override {
      if (number == 1 && values_of(input.batch)[0] != 0 && inside.exchange(1) == 0) hold();
      out.emit(input.batch);
      return kDone;
    }
    const int number;
    std::atomic<int>& inside;
    std::atomic<int>& lost;
    const std::function<void()>& hold;
  };
  std::atomic<int> made{0}, inside{0}, lost{0};
  const std::function<void()> hold = [&] {
    EXPECT_TRUE(wait_until([&] { return lost > 0 || !told(EventKind::restart_failed).empty(); }));
    inside = 0;
  };
  StageSpec held = map("held", [](std::int64_t value) { return value; });
  TransformSpec body;
  body.make = [&] { return std::make_unique<Held>(++made, inside, lost, hold); };
  held.body = std::move(body);
  std::atomic<bool> broke{false};
  StageSpec breaks = map("breaks", [&](std::int64_t value) {
    if (value == 0 && !broke.exchange(true)) {
      EXPECT_TRUE(wait_until([&] { return inside > 0; }));
      throw std::runtime_error("broken");
    }
    return value;
  });
  breaks.on_error = ErrorPolicy::always({{restart(1)}, FailureAction::fail});
  const LifePtr life = life_with({});
  life->failed_opens = 1;
  StageSpec partner = breakable("partner", life);
  partner.on_error = {};
  held.group = partner.group = "pair";
  Graph graph = chain({count_up("source", 50), held, breaks, partner, collect("out", out_)});
  graph.supervisor.strategy = Strategy::rest_for_one;
  graph.groups = {{.name = "pair", .policy = {.strategy = Strategy::one_for_all}}};
  const RunReport report = run(graph, observed());
  expect_success(report);
  EXPECT_EQ(lost, 0) << "rebuilt with a call inside";
  // The sink was up again when `partner` failed, and is rebuilt with it once more.
  EXPECT_THAT(incarnations(report), ElementsAre(1, 2, 2, 2, 3));
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
}

/// Six stages, of which the third breaks once.
Graph six_stages(const LifePtr& life, CollectedPtr out, Strategy strategy) {
  std::vector<StageSpec> stages{count_up("source", 100)};
  for (const char* name : {"b", "c", "d", "e"})
    stages.push_back(breakable(name, name == std::string("c") ? life : life_with({})));
  StageSpec sink = collect("out", out);
  auto make = std::get<SinkSpec>(sink.body).make;
  stages.push_back(std::move(sink));
  Graph graph = chain(std::move(stages));
  graph.supervisor.strategy = strategy;
  return graph;
}

TEST_P(RestartTest, RestForOneRebuildsAllDownstreamAndCountsOnce) {
  for (const bool fuse : {true, false}) {
    out_->values.clear();
    const RunReport report =
        run(six_stages(life_with({{42, 1}}), out_, Strategy::rest_for_one), observed({.fuse = fuse}));
    expect_success(report);
    EXPECT_EQ(report.restarts, 1u);
    EXPECT_THAT(incarnations(report), ElementsAre(1, 1, 2, 2, 2, 2));
    EXPECT_THAT(out_->values, ElementsAreArray(zero_to(100)));
  }
  EXPECT_THAT(told(EventKind::restarting)[0].stages, ElementsAre("c", "d", "e", "out"));
}

TEST_P(RestartTest, OneForAllRebuildsTheWholeGroup) {
  const RunReport report = run(six_stages(life_with({{42, 2}}), out_, Strategy::one_for_all));
  expect_success(report);
  EXPECT_EQ(report.restarts, 2u);
  EXPECT_THAT(incarnations(report), ElementsAre(3, 3, 3, 3, 3, 3));
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(100)));
}

TEST_P(RestartTest, StopsSourcesFirstAndBeginsSinksFirst) {
  const LifePtr life = life_with({{3, 1}});
  std::vector<StageSpec> stages{count_up("source", 10)};
  for (const char* name : {"first", "second"})
    stages.push_back(breakable(name, life));
  stages.push_back(collect("out", out_));
  Graph graph = chain(std::move(stages));
  graph.supervisor.strategy = Strategy::one_for_all;
  expect_success(run(graph));
  EXPECT_THAT(life->log, ElementsAre("second opens", "first opens", "first closes", "second closes",
                                     "second opens", "first opens", "first closes", "second closes"));
}

TEST_P(RestartTest, AGroupThatGivesUpIsRestartedByTheOneAbove) {
  const LifePtr life = life_with({{11, 3}});
  Graph graph = six_stages(life, out_, Strategy::one_for_one);
  graph.groups = {
      {.name = "outer", .policy = {.strategy = Strategy::one_for_all, .max_restarts = 5, .backoff = {}}},
      {.name = "inner", .parent = "outer", .policy = {.max_restarts = 2, .backoff = {}}}};
  graph.stages[2].group = "inner";  // c
  graph.stages[4].group = "outer";  // e
  const RunReport report = run(graph, observed());
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(100)));
  EXPECT_EQ(report.restarts, 3u);
  ASSERT_EQ(told(EventKind::escalated).size(), 1u);
  EXPECT_EQ(told(EventKind::escalated)[0].group, "inner");
  EXPECT_EQ(stage(report, "c").incarnation, 4u);
  EXPECT_EQ(stage(report, "e").incarnation, 2u);
  EXPECT_EQ(stage(report, "d").incarnation, 1u);
}

TEST_P(RestartTest, StateIsKeptThroughRestartsOfTheStageAndOfThoseBeforeIt) {
  const LifePtr life = life_with({{30, 2}});
  StageSpec total = sum("total");
  Graph graph = chain({count_up("source", 100), breakable("stage", life), total, collect("out", out_)});
  graph.supervisor.strategy = Strategy::rest_for_one;
  const RunReport report = run(graph);
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAre(99 * 50));
  EXPECT_EQ(stage(report, "total").incarnation, 3u);
}

StageSpec counting(StateAfterThrow after, std::atomic<int>& states) {
  StageSpec spec = scripted("counting",
                            {.make_state =
                                 [&states] {
                                   ++states;
                                   return std::make_unique<NumberState>();
                                 },
                             .process =
                                 [crashed = std::make_shared<std::atomic<bool>>(false)](
                                     const Input& input, State* state, Emitter& out) {
                                   auto& number = static_cast<NumberState&>(*state).number;
                                   ++number;
                                   if (values_of(input.batch).front() == 25 && !crashed->exchange(true))
                                     throw std::runtime_error("spoilt");
                                   out.emit(input.batch);
                                   return kDone;
                                 }},
                            {.concurrency = Concurrency::serial, .state_after_throw = after});
  spec.on_error = ErrorPolicy::always({{restart(1)}, FailureAction::fail});
  return spec;
}

TEST_P(RestartTest, AStateThatIsACacheIsMadeAnewAndASpoiltOneFails) {
  std::atomic<int> states{0};
  expect_success(run(around(counting(StateAfterThrow::cache, states))));
  EXPECT_EQ(states, 2);
  const RunReport report = run(around(counting(StateAfterThrow::spoilt, states)));
  ASSERT_EQ(report.status, RunStatus::failed);
  EXPECT_EQ(report.failure->error.message, "spoilt");
  EXPECT_EQ(report.restarts, 0u);
}

TEST_P(RestartTest, WhenAStageDoesNotOpenAtFirstThoseOpenedAreClosedInReverse) {
  const LifePtr life = life_with({});
  StageSpec broken = scripted("broken", SourceScript{.open = [] { throw IoError("not there"); }});
  const RunReport report =
      run(chain({broken, breakable("first", life), breakable("second", life), collect("out", out_)}));
  ASSERT_EQ(report.status, RunStatus::failed);
  EXPECT_EQ(report.failure->stage, "broken");
  EXPECT_THAT(life->log, ElementsAre("second opens", "first opens", "first closes", "second closes"));
}

TEST_P(RestartTest, AStopEndsTheWaitForARebuild) {
  ManualClock clock;
  const LifePtr life = life_with({{0, 2}});
  Graph graph = around(breakable("stage", life));
  graph.supervisor.backoff = {.initial = 1h};
  RunHandle handle = start(std::move(graph), {.clock = &clock});
  EXPECT_TRUE(wait_until([&] {
    const std::lock_guard lock(life->mutex);
    return life->made == 2;
  }));
  clock.await_waiters();
  handle.stop_now();
  const RunReport report = handle.wait();
  check(report);
  EXPECT_EQ(report.status, RunStatus::stopped);
}

}  // namespace
}  // namespace weir
