// `backoff: 100ms`, or {initial: 100ms, max: 10s, jitter: 0.2}.
#pragma once

#include "stages/config/value_reader.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

/// What is not written stays as `into` has it, but that `max` is at least `initial`. False, and at least one
/// problem, where the value is wrong.
bool read_backoff(const ValueReader& value, Backoff& into);

}  // namespace weir
