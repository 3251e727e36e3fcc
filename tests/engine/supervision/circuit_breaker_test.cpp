#include "engine/supervision/circuit_breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>

namespace weir {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

constexpr TimePoint kBegin{std::chrono::hours(1)};

/// Makes calls with these outcomes, one after another: 'v' succeeds, 'x' fails. The outcomes that changed the
/// breaker's state come back in brackets; '-' is a call that had to wait.
std::string calls(CircuitBreaker& breaker, std::string_view outcomes, TimePoint now = kBegin) {
  std::string seen;
  for (const char outcome : outcomes) {
    if (breaker.wait_until(now)) {
      seen += '-';
      continue;
    }
    const bool changed = breaker.record(outcome == 'v', now);
    seen += changed ? std::string{'[', outcome, ']'} : std::string{outcome};
  }
  return seen;
}

TEST(CircuitBreaker, OpensWhenMoreThanItsShareOfTheLastCallsFailed) {
  const struct {
    const char* name;
    CircuitBreakerLimits limits;
    const char* outcomes;
    const char* expected;
  } cases[] = {
      {"half is not more than half", {.window = 4}, "xxvvxxvvxxvv", "xxvvxxvvxxvv"},
      {"half and one", {.window = 4}, "vxxxv", "vxx[x]-"},
      {"the first few count against the whole window", {.window = 20}, "xxxxxxxxxxx", "xxxxxxxxxx[x]"},
      {"old failures leave the window",
       {.window = 3, .failure_share = 0.34},
       "xvvxvvxvvxvx",
       "xvvxvvxvvxv[x]"},
      {"none may fail", {.window = 3, .failure_share = 0}, "vvvvxv", "vvvv[x]-"},
      {"all may fail", {.window = 3, .failure_share = 1}, "xxxxxx", "xxxxxx"},
      {"a window of one", {.window = 1}, "vvxv", "vv[x]-"},
      {"a window of none is one of one", {.window = 0}, "vx", "v[x]"},
      {"a share that a double cannot hold", {.window = 100, .failure_share = 0.03}, "xxxx", "xxx[x]"},
  };
  for (const auto& [name, limits, outcomes, expected] : cases) {
    CircuitBreaker breaker(limits);
    EXPECT_EQ(calls(breaker, outcomes), expected) << name;
  }
}

TEST(CircuitBreaker, DoesNotTakeARoundingErrorForAFailure) {
  CircuitBreaker breaker({.window = 100, .failure_share = 0.29});
  EXPECT_EQ(calls(breaker, std::string(29, 'x')), std::string(29, 'x'));
  EXPECT_EQ(calls(breaker, "x"), "[x]");
}

class OpenCircuitBreaker : public ::testing::Test {
 protected:
  /// Opened at kBegin, for 5 s.
  CircuitBreaker opened(std::uint32_t probes = 1) {
    CircuitBreaker breaker({.window = 2, .failure_share = 0.5, .open_for = 5s, .probes = probes});
    EXPECT_EQ(calls(breaker, "xx"), "x[x]");
    return breaker;
  }
};

TEST_F(OpenCircuitBreaker, LetsNothingThroughUntilItsTimeIsOver) {
  CircuitBreaker breaker = opened();
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.open_until(), kBegin + 5s);
  EXPECT_EQ(breaker.wait_until(kBegin), kBegin + 5s);
  EXPECT_EQ(breaker.wait_until(kBegin + 5s - 1ns), kBegin + 5s);
  EXPECT_EQ(breaker.wait_until(kBegin + 5s), std::nullopt);
  EXPECT_EQ(breaker.state(), State::half_open);
}

TEST_F(OpenCircuitBreaker, ClosesWhenTheProbeSucceeds) {
  CircuitBreaker breaker = opened();
  EXPECT_EQ(calls(breaker, "v", kBegin + 5s), "[v]");
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(OpenCircuitBreaker, StaysOpenAsLongAgainWhenTheProbeFails) {
  CircuitBreaker breaker = opened();
  EXPECT_EQ(calls(breaker, "x-", kBegin + 7s), "[x]-");
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.open_until(), kBegin + 12s);
}

TEST_F(OpenCircuitBreaker, AsksForAsManyProbesAsItWasTold) {
  CircuitBreaker breaker = opened(3);
  EXPECT_EQ(calls(breaker, "vvv", kBegin + 5s), "vv[v]");
  CircuitBreaker unlucky = opened(3);
  EXPECT_EQ(calls(unlucky, "vvx", kBegin + 5s), "vv[x]");
  EXPECT_EQ(calls(unlucky, "vvv", kBegin + 10s), "vv[v]") << "probes that passed before count no more";
}

TEST_F(OpenCircuitBreaker, LetsOneProbeOutAtATime) {
  CircuitBreaker breaker = opened(2);
  const TimePoint half_open = kBegin + 5s;
  ASSERT_EQ(breaker.wait_until(half_open), std::nullopt);
  EXPECT_GT(breaker.wait_until(half_open), half_open);
  EXPECT_GT(breaker.wait_until(half_open + 1h), half_open + 1h) << "however long the probe takes";
  EXPECT_FALSE(breaker.record(true, half_open + 1h));
  EXPECT_EQ(breaker.wait_until(half_open + 1h), std::nullopt);
  EXPECT_TRUE(breaker.record(true, half_open + 1h));
}

