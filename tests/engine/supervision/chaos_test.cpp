#include "engine/supervision/chaos.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/testing/scripted_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

StageSpec with_policy(std::string name, const ErrorChain& chain, TransformTraits traits = {}) {
  StageSpec spec = scripted(std::move(name), TransformScript{}, traits);
  spec.on_error = ErrorPolicy::always(chain);
  return spec;
}

/// source -> stages -> out; the stages begin with index 1.
Graph around(std::vector<StageSpec> stages) {
  stages.insert(stages.begin(), count_up("source", 1));
  stages.push_back(collect("out", std::make_shared<Collected>()));
  return chain(std::move(stages));
}

/// Two stages that survive everything.
Graph sturdy() {
  return around({with_policy("one", {{retry(9)}, FailureAction::fail}),
                 with_policy("two", {{retry(9)}, FailureAction::fail})});
}

bool throws(Chaos& chaos, StageIndex stage, const Chaos::Records& records, std::uint32_t attempt = 0) {
  try {
    chaos.before_call(stage, records, attempt);
    return false;
  } catch (const Error& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::other);
    EXPECT_THAT(error.what(), HasSubstr("on purpose"));
    return true;
  }
}

/// Which of the first records of a stage are chosen.
std::vector<bool> chosen(const ChaosOptions& options, Chaos::Records records, StageIndex stage = 1,
                         std::uint64_t count = 2'000) {
  const Graph graph = sturdy();
  Chaos chaos(options, graph);
  std::vector<bool> chosen;
  for (records.first = 0; records.first < count; ++records.first)
    chosen.push_back(throws(chaos, stage, records));
  return chosen;
}

TEST(Chaos, TheSameSeedGivesTheSameFaults) {
  EXPECT_EQ(chosen({.seed = 7, .throw_share = 0.1}, {}), chosen({.seed = 7, .throw_share = 0.1}, {}));
  EXPECT_NE(chosen({.seed = 7, .throw_share = 0.1}, {}), chosen({.seed = 8, .throw_share = 0.1}, {}));
}

TEST(Chaos, ARecordMayFailInOneCallAndNotInAnother) {
  const ChaosOptions options{.throw_share = 0.1};
  const auto first = chosen(options, {});
  EXPECT_NE(chosen(options, {.call = Chaos::Call::encode}), first);
  EXPECT_NE(chosen(options, {.flow = 1}), first);
  EXPECT_NE(chosen(options, {.sequence = 1}), first);
  EXPECT_NE(chosen(options, {.batch = 1}), first);
  EXPECT_NE(chosen(options, {}, 2), first);
}

TEST(Chaos, ThrowsAtAboutTheShareThatWasAskedFor) {
  for (const double share : {0.001, 0.01, 0.1, 0.5}) {
    const Graph graph = sturdy();
    Chaos chaos({.seed = 3, .throw_share = share}, graph);
    constexpr std::uint64_t kRecords = 100'000;
    std::uint64_t thrown = 0;
    for (std::uint64_t record = 0; record < kRecords; ++record)
      thrown += throws(chaos, 1, {.sequence = record / 100, .first = record % 100});
    const double expected = share * kRecords;
    EXPECT_NEAR(static_cast<double>(thrown), expected, 5 * std::sqrt(expected)) << share;
  }
}

TEST(Chaos, AShareOfNoneOrAllIsExact) {
  const auto none = chosen({.throw_share = 0}, {});
  EXPECT_EQ(std::count(none.begin(), none.end(), true), 0);
  const auto all = chosen({.throw_share = 1}, {});
  EXPECT_EQ(std::count(all.begin(), all.end(), false), 0);
}

/// However a batch is cut, the same records are to blame.
RC_GTEST_PROP(ChaosProperty, ACallThrowsWhereOneOfItsRecordsDoes, ()) {
  const Graph graph = sturdy();
  Chaos chaos({.seed = *rc::gen::arbitrary<std::uint64_t>(), .throw_share = 0.05}, graph);
  const auto first = *rc::gen::inRange<std::uint64_t>(0, 1'000),
             count = *rc::gen::inRange<std::uint64_t>(0, 60);
  bool any = false;
  for (std::uint64_t record = first; record < first + count; ++record)
    any = any || throws(chaos, 1, {.first = record});
  RC_ASSERT(throws(chaos, 1, {.first = first, .count = count}) == any);
}

TEST(Chaos, ARecordFailsSoOftenAndThenGoesThrough) {
  const Graph graph = sturdy();
  Chaos chaos({.throw_share = 1, .throws_per_record = 3}, graph);
  for (const std::uint32_t attempt : {0U, 1U, 2U})
    EXPECT_TRUE(throws(chaos, 1, {}, attempt)) << attempt;
  for (const std::uint32_t attempt : {3U, 4U, 100U})
    EXPECT_FALSE(throws(chaos, 1, {}, attempt)) << attempt;
}

TEST(Chaos, SaysItsSeedSoThatTheRunCanBeRepeated) {
  const Graph graph = sturdy();
  Chaos chaos({.seed = 4711, .throw_share = 1}, graph);
  try {
    chaos.before_call(1, {}, 0);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("seed 4711"));
  }
}

