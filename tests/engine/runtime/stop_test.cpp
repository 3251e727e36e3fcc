// Runs that are stopped, looked at and let go of from other threads, at any moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr std::int64_t kEndless = 1'000'000'000'000;

class StopTest : public RunFixture {
 protected:
  /// A graph with a bit of everything: threads, a self-join that parks, a breaker, order, dead letters.
  Graph mixed(std::int64_t rows, bool threaded) {
    StageSpec picky = map("picky", [](auto x) { return x % 10 == 3 ? throw RecordError("no") : x; });
    picky.on_error = ErrorPolicy::always(FailureAction::dead_letter);
    Graph graph;
    const auto source =
        graph.add(threaded ? count_up_threaded("source", rows, 4) : count_up("source", rows, 4));
    const auto checked = graph.add(std::move(picky)), total = graph.add(sum("sum"));
    const auto join = graph.add(keep_known("join"));
    const auto out = graph.add(collect("out", out_, {.blocking = threaded}));
    const auto sums = graph.add(collect("sums", std::make_shared<Collected>()));
    const auto dead = graph.add(collect("dead", dead_, {.always_commits = true}));
    graph.connect(source, checked);
    graph.connect({.from = checked, .from_port = "errors", .to = dead});
    graph.connect({.from = checked, .to = join, .to_port = "left"});
    graph.connect({.from = source, .to = join, .to_port = "right"});
    graph.connect(join, out);
    graph.connect(checked, total);
    graph.connect(total, sums);
    return graph;
  }
  CollectedPtr dead_ = std::make_shared<Collected>();
};
WEIR_RUN_WITH_THREADS(StopTest);

TEST_P(StopTest, AStopAtAnyMomentLosesTrackOfNothing) {
  for (std::uint64_t round = 0; round < 120; ++round) {
    const bool now = round % 2 == 1, threaded = round % 4 >= 2, short_run = round % 3 == 0;
    SCOPED_TRACE(::testing::Message() << "round " << round);
    out_ = std::make_shared<Collected>();
    dead_ = std::make_shared<Collected>();
    {
      RunHandle handle = start(mixed(short_run ? 200 : 20'000, threaded));
      dawdle(round * round % 5'000);
      now ? handle.stop_now() : handle.request_stop();
      const RunReport report = handle.wait();
      EXPECT_THAT(report.imbalances(), ::testing::IsEmpty());
      EXPECT_FALSE(report.failure) << report.failure->error.message;
      EXPECT_THAT(report.status, AnyOf(RunStatus::succeeded, now ? RunStatus::stopped : RunStatus::drained));
      EXPECT_EQ(out_->committed, report.succeeded() ? 1 : 0);
      EXPECT_EQ(out_->aborted, report.succeeded() ? 0 : 1);
      EXPECT_EQ(dead_->committed, 1);
    }
    ASSERT_EQ(Numbers::alive, 0);
  }
}

TEST_P(StopTest, ADrainFinishesWhatIsInFlight) {
  RunHandle handle = start(chain({count_up("source", kEndless), jitter("jitter", 1), collect("out", out_)}));
  EXPECT_TRUE(wait_until([&] { return handle.snapshot().stages[2].in > 100; }));
  handle.request_stop();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::drained);
  check(report);
  EXPECT_EQ(report.stages[2].processed, report.stages[0].in);
  EXPECT_EQ(out_->values, zero_to(static_cast<std::int64_t>(report.stages[0].in)));
}

TEST_P(StopTest, AStopNowAbandonsAndCounts) {
  Gate gate;
  RunHandle handle = start(chain({count_up("source", kEndless, 10), gated("gated", 0, gate),
                                  scripted("serial", TransformScript{}, {.concurrency = Concurrency::serial}),
                                  collect("out", out_)}));
  EXPECT_TRUE(wait_until([&] { return gate.came() > 0; }));
  handle.stop_now();
  gate.open();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::stopped);
  check(report);
  EXPECT_GE(report.stages[2].abandoned, 10u);
  EXPECT_EQ(out_->committed, 0);
}

/// What was stopped has not failed, however often its stages may be tried again.
TEST_P(StopTest, AStopNowIsNotTakenForAFailureOfWhatWasFinishing) {
  Gate gate;
  StageSpec stage =
      scripted("stage",
               TransformScript{.process = [](const Input&, State*, Emitter&) { return kDone; },
                               .end_of_input =
                                   [&](PortIndex, State*) {
                                     gate.pass();
                                     throw std::runtime_error("cannot finish");
                                   }},
               {.concurrency = Concurrency::serial, .finish_can_be_repeated = true, .breaker = true});
  stage.inputs[0].retained = true;
  stage.on_error = ErrorPolicy::always({{restart(2)}, FailureAction::fail});
  RunHandle handle = start(chain({count_up("source", 10), std::move(stage), collect("out", out_)}));
  EXPECT_TRUE(wait_until([&] { return gate.came() > 0; }));
  handle.stop_now();
  gate.open();
  const RunReport report = handle.wait();
  check(report);
  EXPECT_EQ(report.status, RunStatus::stopped);
  EXPECT_FALSE(report.failure);
}

/// All has been read by then, but what waits for the join's build side is never joined.
TEST_P(StopTest, ADrainBeforeAJoinHasItsBuildSidePublishesNothing) {
  Gate gate;
  std::atomic<bool> all_read{false};
  std::int64_t at = 0;
  Graph graph;
  const auto source = graph.add(scripted("source", SourceScript{.next = [&]() -> std::optional<Work> {
                                           if (at < 5) return work({at++});
                                           all_read = true;
                                           return std::nullopt;
                                         }}));
  const auto slow = graph.add(gated("gated", 4, gate)), join = graph.add(keep_known("join")),
             out = graph.add(collect("out", out_));
  graph.connect({.from = source, .to = join, .to_port = "left"});
  graph.connect(source, slow);
  graph.connect({.from = slow, .to = join, .to_port = "right"});
  graph.connect(join, out);
  RunHandle handle = start(std::move(graph));
  EXPECT_TRUE(wait_until([&] { return gate.came() > 0 && (all_read || GetParam() == 1); }));
  handle.request_stop();
  gate.open();
  const RunReport report = handle.wait();
  check(report);
  EXPECT_EQ(report.status, RunStatus::drained);
  EXPECT_EQ(out_->committed, 0);
  EXPECT_GT(report.stages[join].abandoned, 0u);
}

TEST_P(StopTest, AStopNowEndsABatchThatMakesMuch) {
  std::atomic<bool> running{false};
  RunHandle handle = start(chain({count_up("source", 1),
                                  scripted("endless", {.process =
                                                           [&](const Input& input, State*, Emitter& out) {
                                                             running = true;
                                                             out.filtered(0);
                                                             return input.at + 1;
                                                           }}),
                                  collect("out", out_)}));
  EXPECT_TRUE(wait_until([&] { return running.load(); }));
  handle.stop_now();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::stopped);
  check(report);
  EXPECT_EQ(report.stages[1].abandoned, 1u);
}

