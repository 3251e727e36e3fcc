// Limits on calls and on runs: rates, circuit breakers, timeouts, threads of a stage's own, deadlines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "weir/testing/manual_clock.hpp"
#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class LimitsTest : public RunFixture {
 protected:
  Graph around(StageSpec stage, std::int64_t count = 50) {
    return chain({count_up("source", count), std::move(stage), collect("out", out_)});
  }
  std::size_t written() {
    const std::lock_guard lock(out_->mutex);
    return out_->values.size();
  }
};
WEIR_RUN_WITH_THREADS(LimitsTest);

TEST_P(LimitsTest, ARateLetsSoManyRecordsThroughInATime) {
  ManualClock clock;
  std::atomic<int> calls{0};
  StageSpec slow = map("slow", [&](std::int64_t value) {
    ++calls;
    return value;
  });
  slow.rate = {.records = 10, .per = 1h};
  RunHandle handle = start(around(std::move(slow), 5), {.clock = &clock});
  for (int expected = 1; expected < 5; ++expected) {
    EXPECT_TRUE(wait_until([&] { return calls == expected; }));
    clock.await_waiters();
    EXPECT_EQ(calls, expected);
    clock.advance(6min);
  }
  const RunReport report = handle.wait();
  check(report);
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(5)));
}

TEST_P(LimitsTest, ASinkHasARateToo) {
  ManualClock clock;
  StageSpec sink = collect("out", out_);
  sink.rate = {.records = 1, .per = 1h};
  RunHandle handle = start(chain({count_up("source", 3), sink}), {.clock = &clock});
  for (std::size_t expected = 1; expected < 3; ++expected) {
    EXPECT_TRUE(wait_until([&] { return written() == expected; }));
    clock.await_waiters();
    clock.advance(1h);
  }
  expect_success(handle.wait());
}

TEST_P(LimitsTest, ADrainingRunWaitsForNoRate) {
  ManualClock clock;
  StageSpec slow = map("slow", [](std::int64_t value) { return value; });
  slow.rate = {.records = 1, .per = 1h};
  RunHandle handle = start(around(std::move(slow)), {.clock = &clock});
  EXPECT_TRUE(wait_until([&] { return written() == 1; }));
  clock.await_waiters();
  handle.request_stop();
  const RunReport report = handle.wait();
  check(report);
  EXPECT_EQ(stage(report, "slow").in, stage(report, "slow").processed);
}

