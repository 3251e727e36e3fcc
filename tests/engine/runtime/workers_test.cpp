// How many calls of a stage are under way at once, and whose state they use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;

class WorkersTest : public RunFixture {};
WEIR_RUN_WITH_THREADS(WorkersTest);

TEST_P(WorkersTest, AStageHasNoMoreCallsUnderWayThanItsWorkers) {
  for (const std::size_t workers : {1u, 2u}) {
    Occupancy occupancy;
    StageSpec limited = counted("limited", occupancy);
    limited.workers = workers;
    expect_success(run(chain({count_up("source", 500), std::move(limited), collect("out", out_)})));
    EXPECT_LE(occupancy.most(), static_cast<int>(workers));
    EXPECT_GE(occupancy.most(), 1);
  }
}

TEST_P(WorkersTest, SoHasASource) {
  for (const bool threaded : {false, true}) {
    Occupancy occupancy;
    std::int64_t at = 0;
    StageSpec source = scripted("source",
                                SourceScript{.next = [&]() -> std::optional<Work> {
                                               return at == 300 ? std::nullopt : std::optional(work({at++}));
                                             },
                                             .decode =
                                                 [&](const Batch& batch, Cursor, Emitter& out) {
                                                   occupancy.enter();
                                                   dawdle(200);
                                                   occupancy.leave();
                                                   out.emit(batch);
                                                   return kDone;
                                                 }},
                                {.blocking = threaded});
    source.workers = 1;
    out_->values.clear();
    expect_success(run(chain({std::move(source), collect("out", out_)})));
    EXPECT_EQ(occupancy.most(), 1);
    EXPECT_EQ(out_->values, zero_to(300));
  }
}

TEST_P(WorkersTest, ASinkIsWrittenByOneAtATimeWhetherInOrderOrNot) {
  for (const bool ordered : {false, true}) {
    Occupancy occupancy;
    expect_success(run(chain({count_up("source", 500), jitter("jitter", 4),
                              scripted("sink",
                                       SinkScript{.write =
                                                      [&](const Batch&, Emitter&) {
                                                        occupancy.enter();
                                                        dawdle(50);
                                                        occupancy.leave();
                                                      }},
                                       {.ordered = ordered})})));
    EXPECT_EQ(occupancy.most(), 1);
  }
}

TEST_P(WorkersTest, NextIsNeverCalledTwiceAtOnce) {
  Occupancy occupancy;
  std::int64_t at = 0;
  const StageSpec source = scripted("source", SourceScript{.next = [&]() -> std::optional<Work> {
                                      occupancy.enter();
                                      dawdle(20);
                                      occupancy.leave();
                                      return at == 2'000 ? std::nullopt : std::optional(work({at++}));
                                    }});
  expect_success(run(chain({source, collect("out", out_)})));
  EXPECT_EQ(occupancy.most(), 1);
  EXPECT_EQ(out_->values, zero_to(2'000));
}

TEST_P(WorkersTest, WorkersWorkAtOnceWhereTheyMay) {
  // As many as there are threads meet inside: fewer would wait in vain, and fail.
  std::atomic<std::size_t> came{0};
  const auto meet = [&](const Input& input, State*, Emitter& out) {
    ++came;
    if (!wait_until([&] { return came >= GetParam(); })) throw std::runtime_error("too few workers came");
    out.emit(input.batch);
    return kDone;
  };
  expect_success(
      run(chain({count_up("source", 50), scripted("meet", {.process = meet}), collect("out", out_)})));
}

/// A state that knows whether two calls use it at once.
struct ExclusiveState : State {
  std::atomic<int> inside{0};
  std::int64_t sum = 0;
};

TEST_P(WorkersTest, AReplicatedStateIsUsedByOneCallAtATimeAndAllAreMerged) {
  std::atomic<int> shared{0}, made{0}, absorbed{0};
  const StageSpec stage = scripted(
      "stage",
      TransformScript{.make_state =
                          [&] {
                            ++made;
                            return std::make_unique<ExclusiveState>();
                          },
                      .process =
                          [&](const Input& input, State* state, Emitter&) {
                            auto& its = static_cast<ExclusiveState&>(*state);
                            if (++its.inside > 1) ++shared;
                            for (const std::int64_t value : values_of(input.batch))
                              its.sum += value;
                            dawdle(30);
                            --its.inside;
                            return kDone;
                          },
                      .absorb =
                          [&](State& into, State& other) {
                            ++absorbed;
                            static_cast<ExclusiveState&>(into).sum += static_cast<ExclusiveState&>(other).sum;
                          },
                      .next_output =
                          [](State* state, Cursor, Emitter& out) {
                            out.emit(numbers({static_cast<ExclusiveState&>(*state).sum}));
                            return kDone;
                          }},
      {.concurrency = Concurrency::replicated, .breaker = true});
  expect_success(run(chain({count_up("source", 2'000, 3), stage, collect("out", out_)})));
  EXPECT_THAT(out_->values, ElementsAre(1'999'000));
  EXPECT_EQ(shared, 0);
  EXPECT_EQ(absorbed, made - 1);
  EXPECT_LE(made, static_cast<int>(GetParam()));
}

TEST_P(WorkersTest, AProbeUsesTheStateThatTheBuildSideLeftMerged) {
  std::mutex mutex;
  std::set<const State*> states;
  std::atomic<std::int64_t> total{-1};
  StageSpec join = scripted("join",
                            TransformScript{.process =
                                                [&](const Input& input, State* state, Emitter& out) {
                                                  if (input.port == 1) {
                                                    ++static_cast<NumberState&>(*state).number;
                                                  } else {
                                                    const std::lock_guard lock(mutex);
                                                    states.insert(state);
                                                    out.emit(input.batch);
                                                  }
                                                  return kDone;
                                                },
                                            .absorb =
                                                [](State& into, State& other) {
                                                  static_cast<NumberState&>(into).number +=
                                                      static_cast<NumberState&>(other).number;
                                                },
                                            .end_of_input =
                                                [&](PortIndex port, State* state) {
                                                  EXPECT_EQ(port, 1u);
                                                  total = static_cast<NumberState&>(*state).number;
                                                }},
                            {.concurrency = Concurrency::replicated});
  join.inputs.push_back({.name = "build", .type = number_type(), .retained = true});
  Graph graph;
  const auto source = graph.add(count_up("source", 500)), joined = graph.add(std::move(join));
  graph.connect(source, joined);
  graph.connect({.from = source, .to = joined, .to_port = "build"});
  graph.connect(joined, graph.add(collect("out", out_)));
  expect_success(run(graph));
  EXPECT_EQ(total, 500);
  EXPECT_EQ(states.size(), 1u);
  EXPECT_EQ(out_->values, zero_to(500));
}

}  // namespace
}  // namespace weir