TEST_P(StopTest, AThreadedSourceThatWaitsIsToldToStop) {
  std::atomic<bool> waiting{false}, stopped{false};
  RunHandle handle = start(chain({scripted("source",
                                           SourceScript{.next = [&]() -> std::optional<Work> {
                                                          waiting = true;
                                                          wait_until([&] { return stopped.load(); });
                                                          return std::nullopt;
                                                        },
                                                        .stop = [&] { stopped = true; }},
                                           {.blocking = true}),
                                  collect("out", out_)}));
  EXPECT_TRUE(wait_until([&] { return waiting.load(); }));
  handle.request_stop();
  EXPECT_EQ(handle.wait().status, RunStatus::drained);
}

TEST_P(StopTest, AThreadedSourceThatWaitsForACreditIsWoken) {
  Gate gate;
  RunHandle handle =
      start(chain({count_up_threaded("source", kEndless), gated("gated", 0, gate), collect("out", out_)}),
            {.credit_tokens = 1});
  EXPECT_TRUE(wait_until([&] { return gate.came() > 0; }));
  handle.request_stop();
  gate.open();
  const RunReport report = handle.wait();
  EXPECT_EQ(report.status, RunStatus::drained);
  check(report);
}

TEST_P(StopTest, LettingGoOfAHandleStopsTheRunAndWaits) {
  { const RunHandle handle = start(chain({count_up("source", kEndless), collect("out", out_)})); }
  EXPECT_EQ(Numbers::alive, 0);
  EXPECT_EQ(out_->aborted, 1);
}

TEST_P(StopTest, AHandleMayBeMovedAndAssignedOver) {
  RunHandle one = start(chain({count_up("source", kEndless), collect("out", out_)}));
  RunHandle two = std::move(one);
  two = start(chain({count_up("source", 10), collect("out", std::make_shared<Collected>())}));
  EXPECT_EQ(out_->aborted, 1) << "the first run has been stopped";
  expect_success(two.wait());
}

TEST_P(StopTest, TheReportIsGivenOnce) {
  RunHandle handle = start(chain({count_up("source", 10), collect("out", out_)}));
  expect_success(handle.wait());
  EXPECT_TRUE(handle.done());
  EXPECT_THROW((void)handle.wait(), UsageError);
  handle.request_stop();
  handle.stop_now();
  EXPECT_EQ(handle.snapshot().stages[0].in, 10u);
}

