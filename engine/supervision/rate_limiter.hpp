// A token bucket that lets whole batches through and makes the next one wait for what they overdraw.
//
// Pure: times are handed in. Not synchronised: the owner guards it.
#pragma once

#include <cstddef>
#include <optional>

#include "weir/stage_limits.hpp"

namespace weir {

class RateLimiter {
 public:
  /// Requires limit.records > 0 and limit.per > 0.
  explicit RateLimiter(const RateLimit& limit) noexcept : limit_(limit) {}

  /// Lets `records` through at `now`: nothing. Else: not before the time answered. Time in which nobody came
  /// is not saved up, and no records cost nothing.
  std::optional<TimePoint> wait_until(std::size_t records, TimePoint now) noexcept;

 private:
  const RateLimit limit_;
  TimePoint free_at_{};  ///< when all that was let through is paid for
};

}  // namespace weir
