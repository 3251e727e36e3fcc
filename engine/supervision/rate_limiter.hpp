// A token bucket that lets whole batches through and makes the next one wait for what they overdraw.
//
// Pure: times are handed in. Not synchronised: the owner guards it.
#pragma once

#include <cstddef>

#include "weir/stage_limits.hpp"

namespace weir {

class RateLimiter {
 public:
  /// Requires limit.records > 0 and limit.per > 0.
  explicit RateLimiter(const RateLimit& limit) noexcept : limit_(limit) {}

  /// When `records` may go through that come at `now`: `now`, or later. They have their turn, before all that
  /// come after them, and need not ask again.
  TimePoint reserve(std::size_t records, TimePoint now) noexcept;

 private:
  const RateLimit limit_;
  TimePoint free_at_{};  ///< when all that has its turn is paid for
};

}  // namespace weir
