// Runs that are stopped at any moment, with retries, restarts and dead letters under way: they end, account
// for every record, and publish nothing but what is complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "tests/engine/testing/breakable_stage.hpp"
#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;

constexpr std::int64_t kRows = 400;
constexpr int kStops = 350;  // for each number of threads: more than a thousand in all

class DrainTest : public RunFixture {
 protected:
  /// source -> flaky (retries after a while, refuses some) -> breakable (restarts) -> total -> out, and
  /// errors -> dead.
  Graph graph(const CollectedPtr& dead, std::atomic<std::int64_t>& calls) {
    StageSpec flaky = map("flaky", [&calls](std::int64_t value) -> std::int64_t {
      const std::int64_t call = ++calls;
      if (value % 50 == 7) throw RecordError("a seven");
      if (call % 13 == 0) throw std::runtime_error("now and then");
      return value;
    });
    flaky.on_error =
        ErrorPolicy::always({{retry(50, {.initial = 20us, .max = 100us})}, FailureAction::dead_letter});
    Graph graph;
    const auto source = graph.add(count_up("source", kRows, 4));
    const auto first = graph.add(std::move(flaky));
    const auto second = graph.add(breakable("breakable", life_with({{40, 1}, {200, 2}, {300, 1}}), 10));
    const auto total = graph.add(sum("total")), out = graph.add(collect("out", out_));
    const auto letters = graph.add(collect("dead", dead, {.always_commits = true}));
    graph.connect(source, first);
    graph.connect(first, second);
    graph.connect(second, total);
    graph.connect(total, out);
    graph.connect({.from = first, .from_port = "errors", .to = letters});
    graph.supervisor.backoff = {.initial = 20us, .max = 100us};
    graph.supervisor.max_restarts = 100;
    return graph;
  }
};
WEIR_RUN_WITH_THREADS(DrainTest);

TEST_P(DrainTest, StoppedAtAnyMomentARunLosesTrackOfNothing) {
  int drained = 0, stopped = 0, succeeded = 0;
  for (int stop = 0; stop < kStops; ++stop) {
    out_ = std::make_shared<Collected>();
    const auto dead = std::make_shared<Collected>();
    std::atomic<std::int64_t> calls{0};
    RunHandle handle = start(graph(dead, calls));
    const std::int64_t moment = stop * 7919 % (2 * kRows);  // in calls; some never come
    wait_until([&] { return calls >= moment || handle.done(); });
    dawdle(static_cast<std::uint64_t>(stop % 5));
    stop % 3 == 0 ? handle.stop_now() : handle.request_stop();
    const RunReport report = handle.wait();
    ASSERT_THAT(report.imbalances(), ::testing::IsEmpty()) << "stop " << stop;
    ASSERT_EQ(Numbers::alive, 0) << "stop " << stop;
    ASSERT_FALSE(report.failure) << "stop " << stop << ": " << report.failure->error.message;
    ASSERT_EQ(out_->committed, report.succeeded() ? 1 : 0) << "stop " << stop;
    ASSERT_EQ(out_->committed + (out_->aborted > 0 ? 1 : 0), 1) << "stop " << stop;
    if (report.status != RunStatus::stopped) {
      const StageReport& flaky = stage(report, "flaky");
      ASSERT_EQ(flaky.processed + flaky.dead, flaky.in)
          << "stop " << stop << ": what was in flight is finished";
    }
    drained += report.status == RunStatus::drained;
    stopped += report.status == RunStatus::stopped;
    succeeded += report.succeeded();
  }
  EXPECT_GT(drained, 0);
  EXPECT_GT(stopped, 0);
  EXPECT_EQ(drained + stopped + succeeded, kStops);
}

}  // namespace
}  // namespace weir
