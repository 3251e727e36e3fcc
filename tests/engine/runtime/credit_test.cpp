// Credits of whole runs: every path that a token may take gives its credit back, and no more are ever out
// than there are. A run whose credit was lost would come to rest undone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

/// More batches than credits, by far.
constexpr std::int64_t kMany = 500;

class CreditTest : public RunFixture {
 protected:
  std::uint64_t peak_of(const RunReport& report) {
    std::uint64_t peak = 0;
    for (const SourceReport& source : report.sources)
      peak = std::max(peak, source.tokens_peak);
    return peak;
  }
};
WEIR_RUN_WITH_THREADS(CreditTest);

StageSpec with_policy(StageSpec spec, FailureAction action) {
  spec.on_error = ErrorPolicy::always(action);
  return spec;
}
std::int64_t throws_always(std::int64_t) { throw RecordError("no"); }
std::int64_t throws_late(std::int64_t x) { return x > 400 ? throws_always(x) : x; }

struct Path {
  const char* name;
  std::function<StageSpec()> stage;
  RunStatus status = RunStatus::succeeded;
};

TEST_P(CreditTest, EveryPathGivesTheCreditBack) {
  const Path paths[] = {
      {"normal", [] { return map("stage", [](auto x) { return x; }); }},
      {"filtered", [] { return filter("stage", [](auto) { return false; }); }},
      {"serial", [] { return scripted("stage", TransformScript{}, {.concurrency = Concurrency::serial}); }},
      {"retained by a breaker", [] { return sorted("stage"); }},
      {"skipped", [] { return with_policy(map("stage", throws_always), FailureAction::skip); }},
      {"dead-lettered", [] { return with_policy(map("stage", throws_always), FailureAction::dead_letter); }},
      {"failed", [] { return map("stage", throws_late); }, RunStatus::failed},
      {"enough", [] { return first("stage", 37); }},
      {"limited", [] {
         StageSpec spec = map("stage", [](auto x) { return x; });
         spec.workers = 1;
         return spec;
       }}};
  for (const Path& path : paths) {
    for (const std::size_t credits : {1u, 3u}) {
      for (const bool threaded : {false, true}) {
        SCOPED_TRACE(std::string(path.name) + (threaded ? ", threaded, " : ", ") + std::to_string(credits));
        StageSpec source = threaded ? count_up_threaded("source", kMany) : count_up("source", kMany);
        Graph graph = chain({std::move(source), path.stage(), collect("out", out_, {.blocking = threaded})});
        graph.connect({.from = 1, .from_port = "errors", .to = 2});
        const RunReport report = run(graph, {.credit_tokens = credits});
        EXPECT_EQ(report.status, path.status);
        EXPECT_LE(peak_of(report), credits);
      }
    }
  }
}

TEST_P(CreditTest, BranchesShareOneCredit) {
  Graph graph;
  const auto source = graph.add(count_up("source", kMany)), out = graph.add(collect("out", out_));
  for (const char* name : {"a", "b", "c"}) {
    const auto branch = graph.add(map(name, [](auto x) { return x; }));
    graph.connect(source, branch);
    graph.connect(branch, out);
  }
  const RunReport report = run(graph, {.credit_tokens = 2});
  expect_success(report);
  EXPECT_LE(peak_of(report), 2u);
  EXPECT_EQ(out_->values.size(), 3u * kMany);
}

TEST_P(CreditTest, ALoneTokenIsAdmittedWhateverItsSize) {
  const RunReport report =
      run(chain({count_up("source", kMany, 10), map("same", [](auto x) { return x; }), collect("out", out_)}),
          {.credit_bytes = 1});
  expect_success(report);
  EXPECT_EQ(out_->values, zero_to(kMany));
  EXPECT_EQ(peak_of(report), 1u);
}

