#include "weir/restart_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace weir {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 7;

TEST(Backoff, DoublesFromTheInitialDelayUpToTheMost) {
  const Backoff backoff{100ms, 10s, 0};
  const Duration expected[] = {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10s, 10s};
  for (std::uint32_t n = 0; n < std::size(expected); ++n)
    EXPECT_EQ(backoff.delay(n, kSeed), expected[n]) << n;
}

TEST(Backoff, IsNothingWhereItBeginsWithNothing) {
  for (const std::uint32_t n : {0U, 1U, 62U, 63U, 64U, 4'000'000'000U}) {
    EXPECT_EQ((Backoff{0s, 10s, 0.5}).delay(n, kSeed), 0s) << n;
    EXPECT_EQ((Backoff{}).delay(n, kSeed), 0s) << n;
  }
}

TEST(Backoff, DoesNotOverflowHoweverOftenItDoubles) {
  for (const std::uint32_t n :
       {30U, 33U, 34U, 62U, 63U, 64U, 65U, std::numeric_limits<std::uint32_t>::max()}) {
    EXPECT_EQ((Backoff{1ns, Duration::max(), 0}).delay(n, kSeed),
              n < 63 ? Duration(std::int64_t{1} << n) : Duration::max())
        << n;
    EXPECT_EQ((Backoff{100ms, 10s, 0}).delay(n, kSeed), 10s) << n;
    EXPECT_GE((Backoff{1s, Duration::max(), 1}).delay(n, kSeed), 0s) << n;
  }
}

TEST(Backoff, StaysWithinAMostThatIsLessThanItsBeginning) {
  EXPECT_EQ((Backoff{10s, 1s, 0}).delay(0, kSeed), 1s);
  EXPECT_LE((Backoff{10s, 1s, 0.9}).delay(0, kSeed), 1s);
  EXPECT_EQ((Backoff{10s, -1s, 0.9}).delay(0, kSeed), 0s);
}

TEST(Backoff, IsCappedAfterItWasJittered) {
  const Backoff backoff{10s, 10s, 0.5};
  int capped = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    ASSERT_LE(backoff.delay(3, seed), 10s);
    capped += backoff.delay(3, seed) == 10s;
  }
  EXPECT_GT(capped, 400);  // those whose jitter would have made them longer: half of them
  EXPECT_LT(capped, 600);
}

TEST(Backoff, ReadsAJitterThatIsNoneAsNone) {
  EXPECT_EQ((Backoff{1s, 10s, -0.5}).delay(0, kSeed), 1s);
  EXPECT_EQ((Backoff{1s, 10s, std::nan("")}).delay(0, kSeed), 1s);
  EXPECT_LE((Backoff{1s, 10s, 1e300}).delay(0, kSeed), 2s);
}

TEST(Backoff, JitterSpreadsEvenlyAndDiffersBySeedAndCount) {
  const Backoff backoff{1s, 100s, 0.2};
  std::set<Duration> by_seed, by_count;
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    by_seed.insert(backoff.delay(0, seed));
    sum += std::chrono::duration<double>(backoff.delay(0, seed)).count();
  }
  EXPECT_GT(by_seed.size(), 990u);
  EXPECT_NEAR(sum / 1000, 1.0, 0.01);
  for (std::uint32_t n = 0; n < 6; ++n)
    by_count.insert(backoff.delay(n, kSeed) / (1U << n));
  EXPECT_EQ(by_count.size(), 6u);
}

TEST(RestartPolicy, NamesItsWordsAsAConfigWritesThem) {
  EXPECT_EQ(to_string(RestartType::permanent), "permanent");
  EXPECT_EQ(to_string(RestartType::transient), "transient");
  EXPECT_EQ(to_string(RestartType::temporary), "temporary");
  EXPECT_EQ(to_string(Strategy::one_for_one), "one_for_one");
  EXPECT_EQ(to_string(Strategy::rest_for_one), "rest_for_one");
  EXPECT_EQ(to_string(Strategy::one_for_all), "one_for_all");
}

Duration any_duration() {
  // As many short ones as long ones.
  const int bits = *rc::gen::inRange(0, 63);
  return Duration(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << bits) |
                  (std::int64_t{1} << bits) >> 1);
}
double any_jitter() { return *rc::gen::inRange(0, 1001) / 1000.0; }
std::uint32_t any_count() {
  return *rc::gen::oneOf(rc::gen::inRange(0U, 70U), rc::gen::arbitrary<std::uint32_t>());
}

RC_GTEST_PROP(BackoffProperty, StaysWithinItsBounds, ()) {
  const Backoff backoff{any_duration(), any_duration(), any_jitter()};
  const auto n = any_count();
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const Duration delay = backoff.delay(n, seed);
  RC_ASSERT(delay >= 0s);
  RC_ASSERT(delay <= backoff.max);
  // The same by floating point, which is exact to some 16 digits.
  const double steady =
      std::min(static_cast<double>(backoff.max.count()),
               std::ldexp(static_cast<double>(backoff.initial.count()), static_cast<int>(std::min(n, 200U))));
  const double least = steady * (1 - backoff.jitter), most = steady * (1 + backoff.jitter);
  RC_ASSERT(static_cast<double>(delay.count()) >= least * (1 - 1e-12) - 1);
  RC_ASSERT(static_cast<double>(delay.count()) <= most * (1 + 1e-12) + 1);
}

RC_GTEST_PROP(BackoffProperty, GivesTheSameDelayForTheSameSeed, ()) {
  const Backoff backoff{any_duration(), any_duration(), any_jitter()};
  const Backoff copy = backoff;
  const auto n = any_count();
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  RC_ASSERT(backoff.delay(n, seed) == copy.delay(n, seed));
}

RC_GTEST_PROP(BackoffProperty, NeverShrinksWithoutJitter, ()) {
  const Backoff backoff{any_duration(), any_duration(), 0};
  const auto n = *rc::gen::inRange(0U, 70U);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  RC_ASSERT(backoff.delay(n, seed) <= backoff.delay(n + 1, seed));
  RC_ASSERT(backoff.delay(0, seed) == std::min(backoff.initial, backoff.max));
}

}  // namespace
}  // namespace weir
