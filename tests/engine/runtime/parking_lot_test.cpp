#include "engine/runtime/parking_lot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <utility>
#include <vector>

#include "tests/engine/testing/tokens.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Named = std::pair<FlowIndex, std::uint64_t>;

class ParkingLotTest : public ::testing::Test {
 protected:
  ParkingLot make(std::vector<FlowIndex> flows, std::size_t limit_tokens) {
    return {scheduler_, std::move(flows), limit_tokens, SIZE_MAX, [this](TokenPtr token) {
              const std::lock_guard lock(mutex_);
              out_.push_back(std::move(token));
            }};
  }
  /// Has workers do what was posted.
  void work_off() {
    scheduler_.run([] {});
  }
  TokenPtr take_first() {
    const std::lock_guard lock(mutex_);
    TokenPtr first = std::move(out_.front());
    out_.erase(out_.begin());
    return first;
  }
  std::vector<Named> out() const {
    const std::lock_guard lock(mutex_);
    std::vector<Named> all;
    for (const TokenPtr& token : out_)
      all.emplace_back(token->flow(), token->sequence());
    return all;
  }

  Scheduler scheduler_{1};
  CreditPool pool_{10, SIZE_MAX, [] {}};
  mutable std::mutex mutex_;   ///< a worker may let tokens out while the test looks
  std::vector<TokenPtr> out_;  ///< guarded by mutex_
};

TEST_F(ParkingLotTest, KeepsTokensWithoutTheirCreditUntilItOpens) {
  ParkingLot lot = make({0}, 10);
  lot.park(make_token(pool_, 0, 1));
  lot.park(make_token(pool_, 0, 0));
  EXPECT_EQ(pool_.in_flight(), 0u);
  EXPECT_THAT(out(), IsEmpty());
  lot.open();
  EXPECT_THAT(out(), ElementsAre(Named{0, 0}, Named{0, 1}));
  out_.clear();
}

TEST_F(ParkingLotTest, AnOpenLotPassesOnWithTheCreditTheyHave) {
  ParkingLot lot = make({0}, 1);
  lot.open();
  lot.park(make_token(pool_, 0, 0));
  lot.park(make_token(pool_, 0, 1));
  EXPECT_THAT(out(), ElementsAre(Named{0, 0}, Named{0, 1}));
  EXPECT_EQ(pool_.in_flight(), 2u);
  out_.clear();
}

TEST_F(ParkingLotTest, LetsFlowsOutInTheGivenOrder) {
  ParkingLot lot = make({5, 2}, 10);
  lot.park(make_token(pool_, 2, 0));
  lot.park(make_token(pool_, 5, 0));
  lot.open();
  EXPECT_THAT(out(), ElementsAre(Named{5, 0}, Named{2, 0}));
  out_.clear();
}

TEST_F(ParkingLotTest, LetsOutNoMoreThanItHasCreditsAndGoesOnAsTheyComeBack) {
  ParkingLot lot = make({0}, 2);
  for (std::uint64_t sequence = 0; sequence < 5; ++sequence)
    lot.park(make_token(pool_, 0, sequence));
  lot.open();
  EXPECT_THAT(out(), ElementsAre(Named{0, 0}, Named{0, 1}));
  take_first().reset();  // its credit comes back outside of the lock
  work_off();
  EXPECT_THAT(out(), ElementsAre(Named{0, 1}, Named{0, 2}));
  EXPECT_EQ(lot.take_rest().size(), 2u);
  out_.clear();
}

TEST_F(ParkingLotTest, TheRestOfARunCutShortIsNotLost) {
  ParkingLot lot = make({0}, 2);
  lot.park(make_token(pool_, 0, 0));
  EXPECT_EQ(lot.take_rest().size(), 1u);
  EXPECT_THAT(lot.take_rest(), IsEmpty());
}

}  // namespace
}  // namespace weir::runtime