TEST_P(StopTest, SnapshotsMayBeTakenByAnyThreadAtAnyTime) {
  for (int round = 0; round < 10; ++round) {
    RunHandle handle = start(mixed(2'000, round % 2 == 0));
    std::vector<std::jthread> lookers;
    for (int i = 0; i < 3; ++i) {
      lookers.emplace_back([&] {
        std::uint64_t before = 0;
        while (!handle.done()) {
          const RunReport seen = handle.snapshot();
          EXPECT_GE(seen.stages[0].in, before) << "counters only grow";
          before = seen.stages[0].in;
        }
      });
    }
    lookers.clear();
    expect_success(handle.wait());
  }
  EXPECT_EQ(Numbers::alive, 0);
}

// --- Publishing ---

/// Whether it publishes was decided when the run came to its end: a stop that comes while it does so is late.
TEST_P(StopTest, AStopWhileResultsArePublishedPublishesAllOrNothing) {
  std::atomic<int> committed{0};
  std::optional<RunHandle> handle;
  Gate handle_is_there;
  const auto sink = [&](const char* name) {
    return scripted(name, SinkScript{.prepare = [&] { handle_is_there.pass(); },
                                     .commit =
                                         [&] {
                                           ++committed;
                                           handle->stop_now();
                                         }});
  };
  Graph graph = chain({count_up("source", 10), sink("one")});
  graph.connect(0, graph.add(sink("two")));
  handle.emplace(start(std::move(graph)));
  handle_is_there.open();
  const RunReport report = handle->wait();
  expect_success(report);
  EXPECT_EQ(committed, 2);
}

TEST_P(StopTest, ASinkThatCouldNotPrepareNeverCommits) {
  for (const bool always : {false, true}) {
    std::atomic<int> committed{0}, aborted{0}, other_committed{0};
    Graph graph =
        chain({count_up("source", 10), scripted("sink",
                                                SinkScript{.prepare = [] { throw IoError("disk full"); },
                                                           .commit = [&] { ++committed; },
                                                           .abort = [&] { ++aborted; }},
                                                {.always_commits = always})});
    graph.connect(0, graph.add(scripted("other", SinkScript{.commit = [&] { ++other_committed; }})));
    const RunReport report = run(graph);
    EXPECT_EQ(report.status, RunStatus::failed);
    EXPECT_EQ(report.failure->during, "prepare");
    EXPECT_EQ(committed, 0);
    EXPECT_EQ(aborted, 1);
    EXPECT_EQ(other_committed, 0);
  }
}

// --- Misuse ---

TEST_P(StopTest, ARunIsRefusedInsideEveryCallThatAWorkerMakes) {
  const Graph inner = chain({count_up("source", 1), collect("out", std::make_shared<Collected>())});
  const auto try_to = [&] { (void)weir::run(inner); };
  for (const bool threaded : {false, true}) {
    for (const char* call : {"process", "next_output", "end_of_input"}) {
      SCOPED_TRACE(call);
      const std::string chosen = call;
      StageSpec stage = scripted("stage",
                                 TransformScript{.process =
                                                     [&](const Input&, State*, Emitter&) {
                                                       if (chosen == "process") try_to();
                                                       return kDone;
                                                     },
                                                 .end_of_input =
                                                     [&](PortIndex, State*) {
                                                       if (chosen == "end_of_input") try_to();
                                                     },
                                                 .next_output =
                                                     [&](State*, Cursor, Emitter&) {
                                                       if (chosen == "next_output") try_to();
                                                       return kDone;
                                                     }},
                                 {.concurrency = Concurrency::serial, .breaker = true});
      stage.inputs[0].retained = true;
      const RunReport report = run(chain({threaded ? count_up_threaded("source", 20) : count_up("source", 20),
                                          std::move(stage), collect("out", out_)}));
      ASSERT_TRUE(report.failure);
      EXPECT_EQ(report.failure->during, chosen);
      EXPECT_THAT(report.failure->error.message, HasSubstr("inside a stage"));
    }
  }
}

TEST_P(StopTest, AGraphThatDoesNotValidateIsRefusedWithAllItsProblems) {
  Graph graph = chain({count_up("source", 1), collect("source", out_)});
  graph.stages[1].inputs[0].type = {"records"};
  try {
    (void)run(graph);
    FAIL() << "it ran";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("two stages are named 'source'"));
    EXPECT_THAT(error.what(), HasSubstr("takes 'records'"));
  }
}

}  // namespace
}  // namespace weir
