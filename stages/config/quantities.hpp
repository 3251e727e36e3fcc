// Quantities as configs write them: `64KiB`, `5s`, `1%`, `100/s`. Pure functions, any thread; nothing where a
// text is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/clock.hpp"
#include "weir/stage_limits.hpp"

namespace weir {

/// The longest time a config can ask for: a century, so that no deadline lies beyond what a clock can tell.
inline constexpr Duration kDurationMax = std::chrono::hours(24) * 36'500;

/// "64KiB", "10MB", "512".
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

/// A number with `us`, `ms`, `s`, `m`, `h` or `d` behind it: "100ms", "1.5h". From 0 to kDurationMax.
std::optional<Duration> parse_duration(std::string_view text) noexcept;

/// From 0 to 1: "1%", "0.01". A whole number without `%` is none, but for 0: 1 might mean 1% or all.
std::optional<double> parse_share(std::string_view text) noexcept;

/// Records in a time: "100/s", "0.5/m", "1000/h"; more than none.
std::optional<RateLimit> parse_rate(std::string_view text) noexcept;

}  // namespace weir
