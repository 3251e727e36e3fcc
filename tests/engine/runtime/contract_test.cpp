// Stages that break their contracts, and payloads that break theirs: the run says so, and nothing is lost
// without a word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ErrorInfo refused() {
  ErrorInfo error;
  error.error_class = ErrorClass::data;
  error.message = "refused";
  return error;
}

class ContractTest : public RunFixture {
 protected:
  /// Runs source -> stage -> out, which must fail in the stage.
  Failure failure_of(StageSpec stage) {
    return failure_in(chain({count_up("source", 20, 5), std::move(stage), collect("out", out_)}));
  }
  Failure failure_in(const Graph& graph) {
    const RunReport report = run(graph);
    EXPECT_EQ(report.status, RunStatus::failed);
    EXPECT_EQ(out_->committed, 0);
    return report.failure.value_or(Failure{});
  }
  static StageSpec process_that(std::function<void(Emitter&)> does, TransformTraits traits = {}) {
    return scripted("stage",
                    TransformScript{.process =
                                        [does](const Input&, State*, Emitter& out) {
                                          does(out);
                                          return kDone;
                                        }},
                    traits);
  }
};
WEIR_RUN_WITH_THREADS(ContractTest);

// --- What is emitted and refused ---

TEST_P(ContractTest, AnEmissionOnAPortThatDoesNotExistIsTold) {
  for (const PortIndex port : {1u, 2u, 17u}) {
    const Failure failure = failure_of(process_that([=](Emitter& out) { out.emit(numbers({1}), port); }));
    EXPECT_EQ(failure.stage, "stage");
    EXPECT_THAT(failure.error.message,
                HasSubstr("emit for port " + std::to_string(port) + ", but the call has 1 of them"));
  }
}

TEST_P(ContractTest, ABreakerThatEmitsWhileItTakesInIsTold) {
  const Failure failure =
      failure_of(process_that([](Emitter& out) { out.emit(numbers({1})); }, {.breaker = true}));
  EXPECT_THAT(failure.error.message, HasSubstr("the call has 0 of them"));
}

TEST_P(ContractTest, AnEmissionWhileARetainedPortIsReadIsTold) {
  StageSpec join = process_that([](Emitter& out) { out.emit(numbers({1})); });
  join.inputs.push_back({.name = "build", .type = number_type(), .retained = true});
  Graph graph;
  const auto source = graph.add(count_up("source", 10)), stage = graph.add(std::move(join));
  graph.connect(source, stage);
  graph.connect({.from = source, .to = stage, .to_port = "build"});
  graph.connect(stage, graph.add(collect("out", out_)));
  EXPECT_THAT(failure_in(graph).error.message, HasSubstr("emit for port 0"));
}

TEST_P(ContractTest, ARowThatDoesNotExistCannotBeRefused) {
  const Failure failure = failure_of(process_that([](Emitter& out) { out.reject(5, refused()); }));
  EXPECT_THAT(failure.error.message, HasSubstr("reject for row 5, but the call has 5 of them"));
}

TEST_P(ContractTest, ARecordBesideTheInputCannotBeRefused) {
  const Failure failure =
      failure_of(process_that([](Emitter& out) { out.reject(numbers({1}), 0, refused()); }));
  EXPECT_THAT(failure.error.message, HasSubstr("name the input's row"));
}

TEST_P(ContractTest, WhereThereIsNoInputARefusedRecordMustBeShown) {
  const auto refuse = [](Emitter& out) {
    out.reject(0, refused());
    return kDone;
  };
  EXPECT_THAT(
      failure_of(
          scripted("stage",
                   TransformScript{.process = [](const Input&, State*, Emitter&) { return kDone; },
                                   .next_output = [&](State*, Cursor, Emitter& out) { return refuse(out); }},
                   {.concurrency = Concurrency::serial, .breaker = true}))
          .during,
      "next_output");
  for (const Batch& shown : {Batch(), numbers({}), numbers({1})}) {
    const Failure failure = failure_in(
        chain({scripted("stage", SourceScript{.next = [at = 0]() mutable -> std::optional<Work> {
                                                return at++ == 0 ? std::optional(work({1})) : std::nullopt;
                                              },
                                              .decode =
                                                  [&](const Batch&, Cursor, Emitter& out) {
                                                    out.reject(shown, 1, refused());
                                                    return kDone;
                                                  }}),
               collect("out", out_)}));
    EXPECT_EQ(failure.during, "decode");
    EXPECT_THAT(failure.error.message, HasSubstr("reject for row 1"));
  }
}