TEST_P(LimitsTest, ABreakerLeavesTheOtherSideAloneUntilAProbeSucceeds) {
  ManualClock clock;
  std::atomic<bool> down{true};
  std::atomic<int> calls{0};
  StageSpec calling = map("calling", [&](std::int64_t value) {
    ++calls;
    if (down) throw IoError("connection refused");
    return value;
  });
  calling.workers = 1;
  calling.on_error = ErrorPolicy::always({{retry(1'000)}, FailureAction::fail});
  calling.circuit_breaker =
      CircuitBreakerLimits{.window = 4, .failure_share = 0.5, .open_for = 1h, .probes = 1};
  std::mutex mutex;
  std::vector<EventKind> told;
  RunOptions options{.clock = &clock};
  options.observers.push_back([&](const Event& event) {
    const std::lock_guard lock(mutex);
    if (event.kind == EventKind::breaker_opened || event.kind == EventKind::breaker_closed)
      told.push_back(event.kind);
  });
  RunHandle handle = start(around(std::move(calling), 20), options);
  EXPECT_TRUE(wait_until([&] { return calls == 3; }));
  clock.await_waiters();
  clock.advance(30min);
  EXPECT_EQ(calls, 3);
  clock.advance(30min);
  EXPECT_TRUE(wait_until([&] { return calls == 4; }));  // the probe fails: open again
  clock.await_waiters();
  down = false;
  clock.advance(1h);
  const RunReport report = handle.wait();
  check(report);
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(20)));
  EXPECT_THAT(told,
              ElementsAre(EventKind::breaker_opened, EventKind::breaker_opened, EventKind::breaker_closed));
}

TEST_P(LimitsTest, CallsOfAStageWithThreadsOfItsOwnHoldNoWorker) {
  constexpr int kThreads = 6;
  Occupancy occupancy;
  std::atomic<int> inside{0};
  StageSpec waiting = scripted("waiting", {.process = [&](const Input& input, State*, Emitter& out) {
                                 occupancy.enter();
                                 // All of its threads are in it at once, on a single worker too.
                                 if (values_of(input.batch).front() < kThreads) {
                                   ++inside;
                                   wait_until([&] { return inside >= kThreads; });
                                 }
                                 out.emit(input.batch);
                                 occupancy.leave();
                                 return kDone;
                               }});
  waiting.io_threads = kThreads;
  const RunReport report = run(around(std::move(waiting)), {.credit_tokens = 16});
  expect_success(report);
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
  EXPECT_EQ(occupancy.most(), kThreads);
}

TEST_P(LimitsTest, WhatThrowsOnAThreadOfTheStagesOwnFollowsThePolicy) {
  std::atomic<int> failures{0};
  StageSpec stage_spec = map("calling", [&](std::int64_t value) -> std::int64_t {
    if (value == 7 && ++failures < 3) throw IoError("timeout");
    if (value == 9) throw std::runtime_error("never");
    return value;
  });
  stage_spec.io_threads = 3;
  stage_spec.on_error = ErrorPolicy::always({{retry(2)}, FailureAction::skip});
  const RunReport report = run(around(std::move(stage_spec)));
  expect_success(report);
  auto expected = zero_to(50);
  std::erase(expected, 9);
  EXPECT_THAT(out_->values, ElementsAreArray(expected));
  EXPECT_EQ(stage(report, "calling").retried, 4u);
}

TEST_P(LimitsTest, ACallThatHangsIsAbandonedAndItsLateResultThrownAway) {
  ManualClock clock;
  auto gate = std::make_shared<Gate>();
  auto late = std::make_shared<std::atomic<int>>(0);
  auto hung = std::make_shared<std::atomic<bool>>(false);
  StageSpec calling =
      scripted("calling", {.process = [gate, late, hung](const Input& input, State*, Emitter& out) {
                 if (values_of(input.batch).front() == 3 && !hung->exchange(true)) {
                   const Batch kept = input.batch;  // shared with it, not lent
                   gate->pass();
                   out.emit(kept);
                   ++*late;
                   return kDone;
                 }
                 out.emit(input.batch);
                 return kDone;
               }});
  calling.io_threads = 1;
  calling.timeout = {.after = 1min, .abandon = true};
  calling.on_error = ErrorPolicy::always({{retry(1)}, FailureAction::fail});
  std::atomic<int> abandoned{0};
  RunOptions options{.clock = &clock};
  options.observers.push_back([&](const Event& event) { abandoned += event.kind == EventKind::abandoned; });
  RunHandle handle = start(around(std::move(calling)), options);
  EXPECT_TRUE(wait_until([&] { return gate->came() == 1; }));
  EXPECT_TRUE(wait_until([&] {
    clock.advance(15s);
    return handle.done();
  }));
  const RunReport report = handle.wait();
  expect_success(report);
  EXPECT_THAT(report.imbalances(), ::testing::IsEmpty());
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(50)));
  EXPECT_EQ(abandoned, 1);
  gate->open();  // the run is over; the thread that was left behind comes back to nothing
  EXPECT_TRUE(wait_until([&] { return *late == 1; }));
  EXPECT_TRUE(wait_until([] { return Numbers::alive == 0; }));
}

