#include "engine/runtime/merge_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/engine/testing/tokens.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::int64_t> numbers_in(const Token& token) {
  std::vector<std::int64_t> all;
  for (const TokenItem& item : token.items)
    all.insert(all.end(), values_of(item.batch).begin(), values_of(item.batch).end());
  return all;
}

class MergeBufferTest : public ::testing::Test {
 protected:
  CreditPool pool_{10, SIZE_MAX, [] {}};
};

TEST_F(MergeBufferTest, PassesOnWhatHasOnlyOneBranch) {
  MergeBuffer buffer({{.flow = 0, .tokens = 1}, {.flow = 1, .tokens = 2}}, false);
  EXPECT_NE(buffer.arrive(make_token(pool_, 0, 0)), nullptr);
}

TEST_F(MergeBufferTest, JoinsBranchesInTheOrderOfTheirEdgesWhateverTheOrderTheyCome) {
  for (const bool keeps_early : {false, true}) {
    MergeBuffer buffer({{.flow = 0, .tokens = 3}}, keeps_early);
    TokenPtr first = make_token(pool_, 0, 0, {30}, 3);
    TokenPtr second = make_branch(*first, {10}, 1), third = make_branch(*first, {20}, 2);
    EXPECT_EQ(buffer.arrive(std::move(first)), nullptr);
    EXPECT_EQ(buffer.arrive(std::move(second)), nullptr);
    TokenPtr merged = buffer.arrive(std::move(third));
    ASSERT_NE(merged, nullptr);
    EXPECT_THAT(numbers_in(*merged), ElementsAre(10, 20, 30));
    EXPECT_EQ(pool_.in_flight(), 1u);
    EXPECT_EQ(pool_.bytes(), 24u);
    merged = nullptr;
    EXPECT_EQ(pool_.in_flight(), 0u);
    EXPECT_EQ(pool_.bytes(), 0u);
  }
}

TEST_F(MergeBufferTest, OrdersBatchesOfOneEdgeByTheSegmentThatMadeThem) {
  MergeBuffer buffer({{.flow = 0, .tokens = 2}}, false);
  TokenPtr first = make_token(pool_, 0, 0, {2}), second = make_branch(*first, {1});
  first->items[0].made_in = 9;
  second->items[0].made_in = 4;
  EXPECT_EQ(buffer.arrive(std::move(first)), nullptr);
  EXPECT_THAT(numbers_in(*buffer.arrive(std::move(second))), ElementsAre(1, 2));
}

TEST_F(MergeBufferTest, KeepsSequenceNumbersAndFlowsApart) {
  MergeBuffer buffer({{.flow = 0, .tokens = 2}, {.flow = 1, .tokens = 2}}, false);
  TokenPtr a = make_token(pool_, 0, 0), b = make_token(pool_, 0, 1), c = make_token(pool_, 1, 0);
  TokenPtr again = make_branch(*b, {});
  EXPECT_EQ(buffer.arrive(std::move(a)), nullptr);
  EXPECT_EQ(buffer.arrive(std::move(b)), nullptr);
  EXPECT_EQ(buffer.arrive(std::move(c)), nullptr);
  EXPECT_EQ(buffer.arrive(std::move(again))->sequence(), 1u);
  EXPECT_EQ(buffer.take_rest().size(), 2u);
}

TEST_F(MergeBufferTest, ABranchWaitsWithItsCreditUnlessTheOthersMayBeHeldUp) {
  MergeBuffer holds({{.flow = 0, .tokens = 2}}, false), keeps({{.flow = 0, .tokens = 2}}, true);
  EXPECT_EQ(holds.arrive(make_token(pool_, 0, 0)), nullptr);
  EXPECT_EQ(pool_.in_flight(), 1u);
  EXPECT_EQ(keeps.arrive(make_token(pool_, 0, 1)), nullptr);
  EXPECT_EQ(pool_.in_flight(), 1u);
}

TEST_F(MergeBufferTest, WhatIsMergedHasTheCreditOfTheBranchThatCameLast) {
  MergeBuffer buffer({{.flow = 0, .tokens = 2}}, /*keeps_early=*/true);
  CreditPool lot(1, SIZE_MAX, [] {});
  EXPECT_EQ(buffer.arrive(make_token(pool_, 0, 0, {1})), nullptr);
  TokenPtr merged = buffer.arrive(make_token(lot, 0, 0, {2}, 1));
  EXPECT_THAT(numbers_in(*merged), ElementsAre(1, 2));
  EXPECT_EQ(pool_.in_flight(), 0u);
  EXPECT_EQ(lot.in_flight(), 1u);
  EXPECT_EQ(lot.bytes(), 16u);
}

TEST_F(MergeBufferTest, TheRestOfARunCutShortIsNotLost) {
  MergeBuffer buffer({{.flow = 0, .tokens = 2}}, false);
  EXPECT_EQ(buffer.arrive(make_token(pool_, 0, 4, {44})), nullptr);
  const std::vector<TokenPtr> rest = buffer.take_rest();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_THAT(numbers_in(*rest[0]), ElementsAre(44));
  EXPECT_THAT(buffer.take_rest(), IsEmpty());
}

}  // namespace
}  // namespace weir::runtime