TEST_F(OpenCircuitBreaker, TakesNoLateCallForAProbe) {
  CircuitBreaker breaker({.window = 2, .failure_share = 0.5, .open_for = 5s});
  for (int call = 0; call < 4; ++call)
    ASSERT_EQ(breaker.wait_until(kBegin), std::nullopt);
  EXPECT_FALSE(breaker.record(false, kBegin));
  EXPECT_TRUE(breaker.record(false, kBegin));
  EXPECT_FALSE(breaker.record(true, kBegin + 1s)) << "it was made before";
  EXPECT_GT(breaker.wait_until(kBegin + 6s), kBegin + 6s) << "one is still out";
  EXPECT_FALSE(breaker.record(false, kBegin + 7s));
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.wait_until(kBegin + 7s), std::nullopt);
  EXPECT_TRUE(breaker.record(true, kBegin + 7s));
}

TEST_F(OpenCircuitBreaker, BeginsWithAnEmptyWindowWhenItCloses) {
  CircuitBreaker breaker = opened();
  EXPECT_EQ(calls(breaker, "v", kBegin + 5s), "[v]");
  EXPECT_EQ(calls(breaker, "xvxx", kBegin + 6s), "xvx[x]");
}

TEST_F(OpenCircuitBreaker, MayBeOpenForNoTimeAndForever) {
  CircuitBreaker briefly({.window = 1, .failure_share = 0, .open_for = 0s});
  EXPECT_EQ(calls(briefly, "xxxv"), "[x][x][x][v]");
  CircuitBreaker forever({.window = 1, .failure_share = 0, .open_for = Duration::max()});
  EXPECT_EQ(calls(forever, "xv"), "[x]-");
  EXPECT_EQ(forever.open_until(), TimePoint::max());
}

/// Calls at random moments, their outcomes in any order.
RC_GTEST_PROP(CircuitBreakerProperty, LetsOneProbeOutAtATimeAndAlwaysOneInTheEnd, ()) {
  const CircuitBreakerLimits limits{.window = *rc::gen::inRange(1U, 6U),
                                    .failure_share = *rc::gen::inRange(0, 11) / 10.0,
                                    .open_for = Duration(*rc::gen::inRange(0, 20)),
                                    .probes = *rc::gen::inRange(1U, 4U)};
  CircuitBreaker breaker(limits);
  TimePoint now = kBegin;
  int calls_out = 0, probes_passed = 0;
  TimePoint opened_at = now;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40))) {
    now += Duration(step % 5);
    const State before = breaker.state();
    if (step < 20) {
      const auto wait = breaker.wait_until(now);
      if (wait) {
        RC_ASSERT(*wait > now);
        RC_ASSERT(before != State::closed);
        RC_ASSERT(calls_out > 0 || now < opened_at + limits.open_for);
      } else {
        RC_ASSERT(before == State::closed || calls_out == 0);
        RC_ASSERT(before != State::open || now >= opened_at + limits.open_for);
        if (before == State::open) probes_passed = 0;
        ++calls_out;
      }
    } else if (calls_out > 0) {
      --calls_out;
      const bool succeeded = step % 2 == 0;
      const bool changed = breaker.record(succeeded, now);
      RC_ASSERT(changed == (breaker.state() != before));
      if (before == State::half_open) {
        probes_passed += succeeded;
        RC_ASSERT(breaker.state() == (!succeeded                                         ? State::open
                                      : probes_passed == static_cast<int>(limits.probes) ? State::closed
                                                                                         : State::half_open));
      }
      if (changed && breaker.state() == State::open) opened_at = now;
    }
  }
  // Whatever happened: once all calls are back and the time is over, one is let through.
  for (; calls_out > 0; --calls_out)
    breaker.record(false, now);
  now = std::max(now, breaker.open_until());
  RC_ASSERT(!breaker.wait_until(now).has_value());
}

/// While closed, the breaker opens exactly when a plain count over the last outcomes says so.
RC_GTEST_PROP(CircuitBreakerProperty, OpensAsAPlainCountSays, ()) {
  const int tenths = *rc::gen::inRange(0, 11);  // to compare whole numbers
  const CircuitBreakerLimits limits{.window = *rc::gen::inRange(1U, 12U), .failure_share = tenths / 10.0};
  CircuitBreaker breaker(limits);
  std::deque<bool> last;
  for (const bool succeeded : *rc::gen::arbitrary<std::vector<bool>>()) {
    RC_ASSERT(!breaker.wait_until(kBegin).has_value());
    const bool opened = breaker.record(succeeded, kBegin);
    last.push_back(!succeeded);
    if (last.size() > limits.window) last.pop_front();
    const auto failures = std::count(last.begin(), last.end(), true);
    RC_ASSERT(opened == (failures * 10 > std::int64_t{tenths} * limits.window));
    if (opened) return;
  }
}

}  // namespace
}  // namespace weir
