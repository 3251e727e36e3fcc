// Whether a restart policy makes sense. Pure.
#pragma once

#include <string>

#include "weir/restart_policy.hpp"

namespace weir {

/// Throws UsageError, which begins with `whose`, for a jitter or a time that cannot be.
void check_policy(const RestartPolicy& policy, const std::string& whose);

}  // namespace weir
