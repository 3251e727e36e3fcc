// The keys of a stage that bound its calls and say when it is begun again: `restart`, `timeout`, `rate`,
// `breaker`.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "weir/options.hpp"
#include "weir/record_stage.hpp"
#include "weir/restart_policy.hpp"
#include "weir/stage_limits.hpp"

namespace weir {

struct StageSupervision {
  RestartType restart = RestartType::transient;
  CallTimeout timeout = {};
  Location timeout_where = {};
  RateLimit rate = {};
  std::optional<CircuitBreakerLimits> circuit_breaker = {};
};

inline constexpr std::array<std::string_view, 4> kSupervisionKeys = {"restart", "timeout", "rate", "breaker"};

/// Reads those of a stage's keys. `description` is null where the stage's type is not known.
StageSupervision read_stage_supervision(const ConfigValue& stage, const StageDescription* description,
                                        const std::string& field, Problems& problems);

}  // namespace weir