TEST(Chaos, FinishingHasAShareOfItsOwn) {
  const Graph graph = sturdy();
  Chaos only_finish({.finish_share = 1}, graph), only_records({.throw_share = 1}, graph);
  EXPECT_TRUE(throws(only_finish, 1, {.call = Chaos::Call::finish}));
  EXPECT_FALSE(throws(only_finish, 1, {.call = Chaos::Call::finish}, 1));
  EXPECT_FALSE(throws(only_finish, 1, {}));
  EXPECT_FALSE(throws(only_records, 1, {.call = Chaos::Call::finish}));
}

// --- Delays ---

TEST(Chaos, DelaysAShareOfTheCallsByUpToSoMuch) {
  const Graph graph = sturdy();
  const Chaos chaos({.delay_share = 0.2, .delay = 10ms}, graph);
  int delayed = 0;
  Duration longest{0};
  for (std::uint64_t sequence = 0; sequence < 10'000; ++sequence) {
    const auto delay = chaos.delay(1, {.sequence = sequence});
    EXPECT_EQ(delay, chaos.delay(1, {.sequence = sequence}));
    if (!delay) continue;
    ++delayed;
    EXPECT_GE(*delay, 0ms);
    EXPECT_LT(*delay, 10ms);
    longest = std::max(longest, *delay);
  }
  EXPECT_NEAR(delayed, 2'000, 200);
  EXPECT_GT(longest, 9ms);
}

TEST(Chaos, DelaysNobodyUnlessItIsAskedTo) {
  const Graph graph = sturdy();
  EXPECT_FALSE(Chaos({.delay_share = 0, .delay = 1h}, graph).delay(1, {}));
  EXPECT_FALSE(Chaos({.delay_share = 1, .stages = {"two"}}, graph).delay(1, {}));
  EXPECT_TRUE(Chaos({.delay_share = 1, .stages = {"two"}}, graph).delay(2, {}));
}

// --- Openings ---

TEST(Chaos, TheFirstRebuildsOfEachStageFail) {
  const Graph graph = sturdy();
  Chaos chaos({.failed_opens = 2}, graph);
  for (const StageIndex stage : {StageIndex{1}, StageIndex{2}}) {
    ErrorInfo error;
    EXPECT_FALSE(chaos.admits_open(stage, error));
    EXPECT_EQ(error.error_class, ErrorClass::other);
    EXPECT_THAT(error.message, HasSubstr("on purpose"));
    EXPECT_FALSE(chaos.admits_open(stage, error));
    EXPECT_TRUE(chaos.admits_open(stage, error));
    EXPECT_TRUE(chaos.admits_open(stage, error));
  }
}

TEST(Chaos, OpensWhatItIsNotConcernedWith) {
  const Graph graph = sturdy();
  Chaos chaos({.failed_opens = 2, .stages = {"two"}}, graph);
  ErrorInfo error;
  EXPECT_TRUE(chaos.admits_open(1, error));
  EXPECT_FALSE(chaos.admits_open(2, error));
}

// --- At a record ---

TEST(Chaos, ThrowsOnceAtTheCallThatBringsTheRecord) {
  const Graph graph = sturdy();
  const struct {
    std::uint64_t throw_at;
    int call;  ///< of those with ten records each; -1: none
  } cases[] = {{1, 0}, {10, 0}, {11, 1}, {35, 3}, {0, -1}, {1'000, -1}};
  for (const auto& [throw_at, expected] : cases) {
    Chaos chaos({.throw_at = throw_at}, graph);
    for (int call = 0; call < 20; ++call)
      EXPECT_EQ(throws(chaos, 1, {.count = 10}), call == expected) << throw_at << ", call " << call;
  }
}

TEST(Chaos, DoesNotCountARecordTwiceThatIsTriedAgain) {
  const Graph graph = sturdy();
  Chaos chaos({.throw_at = 15}, graph);
  EXPECT_FALSE(throws(chaos, 1, {.count = 10}));
  EXPECT_FALSE(throws(chaos, 1, {.count = 10}, 1)) << "the same ones again";
  EXPECT_TRUE(throws(chaos, 1, {.count = 10}));
  EXPECT_FALSE(throws(chaos, 1, {.count = 10}, 1));
  EXPECT_FALSE(throws(chaos, 1, {.count = 10}));
}

TEST(Chaos, EachStageCountsItsOwnRecords) {
  const Graph graph = sturdy();
  Chaos chaos({.throw_at = 2}, graph);
  EXPECT_FALSE(throws(chaos, 1, {}));
  EXPECT_FALSE(throws(chaos, 2, {}));
  EXPECT_TRUE(throws(chaos, 1, {}));
  EXPECT_TRUE(throws(chaos, 2, {}));
}

TEST(Chaos, ThrowsOnceAtARecordHoweverManyThreadsCall) {
  const Graph graph = sturdy();
  for (int round = 0; round < 50; ++round) {
    Chaos chaos({.throw_at = 500}, graph);
    std::atomic<int> thrown{0};
    {
      std::vector<std::jthread> callers;
      for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
          for (int call = 0; call < 100; ++call)
            thrown += throws(chaos, 1, {.count = 3});
        });
      }
    }
    ASSERT_EQ(thrown, 1);
  }
}

