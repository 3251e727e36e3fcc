// What can be set on any stage of a typed flow.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "weir/error_policy.hpp"
#include "weir/graph.hpp"
#include "weir/stage_limits.hpp"

namespace weir::flow {

/// See StageSpec for what they mean.
struct StageSettings {
  StageSettings(std::string its_name) : name(std::move(its_name)) {}

  std::string name;
  std::string group = {};
  std::size_t workers = 0;
  std::size_t io_threads = 0;
  CallTimeout timeout = {};
  RateLimit rate = {};
  std::optional<CircuitBreakerLimits> circuit_breaker = {};
  ErrorThreshold threshold = {};

  /// Throw UsageError for 0.
  void set_workers(std::size_t count);
  void set_io_threads(std::size_t count);

  /// A stage of that type so set, with a main input and output where these have types; its body and its
  /// handling of errors are still to come.
  StageSpec spec(std::string type, std::optional<PayloadType> in, std::optional<PayloadType> out) const;
};

}  // namespace weir::flow
