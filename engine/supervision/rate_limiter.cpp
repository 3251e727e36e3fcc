#include "engine/supervision/rate_limiter.hpp"

#include <cmath>

namespace weir {

std::optional<TimePoint> RateLimiter::wait_until(std::size_t records, TimePoint now) noexcept {
  if (records == 0) return std::nullopt;
  if (now < free_at_) return free_at_;
  // Rounded up: a limit may be missed from below, not from above.
  const double cost_ns =
      std::ceil(static_cast<double>(records) * static_cast<double>(limit_.per.count()) / limit_.records);
  const Duration most = TimePoint::max() - now;
  const bool forever = cost_ns >= static_cast<double>(most.count());
  free_at_ = now + (forever ? most : Duration(static_cast<Duration::rep>(cost_ns)));
  return std::nullopt;
}

}  // namespace weir
