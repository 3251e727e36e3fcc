// Quantities as people read them. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "weir/clock.hpp"

namespace weir {

std::string count_text(std::uint64_t count);          ///< "1,234,567"
std::string bytes_text(std::uint64_t bytes);          ///< "812 B", "3.5 MB"
std::string seconds_text(std::uint64_t nanoseconds);  ///< "0.012 s", "3.4 s", "2 min 5 s"
std::string duration_text(Duration duration);  ///< "250 us", "100 ms", "1.5 s", "2 min 5 s", "1 h 30 min"
std::string rate_text(double per_second);      ///< "812", "3.5 M"

}  // namespace weir
