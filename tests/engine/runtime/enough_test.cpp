// A stage that needs no more says so, and what nobody needs any more is neither read nor lost track of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;

/// More than any test would ever read to the end.
constexpr std::int64_t kEndless = 1'000'000'000'000;

class EnoughTest : public RunFixture {
 protected:
  /// A sink that has had enough after `count` numbers.
  StageSpec sated(const char* name, std::int64_t count, CollectedPtr into, SinkTraits traits = {}) {
    return scripted(name,
                    SinkScript{.write =
                                   [count, into](const Batch& batch, Emitter& out) {
                                     for (const std::int64_t value : values_of(batch))
                                       into->values.push_back(value);
                                     if (static_cast<std::int64_t>(into->values.size()) >= count)
                                       out.enough();
                                   },
                               .commit = [into] { ++into->committed; }},
                    traits);
  }
  CollectedPtr also_ = std::make_shared<Collected>();
};
WEIR_RUN_WITH_THREADS(EnoughTest);

TEST_P(EnoughTest, ASinkThatHasEnoughStopsTheSourceAndTheRunSucceeds) {
  for (const bool blocking : {false, true}) {
    also_->values.clear();
    also_->committed = 0;
    const RunReport report =
        run(chain({count_up("source", kEndless, 3), map("same", [](auto x) { return x; }),
                   sated("out", 100, also_, {.blocking = blocking})}));
    expect_success(report);
    EXPECT_EQ(also_->values, zero_to(102));
    EXPECT_EQ(also_->committed, 1);
    EXPECT_EQ(report.stages[2].processed, 102u);
  }
}

TEST_P(EnoughTest, WhatWasUnderWayIsCountedAsUnneeded) {
  const RunReport report =
      run(chain({count_up("source", kEndless), first("first", 50), collect("out", out_)}));
  expect_success(report);
  EXPECT_EQ(out_->values, zero_to(50));
  EXPECT_EQ(report.stages[1].processed, 50u);
  EXPECT_EQ(report.stages[1].in, 50u + report.stages[1].unneeded);
}

TEST_P(EnoughTest, AThreadedSourceThatWaitsIsToldToStop) {
  std::atomic<bool> stopped{false};
  std::int64_t at = 0;
  const Graph graph = chain({scripted("source",
                                      SourceScript{.next = [&]() -> std::optional<Work> {
                                                     if (at < 10) return work({at++});
                                                     EXPECT_TRUE(wait_until([&] { return stopped.load(); }));
                                                     return std::nullopt;
                                                   },
                                                   .stop = [&] { stopped = true; }},
                                      {.blocking = true}),
                             first("first", 10), collect("out", out_)});
  expect_success(run(graph));
  EXPECT_EQ(out_->values, zero_to(10));
}

