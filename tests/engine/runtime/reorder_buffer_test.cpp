#include "engine/runtime/reorder_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>
#include <vector>

#include "tests/engine/testing/tokens.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A token's flow and sequence number.
using Named = std::pair<FlowIndex, std::uint64_t>;

class ReorderBufferTest : public ::testing::Test {
 protected:
  ReorderBuffer make(std::vector<FlowIndex> flows, bool across_flows = true, bool keeps_early = false) {
    return {std::move(flows), across_flows, keeps_early,
            [this](TokenPtr token) { out_.emplace_back(token->flow(), token->sequence()); }};
  }
  TokenPtr token(FlowIndex flow, std::uint64_t sequence) { return make_token(pool_, flow, sequence, {1}); }

  CreditPool pool_{1'000, SIZE_MAX, [] {}};
  std::vector<Named> out_;
};

TEST_F(ReorderBufferTest, GivesOutOneFlowBySequence) {
  ReorderBuffer buffer = make({7});
  buffer.arrive(token(7, 2));
  buffer.arrive(token(7, 1));
  EXPECT_THAT(out_, IsEmpty());
  buffer.arrive(token(7, 0));
  EXPECT_THAT(out_, ElementsAre(Named{7, 0}, Named{7, 1}, Named{7, 2}));
}

TEST_F(ReorderBufferTest, GivesOutFlowsOneAfterAnotherInTheGivenOrder) {
  ReorderBuffer buffer = make({3, 1});
  buffer.arrive(token(1, 0));
  buffer.end(1, 1);
  EXPECT_THAT(out_, IsEmpty());
  buffer.arrive(token(3, 0));
  EXPECT_THAT(out_, ElementsAre(Named{3, 0}));
  buffer.end(3, 1);
  EXPECT_THAT(out_, ElementsAre(Named{3, 0}, Named{1, 0}));
}

TEST_F(ReorderBufferTest, GoesOnWhenTheEndIsToldBeforeTheLastTokenHasCome) {
  ReorderBuffer buffer = make({0, 1});
  buffer.end(0, 2);
  buffer.arrive(token(1, 0));
  buffer.arrive(token(0, 0));
  EXPECT_THAT(out_, ElementsAre(Named{0, 0}));
  buffer.arrive(token(0, 1));
  EXPECT_THAT(out_, ElementsAre(Named{0, 0}, Named{0, 1}, Named{1, 0}));
}

TEST_F(ReorderBufferTest, PassesOverFlowsOfNothing) {
  ReorderBuffer buffer = make({0, 1, 2});
  buffer.end(1, 0);
  buffer.arrive(token(2, 0));
  EXPECT_THAT(out_, IsEmpty());
  buffer.end(0, 0);
  EXPECT_THAT(out_, ElementsAre(Named{2, 0}));
}

TEST_F(ReorderBufferTest, DoesNotWaitForWhatIsPassedOver) {
  ReorderBuffer buffer = make({0, 1});
  buffer.pass_over(0, 0);
  buffer.arrive(token(0, 3));
  buffer.pass_over(0, 2);
  buffer.pass_over(1, 0);
  buffer.arrive(token(1, 1));
  EXPECT_THAT(out_, IsEmpty());
  buffer.arrive(token(0, 1));
  EXPECT_THAT(out_, ElementsAre(Named{0, 1}, Named{0, 3}));
  buffer.end(0, 5);
  buffer.pass_over(0, 4);
  EXPECT_THAT(out_, ElementsAre(Named{0, 1}, Named{0, 3}, Named{1, 1}));
}

TEST_F(ReorderBufferTest, InterleavesFlowsWhereTheyNeedNotFollowEachOther) {
  ReorderBuffer buffer = make({0, 1}, /*across_flows=*/false);
  buffer.arrive(token(1, 0));
  buffer.arrive(token(0, 1));
  buffer.arrive(token(0, 0));
  EXPECT_THAT(out_, ElementsAre(Named{1, 0}, Named{0, 0}, Named{0, 1}));
}

TEST_F(ReorderBufferTest, TokensOfLaterFlowsWaitWithTheirCreditUnlessToldOtherwise) {
  ReorderBuffer holds = make({0, 1});
  holds.arrive(token(1, 0));
  EXPECT_EQ(pool_.in_flight(), 1u);
  ReorderBuffer keeps = make({0, 1}, true, /*keeps_early=*/true);
  keeps.arrive(token(1, 0));
  EXPECT_EQ(pool_.in_flight(), 1u);
  keeps.arrive(token(0, 1));  // the flow whose turn it is keeps its credits
  EXPECT_EQ(pool_.in_flight(), 2u);
}

TEST_F(ReorderBufferTest, FlushGivesOutWhatIsLeftInOrder) {
  ReorderBuffer buffer = make({0, 1});
  buffer.arrive(token(1, 3));
  buffer.arrive(token(0, 5));
  buffer.arrive(token(0, 2));
  buffer.flush();
  EXPECT_THAT(out_, ElementsAre(Named{0, 2}, Named{0, 5}, Named{1, 3}));
  EXPECT_EQ(pool_.in_flight(), 0u);
}

RC_GTEST_PROP(ReorderBufferProperty, AnyArrivalGivesTheOneOrder, ()) {
  const auto counts = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 8));
  // What happens: each token arrives or is passed over, and each flow's end (written as the number one past
  // its last) is told.
  const auto is_passed_over = *rc::gen::container<std::vector<bool>>(8, rc::gen::arbitrary<bool>());
  std::vector<Named> happens, expected;
  for (FlowIndex flow = 0; flow < counts.size(); ++flow) {
    for (std::uint64_t sequence = 0; sequence <= counts[flow]; ++sequence)
      happens.emplace_back(flow, sequence);
    for (std::uint64_t sequence = 0; sequence < counts[flow]; ++sequence) {
      if (!is_passed_over[sequence]) expected.emplace_back(flow, sequence);
    }
  }
  for (std::size_t i = happens.size(); i > 1; --i)
    std::swap(happens[i - 1], happens[*rc::gen::inRange<std::size_t>(0, i)]);

  std::vector<FlowIndex> flows;
  for (FlowIndex flow = 0; flow < counts.size(); ++flow)
    flows.push_back(flow);
  CreditPool pool(1'000, SIZE_MAX, [] {});
  std::vector<Named> out;
  ReorderBuffer buffer(flows, true, *rc::gen::arbitrary<bool>(),
                       [&](TokenPtr token) { out.emplace_back(token->flow(), token->sequence()); });
  for (const auto& [flow, sequence] : happens) {
    if (sequence == counts[flow])
      buffer.end(flow, sequence);
    else if (is_passed_over[sequence])
      buffer.pass_over(flow, sequence);
    else
      buffer.arrive(make_token(pool, flow, sequence));
  }
  RC_ASSERT(out == expected);
  RC_ASSERT(pool.in_flight() == 0u);
}

}  // namespace
}  // namespace weir::runtime
