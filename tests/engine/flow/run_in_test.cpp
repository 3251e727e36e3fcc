// Typed flows in the caller's arena.
#include <gtest/gtest.h>

#include <vector>

#include "weir/flow.hpp"
#include "weir/tbb.hpp"

namespace weir {
namespace {

TEST(RunFlowIn, RunsOnTheThreadsOfTheArenaOnce) {
  tbb::task_arena arena(2);
  std::vector<int> out;
  Flow flow = from("numbers", std::vector<int>{1, 2, 3}) | map("double", [](int x) { return 2 * x; }) |
              to("out", out);
  const RunReport report = run_in(arena, flow);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.threads, 2u);
  EXPECT_EQ(out, (std::vector<int>{2, 4, 6}));
  EXPECT_THROW((void)run_in(arena, flow), UsageError) << "it has run";
}

TEST(RunFlowIn, RefusesMoreWorkersThanTheArenaHas) {
  tbb::task_arena arena(2);
  std::vector<int> out;
  Flow flow =
      from("numbers", std::vector<int>{1}) | map("same", [](int x) { return x; }).workers(3) | to("out", out);
  EXPECT_THROW((void)run_in(arena, flow), UsageError);
}

}  // namespace
}  // namespace weir
