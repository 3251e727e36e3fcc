#include "engine/runtime/credit_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "engine/runtime/token.hpp"
#include "tests/engine/testing/tokens.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;

class CreditPoolTest : public ::testing::Test {
 protected:
  CreditPool make(std::size_t tokens, std::size_t bytes = SIZE_MAX) {
    return {tokens, bytes, [this] { ++woken_; }};
  }
  int woken_ = 0;
};

TEST_F(CreditPoolTest, GivesOutAsManyTokensAsItHas) {
  CreditPool pool = make(2);
  EXPECT_TRUE(pool.try_acquire());
  EXPECT_TRUE(pool.try_acquire());
  EXPECT_FALSE(pool.try_acquire());
  pool.release();
  EXPECT_TRUE(pool.try_acquire());
  EXPECT_EQ(pool.peak_tokens(), 2u);
}

TEST_F(CreditPoolTest, PausesWhenItsBytesAreOverdrawn) {
  CreditPool pool = make(10, 100);
  EXPECT_TRUE(pool.try_acquire());
  pool.add_bytes(100);
  EXPECT_FALSE(pool.try_acquire());
  pool.remove_bytes(1);
  EXPECT_TRUE(pool.try_acquire());
}

TEST_F(CreditPoolTest, AdmitsALoneTokenWhateverItsSize) {
  CreditPool pool = make(10, 100);
  pool.add_bytes(1'000'000);
  EXPECT_TRUE(pool.try_acquire());
  EXPECT_FALSE(pool.try_acquire());
}

TEST_F(CreditPoolTest, WakesASleeperOnceWhenACreditComesBack) {
  CreditPool pool = make(1);
  EXPECT_TRUE(pool.try_acquire());
  EXPECT_TRUE(pool.sleep());
  EXPECT_EQ(woken_, 0);
  pool.release();
  pool.remove_bytes(0);
  EXPECT_EQ(woken_, 1);
}

TEST_F(CreditPoolTest, WakesASleeperWhenItsBytesComeBack) {
  CreditPool pool = make(2, 100);
  EXPECT_TRUE(pool.try_acquire());
  pool.add_bytes(150);
  EXPECT_FALSE(pool.try_acquire());
  EXPECT_TRUE(pool.sleep());
  pool.remove_bytes(20);
  EXPECT_EQ(woken_, 0);
  pool.remove_bytes(40);
  EXPECT_EQ(woken_, 1);
}

TEST_F(CreditPoolTest, DoesNotLetAnyoneSleepOverACredit) {
  CreditPool pool = make(1);
  EXPECT_FALSE(pool.sleep());
  pool.release();
  EXPECT_EQ(woken_, 0);
}

TEST_F(CreditPoolTest, NobodyIsWokenWhoDoesNotSleep) {
  CreditPool pool = make(1);
  EXPECT_TRUE(pool.try_acquire());
  pool.release();
  EXPECT_EQ(woken_, 0);
}

/// One thread takes, another gives back, for a pool of one credit: a wake-up that was lost would be waited
/// for in vain.
TEST(CreditPool, NeverLosesAWakeUpBetweenTwoThreads) {
  constexpr int kRounds = 100'000;
  std::atomic<int> wakes{0}, in_hand{0};
  CreditPool pool(1, SIZE_MAX, [&] { ++wakes; });
  std::atomic<bool> stuck{false};
  std::jthread giver([&] {
    for (int i = 0; i < kRounds && !stuck; ++i) {
      if (!wait_until([&] { return in_hand.load() > 0 || stuck; })) stuck = true;
      --in_hand;
      pool.release();
    }
  });
  int slept = 0;
  for (int i = 0; i < kRounds && !stuck; ++i) {
    while (!pool.try_acquire()) {
      if (!pool.sleep()) continue;
      ++slept;
      if (!wait_until([&] { return wakes.load() == slept; })) stuck = true;
      if (stuck) break;
    }
    ++in_hand;
  }
  EXPECT_FALSE(stuck);
  EXPECT_EQ(wakes.load(), slept);
}

using TokenCredits = CreditPoolTest;

TEST_F(TokenCredits, TheLastBranchToGoGivesTheCreditBack) {
  CreditPool pool = make(1);
  TokenPtr one = make_token(pool, 0, 0, {1, 2});
  TokenPtr two = make_branch(*one, {3});
  EXPECT_EQ(pool.bytes(), 24u);
  one = nullptr;
  EXPECT_EQ(pool.in_flight(), 1u);
  EXPECT_EQ(pool.bytes(), 8u);
  two = nullptr;
  EXPECT_EQ(pool.in_flight(), 0u);
  EXPECT_EQ(pool.bytes(), 0u);
}

TEST_F(TokenCredits, ABranchThatGivesItsCreditUpLeavesItToTheOthers) {
  CreditPool pool = make(1);
  TokenPtr kept = make_token(pool, 0, 0, {1, 2});
  TokenPtr other = make_branch(*kept, {3});
  kept->give_up_credit();
  EXPECT_EQ(pool.in_flight(), 1u);
  EXPECT_EQ(pool.bytes(), 8u);
  other = nullptr;
  EXPECT_EQ(pool.in_flight(), 0u);
  kept->give_up_credit();
  kept->account_items();
  kept = nullptr;
  EXPECT_EQ(pool.in_flight(), 0u);
  EXPECT_EQ(pool.bytes(), 0u);
}

TEST_F(TokenCredits, AKeptTokenThatIsAdmittedAgainHoldsTheNewCredit) {
  CreditPool pool = make(1), lot = make(1);
  TokenPtr kept = make_token(pool, 0, 0, {1, 2});
  kept->give_up_credit();
  EXPECT_TRUE(lot.try_acquire());
  kept->readmit(AdmissionRef(new Admission(lot, Origin{})));
  EXPECT_EQ(pool.in_flight(), 0u);
  EXPECT_EQ(lot.in_flight(), 1u);
  EXPECT_EQ(lot.bytes(), 16u);
  kept = nullptr;
  EXPECT_EQ(lot.in_flight(), 0u);
  EXPECT_EQ(lot.bytes(), 0u);
}

}  // namespace
}  // namespace weir::runtime