TEST_P(ContractTest, ASinkEmitsNothing) {
  const auto emits = [](const Batch& batch, Emitter& out) {
    out.emit(batch);
    return batch;
  };
  EXPECT_EQ(failure_in(chain({count_up("source", 5), scripted("sink", SinkScript{.encode = emits})})).during,
            "encode");
  EXPECT_EQ(
      failure_in(chain({count_up("source", 5),
                        scripted("sink", SinkScript{.write = [&](const Batch& batch,
                                                                 Emitter& out) { emits(batch, out); }})}))
          .during,
      "write");
}

TEST_P(ContractTest, WhatWriteRefusesFailsTheRunForItIsTooLateForAnythingElse) {
  StageSpec sink = scripted("sink", SinkScript{.write = [](const Batch& batch, Emitter& out) {
                              if (values_of(batch).front() == 10) out.reject(2, refused());
                            }});
  sink.on_error = ErrorPolicy::always(FailureAction::skip);
  const Failure failure = failure_in(chain({count_up("source", 20, 5), std::move(sink)}));
  EXPECT_EQ(failure.during, "write");
  EXPECT_EQ(failure.error.message, "refused");
}

// --- Nothing where something must be ---

TEST_P(ContractTest, AFactoryThatGivesNoStageIsTold) {
  StageSpec none = map("stage", [](auto x) { return x; });
  std::get<TransformSpec>(none.body).make = [] { return nullptr; };
  const Failure failure = failure_of(std::move(none));
  EXPECT_EQ(failure.during, "open");
  EXPECT_THAT(failure.error.message, HasSubstr("the factory gave no stage"));
}

TEST_P(ContractTest, WorkWithoutAPayloadIsTold) {
  for (const bool blocking : {false, true}) {
    const Failure failure =
        failure_in(chain({scripted("source", SourceScript{.next = [] { return std::optional(Work{}); }},
                                   {.blocking = blocking}),
                          collect("out", out_)}));
    EXPECT_EQ(failure.during, "next");
    EXPECT_THAT(failure.error.message, HasSubstr("without a payload"));
  }
}

TEST_P(ContractTest, AnEncoderThatGivesNothingForDeadLettersIsTold) {
  StageSpec stage = process_that([](Emitter& out) { out.reject(0, refused()); });
  stage.on_error = ErrorPolicy::always(FailureAction::dead_letter);
  stage.encode_dead_letters = [](std::vector<DeadLetter<Batch>>&&) { return nullptr; };
  Graph graph = chain({count_up("source", 20, 5), std::move(stage), collect("out", out_)});
  graph.connect({.from = 1, .from_port = "errors", .to = 2});
  EXPECT_THAT(failure_in(graph).error.message, HasSubstr("`encode_dead_letters` gave nothing"));
}

TEST_P(ContractTest, WhatASinkRefusesLeavesByItsErrorsThoughTheyAreItsOnlyPort) {
  StageSpec sink = scripted("sink", SinkScript{.encode = [](const Batch& batch, Emitter& out) -> Batch {
                              out.reject(0, refused());
                              return batch->slice(1, batch->rows() - 1);
                            }});
  sink.on_error = ErrorPolicy::always(FailureAction::dead_letter);
  sink.encode_dead_letters = dead_numbers();
  Graph graph = chain({count_up("source", 20, 5), std::move(sink)});
  const StageIndex out = graph.add(collect("out", out_));
  graph.connect({.from = 1, .from_port = "errors", .to = out});
  const RunReport report = run(graph);
  expect_success(report);
  EXPECT_EQ(report.stages[1].dead, 4u);
  EXPECT_THAT(out_->values, ElementsAre(0, 5, 10, 15));
}

TEST_P(ContractTest, ASinkThatEncodesNothingHasTakenItsRecords) {
  const RunReport report =
      run(chain({count_up("source", 20, 5),
                 scripted("sink", SinkScript{.encode = [](const Batch&, Emitter&) { return nullptr; },
                                             .write = [](const Batch&, Emitter&) { ADD_FAILURE(); }})}));
  expect_success(report);
  EXPECT_EQ(report.stages[1].processed, 20u);
}

