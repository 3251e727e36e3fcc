// `runtime: {threads, memory, deadline, drain_timeout}`.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/options.hpp"
#include "weir/run.hpp"

namespace weir {

/// `memory` is what may be in flight at once, over all sources of the pipeline.
struct RuntimeConfig {
  std::size_t threads = 0;
  std::optional<std::uint64_t> memory_bytes;
  Duration deadline{0};
  Duration drain_timeout = kDrainTimeoutDefault;
};

RuntimeConfig read_runtime(const ConfigValue& runtime, Problems& problems);

}  // namespace weir
