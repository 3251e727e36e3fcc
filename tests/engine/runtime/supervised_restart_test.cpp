// Supervised bodies that are made anew, and those that wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/parallel_for.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "weir/testing/manual_clock.hpp"
#include "weir/tbb.hpp"

namespace weir {
namespace {

namespace flow = tbb::flow;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// What a test's factory makes, and how many of it there are.
struct Workshop {
  std::atomic<int> made{0};
  std::atomic<int> alive{0};
  std::atomic<int> failed_makes{0};  ///< so many more throw
  std::atomic<int> breaks{0};        ///< so many negative numbers still break an instance
};

/// Breaks for good at a negative number: only another one works again.
class Breakable {
 public:
  explicit Breakable(Workshop& workshop) : workshop_(workshop) {
    if (workshop.failed_makes.fetch_sub(1) > 0) throw std::runtime_error("does not open");
    ++workshop_.made;
    ++workshop_.alive;
  }
  ~Breakable() { --workshop_.alive; }
  Breakable(const Breakable&) = delete;
  Breakable& operator=(const Breakable&) = delete;

  int operator()(const int& number) {
    EXPECT_FALSE(inside_.exchange(true)) << "two threads in one instance";
    if (number < 0 && workshop_.breaks.fetch_sub(1) > 0) broken_ = true;
    const bool broken = broken_;
    inside_ = false;
    if (broken) throw std::runtime_error("broken");
    return number;
  }

 private:
  Workshop& workshop_;
  std::atomic<bool> inside_{false};
  bool broken_ = false;
};

ErrorPolicy restarts_then(FailureAction last, std::uint32_t times = 1) {
  return ErrorPolicy::always({{restart(times)}, last});
}

class SupervisedRestartTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  auto factory() {
    return per_worker([this] { return Breakable(workshop_); });
  }

