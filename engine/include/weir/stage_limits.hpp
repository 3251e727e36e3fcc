// Limits on the calls of a stage that works with something outside: how long one may take, how many a second,
// and when to leave the other side alone for a while. Plain data.
#pragma once

#include <cstdint>

#include "weir/clock.hpp"

namespace weir {

/// A circuit breaker: opens when more than `failure_share` of the last `window` calls failed; while it is
/// open nothing is called and batches wait; after `open_for` it lets `probes` calls through, one at a time,
/// and closes when they have all succeeded, else stays open as long again. Nothing is lost.
struct CircuitBreakerLimits {
  std::uint32_t window = 20;
  double failure_share = 0.5;
  Duration open_for{std::chrono::seconds(5)};
  std::uint32_t probes = 1;

  friend bool operator==(const CircuitBreakerLimits&, const CircuitBreakerLimits&) = default;
};

/// At most `records` in each `per`, on average. A batch is let through whole, and what it overdraws is waited
/// for by the next.
struct RateLimit {
  double records = 0;
  Duration per{std::chrono::seconds(1)};

  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// How long a call may take. Zero: as long as it likes.
struct CallTimeout {
  Duration after{0};
  /// Of a stage with threads of its own: the thread is left behind, the record fails with an error of class
  /// `timeout`, and a late result is thrown away. Otherwise a hang is only told.
  bool abandon = false;

  friend bool operator==(const CallTimeout&, const CallTimeout&) = default;
};

}  // namespace weir
