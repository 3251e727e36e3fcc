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

}  // namespace
}  // namespace weir
