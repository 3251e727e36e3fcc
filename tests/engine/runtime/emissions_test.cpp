#include "engine/runtime/emissions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<bool> kPorts{true};
constexpr std::size_t kRows = 10;

ErrorInfo error_of(ErrorClass error_class) { return {.error_class = error_class, .message = "no"}; }
ErrorInfo other() { return error_of(ErrorClass::other); }

class FailedRecords : public ::testing::Test {
 protected:
  Emissions& with(const ErrorPolicy& policy) {
    policy_ = policy;
    out_.emplace(kPorts, kRows, &policy_);
    return *out_;
  }
  Emissions& with(std::vector<RecoveryStep> steps, FailureAction last = FailureAction::skip) {
    return with(ErrorPolicy::always({std::move(steps), last}));
  }

  ErrorPolicy policy_;
  std::optional<Emissions> out_;
};

TEST_F(FailedRecords, AreTriedAgainAtOnceWhereTheirPolicySaysSoAndThenLeftOut) {
  Emissions& out = with({retry(2)});
  EXPECT_EQ(out.failed(3, other()), ItemVerdict::again);
  EXPECT_EQ(out.failed(3, other()), ItemVerdict::again);
  EXPECT_THAT(out.rejected, IsEmpty());
  EXPECT_EQ(out.failed(3, other()), ItemVerdict::left_out);
  ASSERT_THAT(out.rejected, SizeIs(1));
  EXPECT_EQ(out.rejected.front().row, 3u);
  EXPECT_EQ(out.rejected.front().attempts, 3u);
  EXPECT_EQ(out.rejected.front().batch, nullptr) << "it is one of the input's";
  EXPECT_EQ(out.failed_items->retried, 2u);
}

TEST_F(FailedRecords, EachHasItsOwnAttempts) {
  Emissions& out = with({retry(1)});
  for (const std::size_t row : {0u, 4u, 9u}) {
    EXPECT_EQ(out.failed(row, other()), ItemVerdict::again) << row;
    EXPECT_EQ(out.failed(row, other()), ItemVerdict::left_out) << row;
  }
  EXPECT_THAT(out.rejected, SizeIs(3));
}

/// Row 0 is what a record that has not failed would look like.
TEST_F(FailedRecords, TheFirstRowIsARecordLikeAnyOther) {
  Emissions& out = with({retry(2)});
  EXPECT_EQ(out.failed(0, other()), ItemVerdict::again);
  EXPECT_EQ(out.failed_items->failing.failures, 1u);
}

TEST_F(FailedRecords, OneThatFailedOnceAndThenWentThroughCountsAnewOnlyForItself) {
  Emissions& out = with({retry(1)});
  EXPECT_EQ(out.failed(2, other()), ItemVerdict::again);
  EXPECT_EQ(out.failed(5, other()), ItemVerdict::again) << "row 2 went through meanwhile";
  EXPECT_THAT(out.rejected, IsEmpty());
}

TEST_F(FailedRecords, AreTriedLaterWhereTheyHaveToWait) {
  Emissions& out = with({retry(1, {.initial = 1s})});
  EXPECT_EQ(out.failed(6, other()), ItemVerdict::later);
  ASSERT_TRUE(out.failed_items->later);
  EXPECT_EQ(out.failed_items->later->kind, Decision::Kind::retry);
  EXPECT_EQ(out.failed_items->failing.row, 6u);
  EXPECT_EQ(out.failed_items->failing.failures, 1u);
  EXPECT_EQ(out.failed_items->retried, 0u);
}

TEST_F(FailedRecords, AreTriedLaterWhereTheStageIsToBeRebuilt) {
  Emissions& out = with({restart(1)});
  EXPECT_EQ(out.failed(6, other()), ItemVerdict::later);
  EXPECT_EQ(out.failed_items->later->kind, Decision::Kind::restart);
}

TEST_F(FailedRecords, NobodyMayGoOnAfterLater) {
  Emissions& out = with({restart(1)});
  EXPECT_EQ(out.failed(6, other()), ItemVerdict::later);
  EXPECT_THROW(out.failed(7, other()), UsageError);
}

TEST_F(FailedRecords, KnowHowOftenTheyFailedInEarlierCalls) {
  Emissions& out = with({retry(1), restart(1)});
  out.failed_items = std::make_unique<Emissions::Items>();
  out.failed_items->failing = {.row = 0, .failures = 2, .error = other()};
  EXPECT_EQ(out.failed(0, other()), ItemVerdict::left_out);
  EXPECT_EQ(out.rejected.front().attempts, 3u);
}

TEST_F(FailedRecords, OfAnotherRecordTheEarlierCallsSayNothing) {
  Emissions& out = with({retry(1), restart(1)});
  out.failed_items = std::make_unique<Emissions::Items>();
  out.failed_items->failing = {.row = 0, .failures = 2, .error = other()};
  EXPECT_EQ(out.failed(1, other()), ItemVerdict::again) << "the first of them went through";
}

TEST_F(FailedRecords, FollowTheChainOfTheirErrorsClass) {
  ErrorPolicy policy;
  policy.of(ErrorClass::io) = {{retry(3)}, FailureAction::fail};
  policy.of(ErrorClass::data) = FailureAction::dead_letter;
  Emissions& out = with(policy);
  EXPECT_EQ(out.failed(0, error_of(ErrorClass::io)), ItemVerdict::again);
  EXPECT_EQ(out.failed(0, error_of(ErrorClass::data)), ItemVerdict::left_out);
  EXPECT_EQ(out.failed(1, error_of(ErrorClass::other)), ItemVerdict::left_out)
      << "its end is decided outside";
}

TEST_F(FailedRecords, WithoutAPolicyAreLeftOutAtOnce) {
  Emissions out(kPorts, kRows);
  EXPECT_EQ(out.failed(1, other()), ItemVerdict::left_out);
  EXPECT_EQ(out.rejected.front().attempts, 1u);
}

TEST_F(FailedRecords, MustBeOfTheInput) {
  EXPECT_THROW(with({retry(1)}).failed(kRows, other()), UsageError);
  EXPECT_THAT(out_->rejected, IsEmpty());
}

/// Whatever fails how often: a record is tried again exactly as often as its chain says, and is left out
/// once.
RC_GTEST_PROP(FailedRecordsProperty, AreTriedAsOftenAsTheirChainSays, ()) {
  const auto retries = *rc::gen::inRange(0U, 5U);
  const ErrorPolicy policy = ErrorPolicy::always({{retry(retries)}, FailureAction::skip});
  Emissions out(kPorts, kRows, &policy);
  std::uint64_t again = 0;
  std::vector<std::size_t> left_out;
  for (std::size_t row = 0; row < kRows; ++row) {
    const auto throws = *rc::gen::inRange(0U, 8U);
    for (std::uint32_t attempt = 1; attempt <= throws; ++attempt) {
      const ItemVerdict verdict = out.failed(row, other());
      RC_ASSERT(verdict == (attempt <= retries ? ItemVerdict::again : ItemVerdict::left_out));
      again += verdict == ItemVerdict::again;
      if (verdict == ItemVerdict::left_out) {
        left_out.push_back(row);
        break;
      }
    }
  }
  RC_ASSERT((out.failed_items ? out.failed_items->retried : 0) == again);
  RC_ASSERT(out.rejected.size() == left_out.size());
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    RC_ASSERT(out.rejected[i].row == left_out[i]);
    RC_ASSERT(out.rejected[i].attempts == retries + 1);
  }
}

}  // namespace
}  // namespace weir::runtime