TEST_P(ContractTest, NullAndEmptyBatchesMayBeEmittedAndCountForNothing) {
  const RunReport report = run(chain({count_up("source", 20, 5), process_that([](Emitter& out) {
                                        out.emit(nullptr);
                                        out.emit(numbers({}));
                                      }),
                                      collect("out", out_)}));
  expect_success(report);
  EXPECT_EQ(report.stages[1].emitted, 0u);
}

// --- Calls that fail half-way ---

/// Refuses its first row in the first call for a batch, and throws in the second.
StageSpec halfway(FailureAction action) {
  StageSpec spec = scripted("stage", {.process = [](const Input& input, State*, Emitter& out) -> Cursor {
                              if (input.at == 1) throw RecordError("the rest is no good");
                              out.reject(0, refused());
                              return 1;
                            }});
  spec.on_error = ErrorPolicy::always(action);
  return spec;
}

TEST_P(ContractTest, RowsThatWereRefusedBeforeTheBatchFailedAreCountedOnce) {
  EXPECT_EQ(failure_of(halfway(FailureAction::fail)).error.message, "refused");

  const RunReport skipped =
      run(chain({count_up("source", 20, 5), halfway(FailureAction::skip), collect("out", out_)}));
  expect_success(skipped);
  EXPECT_EQ(skipped.stages[1].skipped, 20u);

  const auto dead = std::make_shared<Collected>();
  Graph graph = chain({count_up("source", 20, 5), halfway(FailureAction::dead_letter), collect("out", out_)});
  graph.connect({.from = 1, .from_port = "errors", .to = graph.add(collect("dead", dead))});
  expect_success(run(graph));
  EXPECT_EQ(dead->values, zero_to(20));
}

/// Adds up a batch and throws in the middle of one, with a state that then is half added to.
StageSpec spoiling(StateAfterThrow state_after_throw, Concurrency concurrency) {
  StageSpec spec =
      scripted("stage",
               TransformScript{.process =
                                   [](const Input& input, State* state, Emitter&) {
                                     for (const std::int64_t value : values_of(input.batch)) {
                                       if (value == 7) throw RecordError("seven");
                                       static_cast<NumberState&>(*state).number += value;
                                     }
                                     return kDone;
                                   },
                               .next_output =
                                   [](State* state, Cursor, Emitter& out) {
                                     out.emit(numbers({static_cast<NumberState&>(*state).number}));
                                     return kDone;
                                   }},
               {.concurrency = concurrency, .state_after_throw = state_after_throw, .breaker = true});
  spec.on_error = ErrorPolicy::always(FailureAction::skip);
  return spec;
}

TEST_P(ContractTest, AStateThatAThrowMayHaveSpoiltIsNotUsedAgain) {
  for (const Concurrency concurrency : {Concurrency::serial, Concurrency::replicated}) {
    const Failure failure = failure_of(spoiling(StateAfterThrow::spoilt, concurrency));
    EXPECT_EQ(failure.stage, "stage");
    EXPECT_EQ(failure.error.message, "seven");
  }
  // One that says that it keeps its state is believed.
  expect_success(run(chain({count_up("source", 20, 1), spoiling(StateAfterThrow::kept, Concurrency::serial),
                            collect("out", out_)})));
  EXPECT_THAT(out_->values, ElementsAre(190 - 7));
}

