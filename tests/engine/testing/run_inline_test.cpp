// A run on the calling thread repeats to the last call.
#include "weir/testing/run_inline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/testing/faults.hpp"
#include "weir/testing/manual_clock.hpp"
#include "weir/testing/timing.hpp"

namespace weir::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;

class RunInlineTest : public ::testing::Test {
 protected:
  /// A diamond in which every call of a stage is noted, some are made again, and some would wait.
  Graph noted_diamond() {
    Graph graph;
    const auto noted = [this](std::string name) {
      return map(name, [this, name](std::int64_t number) {
        calls_.push_back(name + " " + std::to_string(number));
        threads_.push_back(std::this_thread::get_id());
        return number;
      });
    };
    const StageIndex source = graph.add(count_up_threaded("numbers", 100, 3));
    const auto faults = std::make_shared<Faults>();
    faults->at_value("7", 2).at_value("50", 6).in_open(2);
    StageSpec left = noted("left");
    left.on_error =
        ErrorPolicy::always({{retry(2, {.initial = 1h, .max = 1h}), restart()}, FailureAction::skip});
    left.rate = {.records = 1, .per = 1h};
    const StageIndex a = graph.add(faulty(left, faults));
    StageSpec right = noted("right");
    right.io_threads = 2;
    const StageIndex b = graph.add(std::move(right));
    const StageIndex sink = graph.add(collect("out", out_, {.blocking = true}));
    graph.connect(source, a);
    graph.connect(source, b);
    graph.connect(a, sink);
    graph.connect(b, sink);
    return graph;
  }

  std::vector<std::string> calls_;
  std::vector<std::thread::id> threads_;
  CollectedPtr out_ = std::make_shared<Collected>();
};

TEST_F(RunInlineTest, CallsEveryStageOnTheCallingThread) {
  const RunReport report = run_inline(noted_diamond());
  EXPECT_TRUE(report.succeeded()) << to_string(report.status);
  EXPECT_THAT(report.imbalances(), IsEmpty());
  EXPECT_THAT(threads_, Not(IsEmpty()));
  EXPECT_THAT(threads_, Each(std::this_thread::get_id()));
}

TEST_F(RunInlineTest, MakesTheSameCallsInTheSameOrderEachTime) {
  const RunReport first_report = run_inline(noted_diamond());
  EXPECT_GT(first_report.restarts, 1u);
  const std::vector<std::string> first = std::exchange(calls_, {});
  for (int round = 0; round < 20; ++round) {
    EXPECT_TRUE(run_inline(noted_diamond()).succeeded());
    EXPECT_EQ(std::exchange(calls_, {}), first);
  }
}

TEST_F(RunInlineTest, WaitsForNoTimeToPass) {
  const ManualClock stands_still;
  EXPECT_TRUE(run_inline(noted_diamond(), {.clock = &stands_still}).succeeded());
}

TEST_F(RunInlineTest, TakesItsOtherOptionsAsARunDoes) {
  const RunReport report = run_inline(chain({count_up("numbers", 10), collect("out", out_)}),
                                      {.threads = 8, .credit_tokens = 1, .fuse = false, .deadline = 1ns});
  EXPECT_TRUE(report.succeeded()) << "there is no deadline";
  EXPECT_EQ(report.threads, 1u);
  EXPECT_EQ(out_->values, zero_to(10));
}

}  // namespace
}  // namespace weir::testing
