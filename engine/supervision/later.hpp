// Adding to a time. Pure.
#pragma once

#include <algorithm>

#include "weir/clock.hpp"

namespace weir {

/// `now + by`, but not past the end of time: a policy may say Duration::max() for "never".
inline TimePoint later(TimePoint now, Duration by) noexcept {
  return now + std::min(by, TimePoint::max() - now);
}

}  // namespace weir