  ThreadLimit limit_{GetParam()};
  Workshop workshop_;
  SupervisedBodies bodies_;
};
INSTANTIATE_TEST_SUITE_P(Threads, SupervisedRestartTest, ::testing::Values(1, 2, 8));

TEST_P(SupervisedRestartTest, AMadeBodyIsMadeAnewWhenItBreaks) {
  workshop_.breaks = 4;
  std::atomic<int> done{0};
  {
    flow::graph graph;
    flow::function_node<int, std::optional<int>> node(
        graph, flow::unlimited,
        supervised(bodies_, "break", factory(), restarts_then(FailureAction::fail, 4)));
    flow::function_node<std::optional<int>> count(graph, flow::unlimited,
                                                  [&](const std::optional<int>& number) {
                                                    if (number) ++done;
                                                  });
    flow::make_edge(node, count);
    for (int number = 1; number <= 1'000; ++number)
      node.try_put(number % 250 == 0 ? -1 : number);
    graph.wait_for_all();
  }
  EXPECT_NO_THROW(bodies_.throw_if_failed());
  const BodyReport report = bodies_.report().bodies.at(0);
  EXPECT_EQ(done, 1'000);
  EXPECT_EQ(report.failures, 4u);
  EXPECT_EQ(report.incarnation, report.restarts + 1);
  EXPECT_EQ(workshop_.alive, 0);
}

TEST_P(SupervisedRestartTest, ASerialNodeHasOneInstanceWhateverTheThreads) {
  flow::graph graph;
  flow::function_node<int, std::optional<int>> node(
      graph, flow::serial, supervised(bodies_, "pass", factory(), restarts_then(FailureAction::fail)));
  for (int number = 0; number < 1'000; ++number)
    node.try_put(number);
  graph.wait_for_all();
  EXPECT_EQ(workshop_.made, 1);
}

TEST_P(SupervisedRestartTest, NoMoreInstancesAreKeptThanTheMachineHasThreads) {
  tbb::parallel_for(0, 10'000,
                    [body = supervised(bodies_, "pass", factory(), restarts_then(FailureAction::fail))](
                        int number) { EXPECT_EQ(body(number), number); });
  EXPECT_EQ(workshop_.alive, 0);
}

TEST(SupervisedRestart, AFactoryThatThrowsIsAFailedCallAndCostsARestart) {
  Workshop workshop;
  workshop.failed_makes = 2;
  SupervisedBodies bodies;
  const auto body = supervised(bodies, "open", per_worker([&] { return Breakable(workshop); }),
                               restarts_then(FailureAction::fail, 3));
  EXPECT_EQ(body(7), 7);
  EXPECT_EQ(bodies.report().bodies.at(0).restarts, 2u);
  EXPECT_EQ(workshop.made, 1);
}

TEST(SupervisedRestart, GivesUpWhenThereWereTooMany) {
  Workshop workshop;
  workshop.breaks = 100;
  SupervisedBodies bodies;
  const auto body = supervised(bodies, "break", per_worker([&] { return Breakable(workshop); }),
                               restarts_then(FailureAction::skip),
                               RestartPolicy{.max_restarts = 2, .within = 30s, .backoff = {}});
  EXPECT_EQ(body(-1), std::nullopt);
  EXPECT_EQ(body(-1), std::nullopt);
  EXPECT_FALSE(bodies.failed());
  EXPECT_EQ(body(-1), std::nullopt);
  EXPECT_TRUE(bodies.failed());
  EXPECT_THAT(bodies.report().failure->error.message,
              HasSubstr("broken; no restart is left, after 2 within 30s"));
}

TEST(SupervisedRestart, CallsOfThePastIncarnationCostNoSecondRestart) {
  SupervisedBodies bodies;
  std::atomic<int> made{0};
  std::atomic<int> inside{0};
  // Both calls are inside the first incarnation before either throws.
  const auto body = supervised(bodies, "both", per_worker([&] {
                                 return [&, first = ++made <= 2](int number) {
                                   if (!first) return number;
                                   ++inside;
                                   while (inside < 2)
                                     std::this_thread::yield();
                                   throw std::runtime_error("the other side is gone");
                                 };
                               }),
                               restarts_then(FailureAction::fail, 2));
  {
    std::jthread other([&] { EXPECT_EQ(body(1), 1); });
    EXPECT_EQ(body(2), 2);
  }
  EXPECT_EQ(bodies.report().bodies.at(0).failures, 2u);
  EXPECT_EQ(bodies.report().bodies.at(0).restarts, 1u);
}

TEST(SupervisedRestart, DelaysPassOnTheInjectedClock) {
  testing::ManualClock clock;
  SupervisedBodies bodies({.clock = &clock});
  int calls = 0;
  const auto body = supervised(
      bodies, "wait",
      [&](int number) {
        if (++calls < 3) throw IoError("not yet");
        return number;
      },
      ErrorPolicy::always({{retry(2, {.initial = 10ms})}, FailureAction::fail}));
  std::jthread caller([&] { EXPECT_EQ(body(7), 7); });
  const TimePoint begin = clock.now();
  EXPECT_EQ(clock.await_waiters(), begin + 10ms);
  clock.advance(10ms);
  EXPECT_EQ(clock.await_waiters(), begin + 30ms);
  clock.advance(20ms);
}

TEST(SupervisedRestart, AFailureForGoodHurriesWhoeverWaits) {
  testing::ManualClock clock;
  SupervisedBodies bodies({.clock = &clock});
  const auto waits = supervised(
      bodies, "wait", [](int) -> int { throw IoError("not yet"); },
      ErrorPolicy::always({{retry(2, {.initial = 10ms})}, FailureAction::fail}));
  const auto fails = supervised(bodies, "fail", [](int) -> int { throw RecordError("never"); });
  {
    std::jthread caller([&] { EXPECT_EQ(waits(7), std::nullopt); });
    clock.await_waiters();
    fails(1);
  }
  EXPECT_EQ(bodies.report().failure->body, "fail") << "the first is told";
  EXPECT_EQ(bodies.report().bodies.at(0).failures, 3u) << "what was to be tried later was tried at once";
}

}  // namespace
}  // namespace weir
