// `on_error`: actions for errors of every class, or {data: skip, io: [{retry: 3}, fail], threshold: 1%}.
#pragma once

#include <optional>
#include <string>

#include "weir/error_policy.hpp"
#include "weir/options.hpp"

namespace weir {

/// Actions without a class are for all, save that `data` errors come to their end at once: the same input
/// gives the same failure. By class they are as written, and `fail` for a class that is not. Nothing, and at
/// least one problem, where the value is wrong.
std::optional<ErrorPolicy> read_on_error(const ConfigValue& value, const std::string& field,
                                         Problems& problems);

}  // namespace weir
