// Runs in the caller's arena.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/engine/testing/run_fixture.hpp"
#include "weir/tbb.hpp"

namespace weir {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RunInTest : public RunFixture {
 protected:
  Graph doubling() {
    return chain({count_up("numbers", 1'000, 10), map("double", [](std::int64_t n) { return 2 * n; }),
                  collect("out", out_)});
  }
  void expect_doubled(const RunReport& report) {
    expect_success(report);
    check(report);
    ASSERT_EQ(out_->values.size(), 1'000u);
    EXPECT_EQ(out_->values[999], 1'998);
  }

  tbb::task_arena arena_{static_cast<int>(GetParam())};
};
WEIR_RUN_WITH_THREADS(RunInTest);

TEST_P(RunInTest, RunsToItsEndOnTheThreadsOfTheArena) {
  const RunReport report = run_in(arena_, doubling());
  expect_doubled(report);
  EXPECT_EQ(report.threads, static_cast<std::size_t>(arena_.max_concurrency()));
}

TEST_P(RunInTest, EveryStageIsCalledInsideTheArena) {
  std::mutex mutex;
  std::set<int> slots;
  bool outside = false;
  const Graph graph = chain({count_up("numbers", 1'000),
                             map("where",
                                 [&](std::int64_t n) {
                                   const std::lock_guard lock(mutex);
                                   outside |=
                                       tbb::this_task_arena::max_concurrency() != arena_.max_concurrency();
                                   slots.insert(tbb::this_task_arena::current_thread_index());
                                   return n;
                                 }),
                             collect("out", out_)});
  expect_success(run_in(arena_, graph));
  EXPECT_FALSE(outside);
  EXPECT_GE(*slots.begin(), 0);
  EXPECT_LT(*slots.rbegin(), std::max(2, arena_.max_concurrency()));
}

TEST_P(RunInTest, MayBeCalledByATaskOfTheArena) {
  RunReport report;
  arena_.execute([&] { report = run_in(arena_, doubling()); });
  expect_doubled(report);
}

TEST_P(RunInTest, MayBeCalledByABodyOfTheCallersOwnGraph) {
  RunReport report;
  arena_.execute([&] {
    tbb::flow::graph graph;
    tbb::flow::function_node<int> node(graph, tbb::flow::serial,
                                       [&](int) { report = run_in(arena_, doubling()); });
    node.try_put(1);
    graph.wait_for_all();
  });
  expect_doubled(report);
}

TEST_P(RunInTest, TheArenaIsTheCallersAgainAfterwards) {
  expect_doubled(run_in(arena_, doubling()));
  out_->values.clear();
  expect_doubled(run_in(arena_, doubling()));
  int ran = 0;
  arena_.execute([&] { ++ran; });
  EXPECT_EQ(ran, 1);
}

TEST(RunIn, TellsWhatItCannotKeep) {
  tbb::task_arena arena(2);
  const Graph graph = chain({count_up("numbers", 1), collect("out", std::make_shared<Collected>())});
  const auto message_of = [&](const RunOptions& options) -> std::string {
    try {
      (void)run_in(arena, graph, options);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_of({.threads = 2}), HasSubstr("leave RunOptions::threads at 0"));
  EXPECT_THAT(message_of({.deadline = std::chrono::hours(1)}), HasSubstr("takes no deadline"));
  EXPECT_THAT(message_of({}), IsEmpty());
}

}  // namespace
}  // namespace weir
