// `on_error`: skip | fail | dead_letter, a list of one, or {data: skip, other: fail, ...}.
#pragma once

#include <optional>
#include <string>

#include "weir/error_policy.hpp"
#include "weir/options.hpp"

namespace weir {

/// Nothing, and at least one problem, where the value is wrong.
std::optional<ErrorPolicy> read_on_error(const ConfigValue& value, const std::string& field,
                                         Problems& problems);

}  // namespace weir
