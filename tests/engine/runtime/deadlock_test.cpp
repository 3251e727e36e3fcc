// Graphs in which something waits for something else. Each must end, with few credits and with one: a test
// that hangs is ended by ctest, and a run that comes to rest undone says that it failed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <tuple>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "tests/engine/testing/scripted_stages.hpp"
#include "tests/engine/testing/timing_stages.hpp"
#include "weir/run.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// More batches than any number of credits that is tried here.
constexpr std::int64_t kMany = 1'000;

/// Every test runs with each number of threads, and with one credit a source, a few, and the default.
class Deadlock : public ::testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
 protected:
  std::size_t threads() const { return std::get<0>(GetParam()); }
  StageIndex add(StageSpec stage) { return graph_.add(std::move(stage)); }
  StageIndex add_same(const char* name) {
    return add(map(name, [](auto x) { return x; }));
  }
  StageIndex add_sink(const char* name, CollectedPtr into, SinkTraits traits = {}) {
    return add(collect(name, std::move(into), traits));
  }
  StageIndex add_join(const char* name, const std::vector<StageIndex>& left,
                      const std::vector<StageIndex>& right, bool serial = false) {
    StageSpec spec = keep_known(name);
    if (serial) std::get<TransformSpec>(spec.body).traits.concurrency = Concurrency::serial;
    const StageIndex join = add(std::move(spec));
    for (const StageIndex from : left)
      graph_.connect({.from = from, .to = join, .to_port = "left"});
    for (const StageIndex from : right)
      graph_.connect({.from = from, .to = join, .to_port = "right"});
    return join;
  }
  void connect(StageIndex from, StageIndex to) { graph_.connect(from, to); }
  void connect_errors(StageIndex from, StageIndex to) {
    graph_.connect({.from = from, .from_port = "errors", .to = to});
  }
  /// Runs the graph, which must succeed.
  void run() {
    const RunReport report =
        weir::run(graph_, {.threads = threads(), .credit_tokens = std::get<1>(GetParam())});
    EXPECT_TRUE(report.succeeded()) << to_string(report.status) << " "
                                    << (report.failure ? report.failure->error.message : "");
    EXPECT_THAT(report.imbalances(), IsEmpty());
    EXPECT_EQ(Numbers::alive, 0);
  }

  ThreadLimit limit_{threads()};
  Graph graph_;
  CollectedPtr out_ = std::make_shared<Collected>(), also_ = std::make_shared<Collected>();
};
INSTANTIATE_TEST_SUITE_P(ThreadsAndCredits, Deadlock,
                         ::testing::Combine(::testing::Values(1, 2, 8), ::testing::Values(1, 16, 0)));

/// a, a, b, b, ...: what a merge gives where each of two branches brings every number.
std::vector<std::int64_t> twice_each(std::int64_t count) {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < count; ++i)
    values.insert(values.end(), {i, i});
  return values;
}

std::vector<std::int64_t> one_after_another(std::vector<std::int64_t> values,
                                            const std::vector<std::int64_t>& more) {
  values.insert(values.end(), more.begin(), more.end());
  return values;
}

// --- Diamonds ---