TEST_P(EnoughTest, ASourceGoesOnWhileSomebodyElseNeedsIt) {
  Graph graph = chain({count_up("source", 2'000), sated("out", 5, also_)});
  graph.connect(0, graph.add(collect("all", out_)));
  expect_success(run(graph));
  EXPECT_EQ(out_->values, zero_to(2'000));
}

TEST_P(EnoughTest, ASourceStopsWhenTheLastOfItsReadersHasEnough) {
  const auto more = std::make_shared<Collected>();
  Graph graph = chain({count_up("source", kEndless), sated("out", 5, also_)});
  const auto same = graph.add(map("same", [](auto x) { return x; }));
  graph.connect(0, same);
  graph.connect(same, graph.add(sated("more", 700, more)));
  expect_success(run(graph));
  EXPECT_EQ(more->values, zero_to(700));
}

TEST_P(EnoughTest, WhoHasEnoughOfDeadLettersStopsNobody) {
  StageSpec picky = map("picky", [](auto x) { return x % 10 == 0 ? throw RecordError("no") : x; });
  picky.on_error = ErrorPolicy::always(FailureAction::dead_letter);
  Graph graph = chain({count_up("source", 2'000), std::move(picky), collect("out", out_)});
  graph.connect({.from = 1, .from_port = "errors", .to = graph.add(sated("dead", 3, also_))});
  expect_success(run(graph));
  EXPECT_EQ(out_->values.size(), 1'800u);
}

TEST_P(EnoughTest, ReadersOfErrorsAloneDoNotStopAStageWhoseOutputIsUnread) {
  StageSpec check = map("check", [](auto x) { return x % 10 == 0 ? throw RecordError("no") : x; });
  check.on_error = ErrorPolicy::always(FailureAction::dead_letter);
  check.outputs[0].optional = true;
  Graph graph;
  const auto source = graph.add(count_up("source", 2'000)), checked = graph.add(std::move(check));
  graph.connect(source, checked);
  graph.connect({.from = checked, .from_port = "errors", .to = graph.add(sated("dead", 3, also_))});
  graph.connect(source, graph.add(collect("out", out_)));
  const RunReport report = run(graph);
  expect_success(report);
  EXPECT_EQ(report.stages[1].dead, 200u);
}

TEST_P(EnoughTest, ABreakerThatHasEnoughStillGivesOutItsResult) {
  const StageSpec taker =
      scripted("taker",
               TransformScript{.process =
                                   [](const Input& input, State* state, Emitter& out) {
                                     auto& number = static_cast<NumberState&>(*state).number;
                                     number += static_cast<std::int64_t>(input.batch->rows());
                                     if (number >= 100) out.enough();
                                     return kDone;
                                   },
                               .next_output =
                                   [](State* state, Cursor, Emitter& out) {
                                     out.emit(numbers({static_cast<NumberState&>(*state).number}));
                                     return kDone;
                                   }},
               {.concurrency = Concurrency::serial, .breaker = true});
  expect_success(run(chain({count_up("source", kEndless), taker, collect("out", out_)})));
  EXPECT_THAT(out_->values, ElementsAre(100));
}

TEST_P(EnoughTest, ABreakerWhoseOutputNobodyNeedsStopsGivingItOut) {
  std::atomic<int> calls{0};
  const StageSpec endless =
      scripted("endless",
               TransformScript{.process = [](const Input&, State*, Emitter&) { return kDone; },
                               .next_output =
                                   [&](State*, Cursor at, Emitter& out) {
                                     ++calls;
                                     out.emit(numbers({static_cast<std::int64_t>(at)}));
                                     return at + 1;
                                   }},
               {.concurrency = Concurrency::serial, .breaker = true});
  expect_success(run(chain({count_up("source", 10), endless, first("first", 20), collect("out", out_)})));
  EXPECT_EQ(out_->values, zero_to(20));
}

TEST_P(EnoughTest, AJoinThatIsNotNeededReadsNeitherSideToItsEnd) {
  Graph graph;
  const auto left = graph.add(count_up("left", kEndless)), right = graph.add(count_up("right", 100));
  const auto join = graph.add(keep_known("join")), some = graph.add(first("first", 10));
  graph.connect({.from = left, .to = join, .to_port = "left"});
  graph.connect({.from = right, .to = join, .to_port = "right"});
  graph.connect(join, some);
  graph.connect(some, graph.add(collect("out", out_)));
  expect_success(run(graph));
  EXPECT_EQ(out_->values, zero_to(10));
}

TEST_P(EnoughTest, ALaterSourceBeginsWhereAnEarlierIsNotNeeded) {
  Graph graph;
  const auto one = graph.add(count_up("one", kEndless)), some = graph.add(first("first", 10));
  const auto two = graph.add(count_up("two", 10)), out = graph.add(collect("out", out_));
  graph.connect(one, some);
  graph.connect(some, out);
  graph.connect(two, out);
  expect_success(run(graph));
  EXPECT_EQ(out_->values.size(), 20u);
}

}  // namespace
}  // namespace weir
