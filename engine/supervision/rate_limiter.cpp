#include "engine/supervision/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace weir {

TimePoint RateLimiter::reserve(std::size_t records, TimePoint now) noexcept {
  if (records == 0) return now;
  const TimePoint turn = std::max(now, free_at_);
  // Rounded up: a limit may be missed from below, not from above.
  const double cost_ns =
      std::ceil(static_cast<double>(records) * static_cast<double>(limit_.per.count()) / limit_.records);
  const Duration most = TimePoint::max() - turn;
  const bool forever = cost_ns >= static_cast<double>(most.count());
  free_at_ = turn + (forever ? most : Duration(static_cast<Duration::rep>(cost_ns)));
  return turn;
}

}  // namespace weir