TEST_P(ContractTest, BisectionFindsThePoisonAndKeepsOrderAndStateOfTheRest) {
  StageSpec picky = map("picky", [](auto x) { return x % 97 == 5 ? throw RecordError("no") : x; });
  picky.on_error = ErrorPolicy::always(FailureAction::skip);
  const RunReport report =
      run(chain({count_up("source", 1'000, 128), std::move(picky), collect("out", out_)}));
  expect_success(report);
  std::vector<std::int64_t> expected = zero_to(1'000);
  std::erase_if(expected, [](auto x) { return x % 97 == 5; });
  EXPECT_EQ(out_->values, expected);
  // 11 poison records, at most 2 * log2(128) calls each.
  EXPECT_LE(report.stages[1].bisect_calls, 11u * 14u);
  EXPECT_EQ(report.stages[1].skipped, 11u);
}

TEST_P(ContractTest, AStageThatCannotBeSplitLosesTheWholeBatch) {
  StageSpec picky = map("picky", [](auto x) { return x == 5 ? throw RecordError("no") : x; });
  std::get<TransformSpec>(picky.body).traits.splittable = false;
  picky.on_error = ErrorPolicy::always(FailureAction::skip);
  const RunReport report = run(chain({count_up("source", 20, 4), std::move(picky), collect("out", out_)}));
  expect_success(report);
  EXPECT_EQ(report.stages[1].skipped, 4u);
  EXPECT_EQ(report.stages[1].bisect_calls, 0u);
}

// --- Payloads that cannot say what they are ---

/// Numbers that throw when somebody wants to know of them.
class Brittle final : public Payload {
 public:
  Brittle(std::vector<std::int64_t> values, std::string breaks)
      : values_(std::move(values)), breaks_(std::move(breaks)) {}
  std::size_t rows() const noexcept override { return values_.size(); }
  std::size_t bytes() const noexcept override { return 8; }
  Batch slice(std::size_t offset, std::size_t count) const override {
    break_at("slice");
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(offset);
    return std::make_shared<Brittle>(std::vector(begin, begin + static_cast<std::ptrdiff_t>(count)), breaks_);
  }
  std::shared_ptr<Payload> clone() const override { return nullptr; }
  Origin origin_of(std::size_t) const override {
    break_at("origin_of");
    return {};
  }
  std::string describe(std::size_t) const override {
    break_at("describe");
    return "a brittle one";
  }

 private:
  void break_at(const std::string& call) const {
    if (call == breaks_) throw IoError("the input is gone");
  }
  const std::vector<std::int64_t> values_;
  const std::string breaks_;
};

class BrittlePayload : public ContractTest {
 protected:
  /// A graph whose stage throws at, or (with `refuses`) refuses a row of, every brittle batch.
  RunReport run_brittle(const std::string& breaks, FailureAction action, bool refuses) {
    StageSpec source =
        scripted("source", SourceScript{.next = [breaks, at = 0]() mutable -> std::optional<Work> {
                   if (at++ == 10) return std::nullopt;
                   return Work{std::make_shared<Brittle>(std::vector<std::int64_t>{1, 2, 3, 4}, breaks), {}};
                 }});
    StageSpec stage =
        scripted("stage", {.process = [refuses](const Input& input, State*, Emitter& out) -> Cursor {
                   if (!refuses) throw RecordError("thrown");
                   for (std::size_t row = 0; row < input.batch->rows(); ++row)
                     out.reject(row, refused());
                   return kDone;
                 }});
    stage.on_error = ErrorPolicy::always(action);
    stage.encode_dead_letters = [](std::vector<DeadLetter<Batch>>&& letters) {
      return numbers(std::vector<std::int64_t>(letters.size()));
    };
    Graph graph = chain({std::move(source), std::move(stage), collect("out", out_)});
    graph.connect({.from = 1, .from_port = "errors", .to = 2});
    return run(graph);
  }
};
WEIR_RUN_WITH_THREADS(BrittlePayload);

TEST_P(BrittlePayload, AFailureIsReportedThoughItsRecordCannotBeDescribed) {
  for (const char* breaks : {"slice", "origin_of", "describe"}) {
    for (const bool refuses : {false, true}) {
      SCOPED_TRACE(std::string(breaks) + (refuses ? " refused" : " thrown"));
      const RunReport report = run_brittle(breaks, FailureAction::fail, refuses);
      ASSERT_TRUE(report.failure);
      EXPECT_EQ(report.failure->error.message, refuses ? "refused" : "thrown");
    }
  }
}

TEST_P(BrittlePayload, ADeadLetterIsKeptThoughNobodyKnowsWhereItWasRead) {
  for (const char* breaks : {"origin_of", "describe"}) {
    for (const bool refuses : {false, true}) {
      const RunReport report = run_brittle(breaks, FailureAction::dead_letter, refuses);
      expect_success(report);
      EXPECT_EQ(report.stages[1].dead, 40u);
    }
  }
}

TEST_P(BrittlePayload, ARecordThatCannotBeCutOutFailsTheRun) {
  for (const bool refuses : {false, true}) {
    const RunReport report = run_brittle("slice", FailureAction::dead_letter, refuses);
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->error.message, "the input is gone");
  }
}

}  // namespace
}  // namespace weir
