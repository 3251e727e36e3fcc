// Stages of a loop that somebody has wrapped: they are called as they are.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "weir/flow.hpp"
#include "weir/testing.hpp"

namespace weir {
namespace {

TEST(WrappedStage, ThrowsItsFaultsInTheMiddleOfALoop) {
  std::vector<int> out;
  Flow flow = from("numbers", std::vector<int>{1, 2, 3, 4}) | map("double", [](int x) { return 2 * x; }) |
              map("more", [](int x) { return x + 1; }).on_error(retry(2)) |
              map("same", [](int x) { return x; }) | to("out", out);
  RunOptions options;
  Graph graph = flow.take_graph(options);
  auto faults = std::make_shared<testing::Faults>();
  faults->at_value("4", 2);
  graph.stages[2] = testing::faulty(graph.stages[2], faults);
  const RunReport report = run(graph, options);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out, (std::vector<int>{3, 5, 7, 9}));
  EXPECT_EQ(report.stages[2].retried, 2u);
}

/// Runs a stream of what cannot be copied, with that stage wrapped.
RunReport run_pointers(StageIndex wrapped, const testing::FaultsPtr& faults, std::vector<int>& out) {
  std::vector<std::unique_ptr<int>> in;
  for (const int n : {1, 2, 3, 4, 5, 6})
    in.push_back(std::make_unique<int>(n));
  Flow flow =
      from("pointers", std::move(in), {.chunk_items = 2}) |
      filter("no threes", [](const std::unique_ptr<int>& p) { return *p % 3 != 0; }).on_error(retry(2)) |
      map("taken", [](std::unique_ptr<int> p) { return p; }).on_error(skip()) |
      map("value", [](std::unique_ptr<int> p) { return *p; }) | to("out", out);
  RunOptions options;
  options.threads = 1;  // faults count records as they come
  Graph graph = flow.take_graph(options);
  graph.stages[wrapped] = testing::faulty(graph.stages[wrapped], faults);
  return run(graph, options);
}

TEST(WrappedStage, HandsOnItemsThatCannotBeCopied) {
  for (const StageIndex wrapped : {1, 2, 3}) {
    std::vector<int> out;
    EXPECT_TRUE(run_pointers(wrapped, std::make_shared<testing::Faults>(), out).succeeded());
    EXPECT_EQ(out, (std::vector<int>{1, 2, 4, 5}));
  }
}

TEST(WrappedStage, ThrowsForItemsThatCannotBeCopiedBeforeItTakesThem) {
  auto faults = std::make_shared<testing::Faults>();
  faults->at_record(3, 2);
  std::vector<int> out;
  const RunReport report = run_pointers(1, faults, out);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out, (std::vector<int>{1, 2, 4, 5}));
  EXPECT_EQ(report.stages[1].retried, 2u);
}

TEST(WrappedStage, ThatSkipsLosesTheChunkThatItThrewFor) {
  auto faults = std::make_shared<testing::Faults>();
  faults->at_record(1);
  std::vector<int> out;
  const RunReport report = run_pointers(2, faults, out);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out, (std::vector<int>{4, 5}));
  EXPECT_EQ(report.stages[2].skipped, 2u);
}

}  // namespace
}  // namespace weir
