#include "engine/runtime/input_ends.hpp"

#include <gtest/gtest.h>

#include "tests/engine/testing/number_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;

/// The ends of a join: port 0 streamed by segment 10, port 1 retained by segment 11.
class InputEndsTest : public ::testing::Test {
 protected:
  InputEnds make(std::vector<FlowIndex> streamed, std::vector<FlowIndex> retained) {
    StagePlacement placement;
    placement.inputs = {{.segment = 10, .fused = false, .flows = std::move(streamed), .parked = {}},
                        {.segment = 11, .fused = false, .flows = std::move(retained), .parked = {}}};
    return {keep_known("join"), placement, [this] { ++retained_; }, [this] { ++all_; }};
  }
  int retained_ = 0, all_ = 0;
};

TEST_F(InputEndsTest, TellsWhenTheRetainedPortHasEndedAndThenWhenAllHave) {
  InputEnds ends = make({0}, {1});
  ends.processed(11, 1, 0);
  EXPECT_EQ(retained_, 0);
  ends.end(1, 1);
  EXPECT_EQ(retained_, 1);
  ends.end(0, 1);
  EXPECT_EQ(all_, 0);
  ends.processed(10, 0, 0);
  EXPECT_EQ(all_, 1);
  EXPECT_EQ(retained_, 1);
}

TEST_F(InputEndsTest, AnEndThatIsToldEarlyWaitsForWhatIsUnderWay) {
  InputEnds ends = make({0}, {1});
  ends.end(1, 2);
  ends.processed(11, 1, 1);
  EXPECT_EQ(retained_, 0);
  ends.processed(11, 1, 0);
  EXPECT_EQ(retained_, 1);
}

TEST_F(InputEndsTest, AFlowOnBothSidesEndsOnEachByItself) {
  InputEnds ends = make({0}, {0});
  ends.end(0, 1);
  ends.processed(11, 0, 0);
  EXPECT_EQ(retained_, 1);
  EXPECT_EQ(all_, 0);
  ends.processed(10, 0, 0);
  EXPECT_EQ(all_, 1);
}

TEST_F(InputEndsTest, WaitsForEveryFlowOfAPort) {
  InputEnds ends = make({0}, {1, 2});
  ends.end(1, 0);
  EXPECT_EQ(retained_, 0);
  ends.end(2, 0);
  EXPECT_EQ(retained_, 1);
}

TEST_F(InputEndsTest, PortsThatShareASegmentEndTogether) {
  StageSpec both = sum("both");
  both.inputs.push_back({.name = "second", .type = number_type()});
  StagePlacement placement;
  placement.inputs = {{.segment = 10, .fused = false, .flows = {0}, .parked = {}},
                      {.segment = 10, .fused = false, .flows = {0, 1}, .parked = {}}};
  InputEnds ends(
      both, placement, [this] { ++retained_; }, [this] { ++all_; });
  ends.end(0, 1);
  ends.processed(10, 0, 0);
  EXPECT_EQ(all_, 0);
  ends.end(1, 0);
  EXPECT_EQ(all_, 1);
  EXPECT_EQ(retained_, 0);
}

}  // namespace
}  // namespace weir::runtime
