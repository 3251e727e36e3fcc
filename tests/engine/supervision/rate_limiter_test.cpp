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
  EXPECT_EQ(limiter.wait_until(25, kBegin), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin), kBegin + 2500ms);
  EXPECT_EQ(limiter.wait_until(1, kBegin + 2499ms), kBegin + 2500ms);
  EXPECT_EQ(limiter.wait_until(1, kBegin + 2500ms), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin + 2500ms), kBegin + 2600ms);
}

TEST(RateLimiter, SavesNoTimeUp) {
  RateLimiter limiter({.records = 10, .per = 1s});
  EXPECT_EQ(limiter.wait_until(1, kBegin + 100h), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin + 100h), kBegin + 100h + 100ms);
}

TEST(RateLimiter, ChargesNothingForNoRecords) {
  RateLimiter limiter({.records = 1, .per = 1s});
  EXPECT_EQ(limiter.wait_until(0, kBegin), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin), std::nullopt);
  EXPECT_EQ(limiter.wait_until(0, kBegin), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin), kBegin + 1s);
}

TEST(RateLimiter, KnowsRatesBelowOneAndAboveTheClock) {
  RateLimiter slow({.records = 0.5, .per = 1min});
  EXPECT_EQ(slow.wait_until(1, kBegin), std::nullopt);
  EXPECT_EQ(slow.wait_until(1, kBegin), kBegin + 2min);
  RateLimiter fast({.records = 1e12, .per = 1s});
  EXPECT_EQ(fast.wait_until(1, kBegin), std::nullopt);
  EXPECT_EQ(fast.wait_until(1, kBegin), kBegin + 1ns) << "rounded so that the limit holds";
}

TEST(RateLimiter, DoesNotOverflow) {
  RateLimiter limiter({.records = 1e-9, .per = std::chrono::hours(24 * 365)});
  EXPECT_EQ(limiter.wait_until(std::numeric_limits<std::size_t>::max(), kBegin), std::nullopt);
  EXPECT_EQ(limiter.wait_until(1, kBegin), TimePoint::max());
}

/// Batches as fast as the limiter lets them.
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
    const auto wait = limiter.wait_until(size, now);
    if (wait) {
      RC_ASSERT(*wait > now);
      now = *wait;
      RC_ASSERT(!limiter.wait_until(size, now).has_value());
    }
    passed.push_back({now, size});
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
  TimePoint now = kBegin;
  std::size_t total = 0;
  for (const int records : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 50))) {
    const auto size = static_cast<std::size_t>(records);
    if (const auto wait = limiter.wait_until(size, now)) {
      now = *wait;
      RC_ASSERT(!limiter.wait_until(size, now).has_value());
    }
    total += size;
  }
  if (const auto wait = limiter.wait_until(1, now)) now = *wait;
  const double seconds = std::chrono::duration<double>(now - kBegin).count();
  RC_ASSERT(seconds <= static_cast<double>(total + 1) / rate_per_s + 1e-6);
}

}  // namespace
}  // namespace weir
