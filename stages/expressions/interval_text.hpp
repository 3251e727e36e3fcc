// What stands between the quotes of `interval '1 month 3 days'`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::expressions {

/// Three lengths of time that do not make up one another.
struct IntervalParts {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t micros = 0;
};

/// Numbers, each with its unit ("1 year 2 months", "-3 days"), and HH:MM[:SS[.f]]; hours and less may have
/// decimals. Nothing where it is none of these, or too long.
std::optional<IntervalParts> parse_interval(std::string_view text);

}  // namespace weir::expressions