TEST_P(Deadlock, ASelfJoinHoldsMoreThanItsCredits) {
  const auto source = add(count_up("source", kMany)), same = add_same("same");
  connect(source, same);
  connect(add_join("join", {source}, {same}), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, ASelfJoinWithItsSumWaitsForABreaker) {
  const auto source = add(count_up("source", kMany)), total = add(sum("sum"));
  connect(source, total);
  connect(add_join("join", {source}, {total}), add_sink("out", out_));
  run();
  EXPECT_THAT(out_->values, IsEmpty());  // the sum is larger than any number
}

TEST_P(Deadlock, NestedDiamonds) {
  const auto source = add(count_up("source", kMany));
  const auto a = add_same("a"), b = add_same("b"), a1 = add_same("a1"), a2 = add_same("a2");
  const auto inner = add_same("inner"), out = add_sink("out", out_);
  connect(source, a);
  connect(source, b);
  connect(a, a1);
  connect(a, a2);
  connect(a1, inner);
  connect(a2, inner);
  connect(inner, out);
  connect(b, out);
  run();
  EXPECT_EQ(out_->values.size(), 3u * kMany);
  EXPECT_TRUE(std::is_sorted(out_->values.begin(), out_->values.end()));
}

TEST_P(Deadlock, NestedSelfJoins) {
  const auto source = add(count_up("source", kMany));
  const auto inner = add_join("inner", {source}, {source});
  connect(add_join("outer", {source}, {inner}), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, ASelfJoinOfASelfJoinsProbeSide) {
  const auto source = add(count_up("source", kMany));
  const auto inner = add_join("inner", {source}, {source});
  connect(add_join("outer", {inner}, {source}), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

// --- Breakers ---

TEST_P(Deadlock, AFanOutMeetsAgainBehindABreaker) {
  const auto source = add(count_up("source", kMany)), sort = add(sorted("sorted"));
  const auto same = add_same("same"), out = add_sink("out", out_);
  connect(source, sort);
  connect(source, same);
  connect(same, out);
  connect(sort, out);
  run();
  EXPECT_EQ(out_->values, one_after_another(zero_to(kMany), zero_to(kMany)));
}

TEST_P(Deadlock, ABreakersOutputIsMergedInFrontOfItsOwnInput) {
  const auto source = add(count_up("source", kMany)), negative = add(map("minus", [](auto x) { return -x; }));
  const auto sort = add(sorted("sorted")), out = add_sink("out", out_);
  connect(source, negative);
  connect(negative, sort);
  connect(sort, out);
  connect(source, out);
  run();
  ASSERT_EQ(out_->values.size(), 2u * kMany);
  EXPECT_EQ(out_->values.front(), -(kMany - 1));
  EXPECT_EQ(out_->values.back(), kMany - 1);
  EXPECT_TRUE(std::is_sorted(out_->values.begin(), out_->values.end()));
}

TEST_P(Deadlock, ASerialStageSeesABreakersOutputBeforeItsInput) {
  std::atomic<int> out_of_order{0};
  const auto source = add(count_up("source", kMany)), sort = add(sorted("sorted"));
  const auto later = add(map("later", [](auto x) { return x + kMany; }));
  const auto serial = add(in_order("serial", out_of_order));
  connect(source, sort);
  connect(source, later);
  connect(sort, serial);
  connect(later, serial);
  connect(serial, add_sink("out", out_));
  run();
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(out_->values, zero_to(2 * kMany));
}

TEST_P(Deadlock, WhatASerialStageHeldUpIsMergedInFrontOfWhatHeldItUp) {
  // At `serial` the numbers wait for the sorted ones; at `out` they come first.
  const auto source = add(count_up("source", kMany)), sort = add(sorted("sorted"));
  const auto serial = add(scripted("serial", TransformScript{}, {.concurrency = Concurrency::serial}));
  const auto out = add_sink("out", out_);
  connect(source, sort);
  connect(sort, serial);
  connect(source, serial);
  connect(source, out);
  connect(serial, out);
  run();
  EXPECT_EQ(out_->values, one_after_another(twice_each(kMany), zero_to(kMany)));
}

TEST_P(Deadlock, TwoBreakersInARow) {
  const auto source = add(count_up("source", kMany)), one = add(sorted("one")), two = add(sorted("two", 7));
  connect(source, one);
  connect(one, two);
  connect(two, add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, TwoBreakersInARowThatMeetTheirInputs) {
  const auto source = add(count_up("source", kMany)), one = add(sorted("one")), two = add(sorted("two"));
  const auto out = add_sink("out", out_);
  connect(source, one);
  connect(one, two);
  connect(two, out);
  connect(one, out);
  connect(source, out);
  run();
  EXPECT_EQ(out_->values.size(), 3u * kMany);
}

TEST_P(Deadlock, BreakersThatReadEachOthersInputsInManyLayers) {
  // A plan that looked at every way through it would never be done.
  StageIndex left = add(count_up("left", 10)), right = add(count_up("right", 10));
  for (int layer = 0; layer < 24; ++layer) {
    const auto one = add(sum("left" + std::to_string(layer)));
    const auto two = add(sum("right" + std::to_string(layer)));
    for (const StageIndex from : {left, right}) {
      connect(from, one);
      connect(from, two);
    }
    left = one;
    right = two;
  }
  const auto out = add_sink("out", out_);
  connect(left, out);
  connect(right, out);
  run();
  const std::int64_t total = std::int64_t{90} << 23;  // 45 + 45, doubled by every layer behind the first
  EXPECT_THAT(out_->values, ElementsAre(total, total));
}

// --- Joins ---

TEST_P(Deadlock, JoinsThatCross) {
  const auto one = add(count_up("one", kMany)), two = add(count_up("two", kMany / 2));
  connect(add_join("there", {one}, {two}), add_sink("out", out_));
  connect(add_join("back", {two}, {one}), add_sink("also", also_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany / 2));
  EXPECT_EQ(also_->values, zero_to(kMany / 2));
}

TEST_P(Deadlock, ASerialJoinTakesItsBuildSideFirst) {
  const auto left = add(count_up("left", kMany)), right = add(count_up("right", kMany / 2));
  connect(add_join("join", {left}, {right}, /*serial=*/true), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany / 2));
}

TEST_P(Deadlock, ASerialSelfJoin) {
  const auto source = add(count_up("source", kMany));
  connect(add_join("join", {source}, {source}, /*serial=*/true), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, FlowsParkedTogetherLeaveInTheOrderOfTheEdges) {
  const auto one = add(count_up("one", kMany)), two = add(count_up("two", kMany));
  const auto later = add(map("later", [](auto x) { return x + kMany; }));
  connect(one, later);
  connect(add_join("join", {two, later}, {one, two, later}), add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(2 * kMany));
}

TEST_P(Deadlock, FlowsParkedTogetherAreMergedInAnotherOrderBehind) {
  const auto one = add(count_up("one", kMany)), two = add(count_up("two", kMany));
  const auto join = add_join("join", {two, one}, {one, two}), out = add_sink("out", out_);
  connect(one, out);
  connect(join, out);
  run();
  EXPECT_EQ(out_->values, one_after_another(twice_each(kMany), zero_to(kMany)));
}

TEST_P(Deadlock, AFlowIsParkedForTheOneThatIsMergedBehindIt) {
  const auto first = add(count_up("first", kMany)), second = add(count_up("second", kMany));
  const auto join = add_join("join", {first}, {first, second}), out = add_sink("out", out_);
  connect(join, out);
  connect(second, out);
  run();
  EXPECT_EQ(out_->values, one_after_another(zero_to(kMany), zero_to(kMany)));
}

TEST_P(Deadlock, WhatAParkedBuildSideWaitsForIsNotToldToBeginAfterTheProbeSide) {
  const auto source = add(count_up("source", kMany)), extra = add(count_up("extra", kMany));
  const auto late = add(count_up("late", kMany));
  const auto first = add_join("first", {source}, {source, extra});
  const auto second = add_join("second", {late}, {first});
  const auto both = add_sink("both", also_);
  connect(second, add_sink("out", out_));
  connect(late, both);
  connect(extra, both);
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
  EXPECT_EQ(also_->values, one_after_another(zero_to(kMany), zero_to(kMany)));
}

TEST_P(Deadlock, TwoProbePortsOfOneFlow) {
  auto spec = keep_known("join");
  spec.inputs.push_back({.name = "second", .type = number_type()});
  const auto left = add(count_up("left", kMany)), right = add(count_up("right", kMany));
  const auto join = add(std::move(spec));
  graph_.connect({.from = left, .to = join, .to_port = "left"});
  graph_.connect({.from = left, .to = join, .to_port = "second"});
  graph_.connect({.from = right, .to = join, .to_port = "right"});
  connect(join, add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, twice_each(kMany));
}

TEST_P(Deadlock, ABreakerMayRetainItsInput) {
  StageSpec retaining = sum("sum");
  retaining.inputs[0].retained = true;
  const auto source = add(count_up("source", kMany)), total = add(std::move(retaining));
  connect(source, total);
  connect(total, add_sink("out", out_));
  run();
  EXPECT_THAT(out_->values, ElementsAre(kMany * (kMany - 1) / 2));
}

// --- Order of several flows ---

TEST_P(Deadlock, SinksThatWantTheirSourcesInOppositeOrders) {
  const auto one = add(count_up("one", kMany)), two = add(count_up("two", kMany));
  const auto out = add_sink("out", out_), other_way = add_sink("other_way", also_);
  connect(one, out);
  connect(two, out);
  connect(two, other_way);
  connect(one, other_way);
  run();
  EXPECT_EQ(out_->values.size(), 2u * kMany);
  EXPECT_EQ(also_->values.size(), 2u * kMany);
}

TEST_P(Deadlock, ManyShortSourcesAreMergedAndEachBeginsOnce) {
  for (int round = 0; round < 20; ++round) {
    graph_ = {};
    out_->values.clear();
    const auto out = add_sink("out", out_);
    for (int i = 0; i < 12; ++i) {
      const auto name = "source" + std::to_string(i);
      connect(add(i % 3 == 2 ? count_up_threaded(name, i % 2) : count_up(name, i % 2)), out);
    }
    run();
    EXPECT_THAT(out_->values, ElementsAre(0, 0, 0, 0, 0, 0));
  }
}

TEST_P(Deadlock, ErrorsOfManyStagesAndSourcesMeetInOneSink) {
  const ErrorPolicy to_dead = ErrorPolicy::always(FailureAction::dead_letter);
  const auto picky = [&](const char* name, std::int64_t rest) {
    StageSpec spec = map(name, [rest](auto x) { return x % 10 == rest ? throw RecordError("no") : x; });
    spec.on_error = to_dead;
    return spec;
  };
  std::atomic<std::int64_t> at{0};
  StageSpec torn = scripted(
      "torn",
      SourceScript{.next = [&]() -> std::optional<Work> {
                     return at < kMany ? std::optional(work({at++})) : std::nullopt;
                   },
                   .decode =
                       [](const Batch& batch, Cursor, Emitter& out) {
                         if (values_of(batch).front() % 10 == 9)
                           out.reject(
                               batch, 0,
                               {.error_class = ErrorClass::data, .message = "torn", .type = {}, .cause = {}});
                         else
                           out.emit(batch);
                         return kDone;
                       }});
  torn.on_error = to_dead;
  const auto one = add(std::move(torn)), two = add(count_up("two", kMany));
  const auto a = add(picky("a", 3)), b = add(picky("b", 4));
  const auto join = add_join("join", {a}, {b}), out = add_sink("out", out_), dead = add_sink("dead", also_);
  connect(one, a);
  connect(two, b);
  connect(join, out);
  for (const StageIndex from : {one, a, b, join})
    connect_errors(from, dead);
  run();
  // From `one`: those that end in 9 and in 3; from `two`: those that end in 4.
  EXPECT_EQ(also_->values.size(), 3u * kMany / 10);
  EXPECT_EQ(out_->values.size(), 7u * kMany / 10);
}

// --- Threads ---

TEST_P(Deadlock, ABlockingSinkMayBeSlowerThanEverythingElse) {
  const auto source = add(count_up("source", kMany));
  const auto slow = add(
      scripted("slow", SinkScript{.write = [](const Batch&, Emitter&) { dawdle(300); }}, {.blocking = true}));
  connect(source, slow);
  connect(source, add_sink("out", out_));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, ABlockingSinkThatWaitsForAnotherBranchHoldsNoWorker) {
  // What `waiting` keeps for its turn comes to its queue all at once. It writes nothing before `other` has
  // come to its end, which needs a worker, and `other` does not end before it waits.
  Gate gate;
  std::atomic<std::int64_t> written{0};
  const auto source = add(count_up("source", kMany)), total = add(sum("sum"));
  const auto waiting = add(scripted("waiting",
                                    SinkScript{.write =
                                                   [&](const Batch& batch, Emitter&) {
                                                     gate.pass();
                                                     written += static_cast<std::int64_t>(batch->rows());
                                                   }},
                                    {.blocking = true}));
  connect(source, total);
  connect(total, waiting);
  connect(source, waiting);
  std::int64_t left = 3 * kMany;
  const auto other = add(scripted("other", SourceScript{.next = [&]() -> std::optional<Work> {
                                    if (gate.came() > 0 && --left == 0) return std::nullopt;
                                    return work({1});
                                  }},
                                  {.blocking = true}));
  const auto last = add(sum("last"));
  const auto opener =
      add(scripted("opener", SinkScript{.write = [&](const Batch&, Emitter&) { gate.open(); }}));
  connect(other, last);
  connect(last, opener);
  run();
  EXPECT_EQ(written, kMany + 1);
}

TEST_P(Deadlock, ForeignThreadsAreHeardWhileWorkersAreBusy) {
  // The plain source never lets its workers go idle; the threaded ones must come to their ends beside it, and
  // it ends when they have.
  std::atomic<int> ended{0};
  std::atomic<std::int64_t> pulled{0};
  const auto busy = add(scripted("busy", SourceScript{.next = [&]() -> std::optional<Work> {
                                   if (ended == 2 || ++pulled > 50'000'000) return std::nullopt;
                                   return work({1});
                                 }}));
  connect(busy, add(scripted("sink", SinkScript{})));
  for (const char* name : {"first", "second"}) {
    const auto source = add(count_up_threaded(name, kMany)), total = add(sum(std::string(name) + "_sum"));
    connect(source, total);
    connect(total, add(scripted(std::string(name) + "_end",
                                SinkScript{.write = [&](const Batch&, Emitter&) { ++ended; }})));
  }
  run();
  EXPECT_EQ(ended, 2);
  EXPECT_LT(pulled, 50'000'000);
}

TEST_P(Deadlock, ThreadedSourcesOnBothSidesOfASelfJoin) {
  const auto source = add(count_up_threaded("source", kMany));
  const auto join = add_join("join", {source}, {source});
  connect(join, add_sink("out", out_, {.blocking = true}));
  run();
  EXPECT_EQ(out_->values, zero_to(kMany));
}

TEST_P(Deadlock, ASerialBreakerWithTwoPortsIsCalledOnceAtATime) {
  Occupancy occupancy;
  StageSpec both = scripted(
      "both",
      TransformScript{.process =
                          [&](const Input& input, State* state, Emitter&) {
                            occupancy.enter();
                            auto& total = static_cast<NumberState&>(*state).number;
                            total += values_of(input.batch).front();
                            dawdle(20);
                            occupancy.leave();
                            return kDone;
                          },
                      .absorb = [](State&, State&) { throw UsageError("a serial stage has one state"); },
                      .next_output =
                          [](State* state, Cursor, Emitter& out) {
                            out.emit(numbers({static_cast<NumberState&>(*state).number}));
                            return kDone;
                          }},
      {.concurrency = Concurrency::serial, .breaker = true});
  both.inputs.push_back({.name = "second", .type = number_type()});
  const auto one = add(count_up("one", kMany)), two = add(count_up("two", kMany));
  const auto pair = add(std::move(both));
  connect(one, pair);
  graph_.connect({.from = two, .to = pair, .to_port = "second"});
  graph_.connect({.from = one, .to = pair, .to_port = "second"});
  connect(pair, add_sink("out", out_));
  run();
  EXPECT_EQ(occupancy.most(), 1);
  EXPECT_THAT(out_->values, ElementsAre(3 * (kMany * (kMany - 1) / 2)));
}

}  // namespace
}  // namespace weir