TEST_P(CreditTest, AFlowPausesWhenItsBytesAreOut) {
  constexpr std::size_t kBatchBytes = 10 * sizeof(std::int64_t);
  const RunReport report = run(chain({count_up("source", 10 * kMany, 10), collect("out", out_)}),
                               {.credit_tokens = 100, .credit_bytes = 3 * kBatchBytes});
  expect_success(report);
  EXPECT_LE(peak_of(report), 3u);
}

TEST_P(CreditTest, BytesThatAStageMakesPauseTheSourceAndNeverTheStage) {
  const auto grow =
      scripted("grow", {.process = [](const Input& input, State*, Emitter& out) {
                 out.emit(numbers(std::vector<std::int64_t>(1'000, values_of(input.batch).front())));
                 return kDone;
               }});
  const RunReport report =
      run(chain({count_up("source", kMany), grow,
                 scripted("wide", TransformScript{}, {.concurrency = Concurrency::serial}),
                 collect("out", out_)}),
          {.credit_tokens = 100, .credit_bytes = 4'000});
  expect_success(report);
  EXPECT_EQ(out_->values.size(), 1'000u * kMany);
}

/// Pulls batches while noting how many more have been pulled than have come through the other branch.
TEST_P(CreditTest, ABranchIsBoundedThoughTheOtherIsParked) {
  constexpr std::size_t kCredits = 4;
  Gate gate;
  std::atomic<std::int64_t> pulled{0}, through{0}, most{0};
  const StageSpec source = scripted("source", SourceScript{.next = [&]() -> std::optional<Work> {
                                      if (pulled == kMany) return std::nullopt;
                                      most = std::max<std::int64_t>(most, pulled + 1 - through);
                                      if (pulled + 1 == std::int64_t{kCredits}) gate.open();
                                      return work({pulled++});
                                    }});
  // One worker at a time gets through, and with several the first is held until the credits are out.
  StageSpec slow = scripted("slow", {.process = [&](const Input& input, State*, Emitter& out) {
                              if (GetParam() > 1) gate.pass();
                              dawdle(100);
                              ++through;
                              out.emit(input.batch);
                              return kDone;
                            }});
  slow.workers = 1;
  Graph graph;
  const auto from = graph.add(source), branch = graph.add(std::move(slow)),
             join = graph.add(keep_known("join"));
  graph.connect(from, branch);
  graph.connect({.from = from, .to = join, .to_port = "left"});
  graph.connect({.from = branch, .to = join, .to_port = "right"});
  graph.connect(join, graph.add(collect("out", out_)));
  expect_success(run(graph, {.credit_tokens = kCredits}));
  EXPECT_EQ(out_->values, zero_to(kMany));
  EXPECT_LE(most, std::int64_t{kCredits});
}

TEST_P(CreditTest, WhatIsParkedNoLongerCountsAgainstTheBytesOfTheSource) {
  // Were the parked bytes held against it, the source would give out one batch at a time behind the first.
  Gate gate;
  Graph graph;
  const auto source = graph.add(count_up("source", 100, 10)), join = graph.add(keep_known("join"));
  const auto held = graph.add(scripted("held", {.process = [&](const Input& input, State*, Emitter& out) {
                                         // With two workers the second batch must come while the first is
                                         // inside.
                                         if (GetParam() > 1 && input.place.sequence == 8) gate.pass();
                                         if (input.place.sequence == 9) gate.open();
                                         out.emit(input.batch);
                                         return kDone;
                                       }}));
  graph.connect(source, held);
  graph.connect({.from = source, .to = join, .to_port = "left"});
  graph.connect({.from = held, .to = join, .to_port = "right"});
  graph.connect(join, graph.add(collect("out", out_)));
  // Room for the branches of three batches; parked are nine.
  expect_success(run(graph, {.credit_tokens = 8, .credit_bytes = 6 * 80}));
  EXPECT_EQ(out_->values, zero_to(100));
}

}  // namespace
}  // namespace weir
