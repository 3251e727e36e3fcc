// What comes out does not depend on who was faster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OrderingTest : public RunFixture {};
WEIR_RUN_WITH_THREADS(OrderingTest);

TEST_P(OrderingTest, ASinkGetsItsInputInOrderBehindStagesThatJitter) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    out_->values.clear();
    expect_success(run(chain({count_up("source", 2'000), jitter("one", seed), jitter("two", seed + 100),
                              collect("out", out_)}),
                       {.fuse = seed % 2 == 0}));
    EXPECT_EQ(out_->values, zero_to(2'000));
  }
}

TEST_P(OrderingTest, ASerialStageGetsItsInputInOrderBehindOneThatJitters) {
  std::atomic<int> out_of_order{0};
  expect_success(run(chain({count_up_threaded("source", 2'000), jitter("jitter", 1),
                            in_order("serial", out_of_order), jitter("more", 2), collect("out", out_)})));
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(out_->values, zero_to(2'000));
}

TEST_P(OrderingTest, BatchesThatComeBeforeTheFirstWaitForIt) {
  if (GetParam() == 1) return;  // whoever is held is the only worker
  // The first is held until all others that have credits have come to the unordered sink.
  constexpr std::int64_t kCredits = 6;
  Gate gate;
  std::atomic<std::int64_t> seen{0};
  Graph graph;
  const auto source = graph.add(count_up("source", 100)), held = graph.add(gated("held", 0, gate));
  const auto all = graph.add(scripted("all",
                                      SinkScript{.write =
                                                     [&](const Batch&, Emitter&) {
                                                       if (++seen == kCredits - 1) gate.open();
                                                     }},
                                      {.ordered = false}));
  graph.connect(source, held);
  graph.connect(held, all);
  graph.connect(held, graph.add(collect("out", out_)));
  expect_success(run(graph, {.credit_tokens = kCredits}));
  EXPECT_EQ(out_->values, zero_to(100));
}

TEST_P(OrderingTest, AnUnorderedSinkGetsEverythingOnce) {
  expect_success(
      run(chain({count_up("source", 2'000), jitter("jitter", 3), collect("out", out_, {.ordered = false})})));
  std::ranges::sort(out_->values);
  EXPECT_EQ(out_->values, zero_to(2'000));
}

TEST_P(OrderingTest, BranchesAreMergedByTheOrderOfTheEdgesWhicheverIsFaster) {
  for (const bool slow_first : {false, true}) {
    out_->values.clear();
    Graph graph;
    const auto source = graph.add(count_up("source", 1'000));
    const auto slow = graph.add(jitter("slow", 5));
    const auto minus = graph.add(map("minus", [](auto x) { return -x; }));
    const auto fast = graph.add(map("fast", [](auto x) { return x; })), out = graph.add(collect("out", out_));
    graph.connect(source, slow);
    graph.connect(slow, minus);
    graph.connect(source, fast);
    graph.connect(slow_first ? minus : fast, out);
    graph.connect(slow_first ? fast : minus, out);
    expect_success(run(graph));
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 0; i < 1'000; ++i) {
      expected.push_back(slow_first ? -i : i);
      expected.push_back(slow_first ? i : -i);
    }
    EXPECT_EQ(out_->values, expected);
  }
}

TEST_P(OrderingTest, SourcesAreMergedOneAfterAnotherBehindStagesThatJitter) {
  Graph graph;
  const auto out = graph.add(collect("out", out_));
  for (std::int64_t i = 0; i < 4; ++i) {
    const std::string name = std::to_string(i);
    const auto source =
        graph.add(i % 2 ? count_up("source" + name, 300) : count_up_threaded("source" + name, 300));
    const auto shift = graph.add(map("shift" + name, [i](auto x) { return x + 300 * i; }));
    const auto slow = graph.add(jitter("slow" + name, static_cast<std::uint64_t>(i)));
    graph.connect(source, shift);
    graph.connect(shift, slow);
    graph.connect(slow, out);
  }
  expect_success(run(graph));
  EXPECT_EQ(out_->values, zero_to(1'200));
}

TEST_P(OrderingTest, DeadLettersOfSeveralStagesComeInTheOrderOfTheirPieces) {
  const auto picky = [](const char* name, std::int64_t rest) {
    StageSpec spec = map(name, [rest](auto x) { return x % 10 == rest ? throw RecordError("no") : x; });
    spec.on_error = ErrorPolicy::always(FailureAction::dead_letter);
    return spec;
  };
  Graph graph = chain({count_up("source", 1'000, 10), picky("a", 7), jitter("jitter", 9), picky("b", 2),
                       collect("out", std::make_shared<Collected>())});
  const auto dead = graph.add(collect("dead", out_));
  graph.connect({.from = 3, .from_port = "errors", .to = dead});
  graph.connect({.from = 1, .from_port = "errors", .to = dead});
  expect_success(run(graph));
  std::vector<std::int64_t> expected;
  for (std::int64_t i = 0; i < 1'000; i += 10)
    expected.insert(expected.end(), {i + 2, i + 7});
  EXPECT_EQ(out_->values, expected);
}

TEST_P(OrderingTest, PlacesCompareAsOneThreadWouldHaveSeenTheBatches) {
  struct Seen {
    Place place;
    std::int64_t value;
  };
  std::mutex mutex;
  std::vector<Seen> seen;
  Graph graph;
  const auto note = graph.add(scripted("note",
                                       {.process =
                                            [&](const Input& input, State*, Emitter&) {
                                              const std::lock_guard lock(mutex);
                                              seen.push_back({input.place, values_of(input.batch).front()});
                                              return kDone;
                                            }},
                                       {.concurrency = Concurrency::replicated, .breaker = true}));
  // Each batch is cut in three before it is noted, and the second source comes after the first.
  for (std::int64_t i = 0; i < 2; ++i) {
    const std::string name = std::to_string(i);
    const auto source = graph.add(count_up("source" + name, 100));
    const auto cut =
        graph.add(scripted("cut" + name, {.process = [i](const Input& input, State*, Emitter& out) {
                             const std::int64_t value = values_of(input.batch).front();
                             for (std::int64_t part = 0; part < 3; ++part)
                               out.emit(numbers({300 * i + 3 * value + part}));
                             return kDone;
                           }}));
    const auto slow = graph.add(jitter("slow" + name, static_cast<std::uint64_t>(i)));
    graph.connect(source, slow);
    graph.connect(slow, cut);
    graph.connect(cut, note);
  }
  graph.connect(note, graph.add(collect("out", out_)));
  for (const bool fuse : {true, false}) {
    seen.clear();
    expect_success(run(graph, {.fuse = fuse}));
    std::ranges::sort(seen, {}, &Seen::place);
    std::vector<std::int64_t> values;
    for (const Seen& one : seen)
      values.push_back(one.value);
    EXPECT_EQ(values, zero_to(600));
  }
}

}  // namespace
}  // namespace weir