// --- Which stages ---

TEST(Chaos, ByItselfIsInStagesThatSurviveItOnly) {
  const ErrorChain fails = FailureAction::fail, skips = FailureAction::skip;
  const struct {
    const char* what;
    StageSpec stage;
    std::uint32_t throws_per_record;
    bool concerned;
  } cases[] = {
      {"fails", with_policy("stage", fails), 1, false},
      {"loses the record", with_policy("stage", skips), 1, false},
      {"retries", with_policy("stage", {{retry(1)}, FailureAction::fail}), 1, true},
      {"retries too seldom", with_policy("stage", {{retry(1)}, FailureAction::fail}), 2, false},
      {"retries in two steps", with_policy("stage", {{retry(1), restart(1), retry(1)}, FailureAction::fail}),
       2, true},
      {"restarts, of which there may be too many", with_policy("stage", {{restart(3)}, FailureAction::fail}),
       1, false},
      {"keeps its state",
       with_policy("stage", {{retry(1)}, FailureAction::fail}, {.concurrency = Concurrency::serial}), 1,
       true},
      {"has a cache for a state",
       with_policy("stage", {{retry(1)}, FailureAction::fail},
                   {.concurrency = Concurrency::serial, .state_after_throw = StateAfterThrow::cache}),
       1, true},
      {"spoils its state",
       with_policy("stage", {{retry(1)}, FailureAction::fail},
                   {.concurrency = Concurrency::serial, .state_after_throw = StateAfterThrow::spoilt}),
       1, false},
      {"has no state that could be spoilt",
       with_policy("stage", {{retry(1)}, FailureAction::fail},
                   {.state_after_throw = StateAfterThrow::spoilt}),
       1, true},
  };
  for (const auto& [what, stage, throws_per_record, concerned] : cases) {
    const Graph graph = around({stage});
    Chaos chaos({.throw_share = 1, .throws_per_record = throws_per_record}, graph);
    EXPECT_EQ(throws(chaos, 1, {}), concerned) << what;
  }
}

TEST(Chaos, KnowsSourcesAndSinksThatSurvive) {
  Graph graph = sturdy();
  graph.stages.front().on_error = graph.stages.back().on_error =
      ErrorPolicy::always({{retry(1)}, FailureAction::fail});
  Chaos chaos({.throw_share = 1}, graph);
  EXPECT_TRUE(throws(chaos, 0, {.call = Chaos::Call::next}));
  EXPECT_TRUE(throws(chaos, 3, {.call = Chaos::Call::write}));
}

TEST(Chaos, IsInTheNamedStagesWhateverTheirPolicies) {
  const Graph graph = around(
      {with_policy("one", FailureAction::fail), with_policy("two", {{retry(1)}, FailureAction::fail})});
  Chaos chaos({.throw_share = 1, .stages = {"one"}}, graph);
  EXPECT_TRUE(throws(chaos, 1, {}));
  EXPECT_FALSE(throws(chaos, 2, {}));
}

/// What is thrown on purpose has a type like anything else, and a chain may be meant for it.
TEST(Chaos, AsksForTheChainThatItsOwnErrorsFollow) {
  StageSpec stage = with_policy("stage", {{retry(1)}, FailureAction::fail});
  stage.on_error.by_type = {on<Error>(FailureAction::fail)};
  const Graph graph = around({stage});
  Chaos chaos({.throw_share = 1}, graph);
  EXPECT_FALSE(throws(chaos, 1, {}));
}

}  // namespace
}  // namespace weir
