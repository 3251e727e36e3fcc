// What is tried for a failed record, and where its road ends:
//
//     fail | skip | dead_letter | restart | {restart: n} | {retry: n, backoff: ...}, or a list of them
#pragma once

#include <optional>

#include "stages/config/value_reader.hpp"
#include "weir/error_policy.hpp"

namespace weir {

/// Ends in `fail` where none of the three ends is written. Nothing, and at least one problem, where the value
/// is wrong.
std::optional<ErrorChain> read_error_chain(const ValueReader& value);

/// Whether a map is a step such as {retry: 3}, and not one of chains by class of error.
bool is_step(const ConfigValue& map);

}  // namespace weir