/// Calls time out at any moment, also while their thread writes down what came of them.
TEST_P(LimitsTest, CallsThatThrowJustWhenTheyTimeOutAreSettledOnce) {
  ManualClock clock;
  const auto calls = std::make_shared<std::atomic<std::uint64_t>>(0);
  StageSpec calling = scripted("calling",
                               {.process =
                                    [calls](const Input& input, State*, Emitter& out) {
                                      const std::uint64_t call = ++*calls;
                                      dawdle(call * 37 % 400);
                                      if (call % 3 == 0) throw std::runtime_error("now and then");
                                      out.emit(input.batch);
                                      return kDone;
                                    }},
                               {.maps_records = true});
  calling.io_threads = 2;
  calling.timeout = {.after = 4ms, .abandon = true};
  calling.on_error = ErrorPolicy::always({{retry(1'000'000)}, FailureAction::fail});
  RunHandle handle = start(around(std::move(calling), 300), {.clock = &clock});
  EXPECT_TRUE(wait_until([&] {
    clock.advance(1ms);
    return handle.done();
  }));
  const RunReport report = handle.wait();
  expect_success(report);
  EXPECT_THAT(report.imbalances(), ::testing::IsEmpty());
  EXPECT_THAT(out_->values, ElementsAreArray(zero_to(300)));
  EXPECT_TRUE(wait_until([] { return Numbers::alive == 0; })) << "late threads let go of their batches";
}

TEST_P(LimitsTest, AHangIsToldAndSoIsItsEnd) {
  ManualClock clock;
  Gate gate;
  StageSpec hanging = gated("hanging", 3, gate);
  hanging.timeout = {.after = 1min};
  std::mutex mutex;
  std::vector<Event> told;
  RunOptions options{.clock = &clock};
  options.observers.push_back([&](const Event& event) {
    const std::lock_guard lock(mutex);
    if (event.kind == EventKind::hang_suspected || event.kind == EventKind::hang_ended) told.push_back(event);
  });
  const auto count_told = [&] {
    const std::lock_guard lock(mutex);
    return told.size();
  };
  RunHandle handle = start(around(std::move(hanging)), options);
  EXPECT_TRUE(wait_until([&] { return gate.came() == 1; }));
  EXPECT_TRUE(wait_until([&] {
    clock.advance(15s);
    return count_told() == 1;
  }));
  gate.open();
  expect_success(handle.wait());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].stage, "hanging");
  EXPECT_GE(told[0].delay, 1min);
  EXPECT_EQ(told[1].kind, EventKind::hang_ended);
}

TEST_P(LimitsTest, ADeadlineDrainsTheRun) {
  ManualClock clock;
  StageSpec source = scripted(
      "source", SourceScript{.next = [n = std::int64_t{0}]() mutable { return std::optional(work({n++})); }},
      {.bounded = false});
  RunHandle handle = start(chain({source, collect("out", out_)}), {.deadline = 1h, .clock = &clock});
  EXPECT_TRUE(wait_until([&] { return written() > 100; }));
  clock.await_waiters();
  clock.advance(1h);
  const RunReport report = handle.wait();
  check(report);
  EXPECT_EQ(report.status, RunStatus::drained);
  EXPECT_TRUE(report.deadline_reached);
  EXPECT_THAT(report.hung, ElementsAre());
  EXPECT_EQ(out_->committed, 0);
}

TEST_P(LimitsTest, ARunThatDoesNotDrainInTimeIsGivenUpAndSaysWhoHangs) {
  // The run that is given up goes on, and looks at its clock, when the test is over.
  static ManualClock& clock = *new ManualClock;
  const auto gate = std::make_shared<Gate>();
  StageSpec hanging = scripted("hanging", {.process = [gate](const Input& input, State*, Emitter& out) {
                                 if (values_of(input.batch).front() == 3) gate->pass();
                                 out.emit(input.batch);
                                 return kDone;
                               }});
  RunHandle handle =
      start(around(std::move(hanging)), {.deadline = 1h, .drain_timeout = 10s, .clock = &clock});
  EXPECT_TRUE(wait_until([&] { return gate->came() == 1; }));
  clock.await_waiters();
  clock.advance(1h);
  std::thread later([&] {
    clock.await_waiters();
    clock.advance(10s);
  });
  const RunReport report = handle.wait();
  later.join();
  EXPECT_EQ(report.status, RunStatus::stopped);
  EXPECT_TRUE(report.deadline_reached);
  EXPECT_THAT(report.hung, ElementsAre("hanging"));
  gate->open();
  EXPECT_TRUE(wait_until([] { return Numbers::alive == 0; }));
}

}  // namespace
}  // namespace weir
