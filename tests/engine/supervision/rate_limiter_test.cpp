#include "engine/supervision/rate_limiter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace weir {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kBegin{std::chrono::hours(1)};

TEST(RateLimiter, LetsABatchThroughWholeAndTheNextWaitForIt) {
  RateLimiter limiter({.records = 10, .per = 1s});
  EXPECT_EQ(limiter.reserve(25, kBegin), kBegin);
  EXPECT_EQ(limiter.reserve(1, kBegin), kBegin + 2500ms);
  EXPECT_EQ(limiter.reserve(1, kBegin + 2550ms), kBegin + 2600ms) << "behind the one that has its turn";
}

TEST(RateLimiter, GivesTurnsInTheOrderOfAsking) {
  RateLimiter limiter({.records = 1, .per = 1min});
  for (int turn = 0; turn < 5; ++turn)
    EXPECT_EQ(limiter.reserve(1, kBegin), kBegin + turn * 1min);
}

TEST(RateLimiter, SavesNoTimeUp) {
  RateLimiter limiter({.records = 10, .per = 1s});
  EXPECT_EQ(limiter.reserve(1, kBegin + 100h), kBegin + 100h);
  EXPECT_EQ(limiter.reserve(1, kBegin + 100h), kBegin + 100h + 100ms);
}

TEST(RateLimiter, ChargesNothingForNoRecords) {
  RateLimiter limiter({.records = 1, .per = 1s});
  EXPECT_EQ(limiter.reserve(0, kBegin), kBegin);
  EXPECT_EQ(limiter.reserve(1, kBegin), kBegin);
  EXPECT_EQ(limiter.reserve(0, kBegin), kBegin);
  EXPECT_EQ(limiter.reserve(1, kBegin), kBegin + 1s);
}

TEST(RateLimiter, KnowsRatesBelowOneAndAboveTheClock) {
  RateLimiter slow({.records = 0.5, .per = 1min});
  EXPECT_EQ(slow.reserve(1, kBegin), kBegin);
  EXPECT_EQ(slow.reserve(1, kBegin), kBegin + 2min);
  RateLimiter fast({.records = 1e12, .per = 1s});
  EXPECT_EQ(fast.reserve(1, kBegin), kBegin);
  EXPECT_EQ(fast.reserve(1, kBegin), kBegin + 1ns) << "rounded so that the limit holds";
}

TEST(RateLimiter, DoesNotOverflow) {
  RateLimiter limiter({.records = 1e-9, .per = std::chrono::hours(24 * 365)});
  EXPECT_EQ(limiter.reserve(std::numeric_limits<std::size_t>::max(), kBegin), kBegin);
  EXPECT_EQ(limiter.reserve(1, kBegin), TimePoint::max());
}

/// Batches that come when they come, and go when their turn comes.
RC_GTEST_PROP(RateLimiterProperty, NeverLetsMoreThroughThanItsRateAndOneBatch, ()) {
  const double rate_per_s = *rc::gen::inRange(1, 1000) / 7.0;
  const auto per = std::chrono::milliseconds(*rc::gen::inRange(1, 5000));
  RateLimiter limiter({.records = rate_per_s * std::chrono::duration<double>(per).count(), .per = per});
  TimePoint now = kBegin;
  struct Passed {
    TimePoint at;
    std::size_t records;
  };
  std::vector<Passed> passed;
  for (const int records : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 50))) {
    if (*rc::gen::inRange(0, 3) == 0) now += std::chrono::milliseconds(*rc::gen::inRange(0, 2000));
    const auto size = static_cast<std::size_t>(records);
    const TimePoint turn = limiter.reserve(size, now);
    RC_ASSERT(turn >= now);
    if (!passed.empty()) RC_ASSERT(turn >= passed.back().at);
    passed.push_back({turn, size});
  }
  // In every stretch of time, whole batches are let through: all but the last are paid for.
  for (std::size_t from = 0; from < passed.size(); ++from) {
    std::size_t all_but_last = 0;
    for (std::size_t to = from; to < passed.size(); ++to) {
      const double seconds = std::chrono::duration<double>(passed[to].at - passed[from].at).count();
      RC_ASSERT(static_cast<double>(all_but_last) <= rate_per_s * seconds + 1e-6);
      all_but_last += passed[to].records;
    }
  }
}

/// Somebody who is always there gets the whole rate.
RC_GTEST_PROP(RateLimiterProperty, WastesNothingOnOneWhoIsAlwaysThere, ()) {
  const double rate_per_s = *rc::gen::inRange(1, 100'000);
  RateLimiter limiter({.records = rate_per_s, .per = 1s});
  std::size_t total = 0;
  for (const int records : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 50))) {
    limiter.reserve(static_cast<std::size_t>(records), kBegin);
    total += static_cast<std::size_t>(records);
  }
  const double seconds = std::chrono::duration<double>(limiter.reserve(1, kBegin) - kBegin).count();
  RC_ASSERT(seconds <= static_cast<double>(total + 1) / rate_per_s + 1e-6);
}

}  // namespace
}  // namespace weir
