// Durations for people.
#pragma once

#include <string>

#include "weir/clock.hpp"

namespace weir {

/// In the largest unit that keeps it whole, as a config would write it: "30s", "100ms", "1h".
std::string duration_text(Duration duration);

}  // namespace weir
