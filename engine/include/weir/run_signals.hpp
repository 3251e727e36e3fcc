// What a stage may ask of the run that calls it.
#pragma once

#include <optional>
#include <stop_token>

#include "weir/clock.hpp"

namespace weir {

/// Owned by the run, and the same during all of it.
struct RunSignals {
  /// Requested when the run is to end at once: what a stage waits for then is waited for in vain. A run that
  /// drains does not request it; what is in flight is finished.
  std::stop_token stop = {};
  std::optional<TimePoint> deadline = {};  ///< when the run begins to drain; nothing: it has none
};

}  // namespace weir
