// `runtime: {threads, memory, spill_folder, deadline, drain_timeout}`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "weir/memory_budget.hpp"
#include "weir/options.hpp"
#include "weir/run.hpp"

namespace weir {

struct RuntimeConfig {
  std::size_t threads = 0;
  std::optional<std::uint64_t> memory_bytes;  ///< of the whole run; nothing: most of what the machine has
  std::string spill_folder;                   ///< empty: default_spill_folder()
  Duration deadline{0};
  Duration drain_timeout = kDrainTimeoutDefault;
};

RuntimeConfig read_runtime(const ConfigValue& runtime, Problems& problems);

/// How the run's memory is shared out: a quarter, but never more than kCreditBytesDefault a source, for what
/// is in flight, and the rest for what stages hold.
std::size_t flight_bytes(const RuntimeConfig& config, std::size_t sources);
std::shared_ptr<MemoryBudget> stage_memory(const RuntimeConfig& config);

}  // namespace weir
