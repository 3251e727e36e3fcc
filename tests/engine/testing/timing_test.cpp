// Gates and jitter, as those who test with them see them.
#include "weir/testing/timing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/engine/testing/run_fixture.hpp"

namespace weir::testing {
namespace {

class TimingTest : public RunFixture {};
WEIR_RUN_WITH_THREADS(TimingTest);

TEST_P(TimingTest, AGateHoldsWhatItIsToldAndTheRestGoesByWhereThereAreThreads) {
  Gate gate;
  const auto is_three = [](const Payload& batch) { return batch.describe(0) == "3"; };
  RunHandle run = start(
      chain({count_up("numbers", 6), gated("gate", is_three, gate, number_type()), collect("out", out_)}));
  gate.await();
  EXPECT_EQ(gate.came(), 1u);
  EXPECT_FALSE(run.done());
  gate.open();
  expect_success(run.wait());
  EXPECT_EQ(out_->values, zero_to(6));
}

TEST_P(TimingTest, AnOpenGateHoldsNobody) {
  Gate gate;
  gate.open();
  expect_success(run(chain({count_up("numbers", 6),
                            gated(
                                "gate", [](const Payload&) { return true; }, gate, number_type()),
                            collect("out", out_)})));
  EXPECT_EQ(gate.came(), 6u);
}

TEST_P(TimingTest, JitterChangesNothingButTheTime) {
  expect_success(
      run(chain({count_up("numbers", 500), jitter("jitter", 7, number_type()), collect("out", out_)})));
  EXPECT_EQ(out_->values, zero_to(500));
}

}  // namespace
}  // namespace weir::testing
