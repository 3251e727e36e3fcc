#include "stages/config/runtime_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "stages/config/quantities.hpp"
#include "stages/config/value_reader.hpp"
#include "stages/memory/machine_memory.hpp"
#include "stages/memory/spill_file.hpp"

namespace weir {
namespace {

constexpr std::uint64_t kMemoryMinBytes = 16ull << 20;

bool read_memory(const ValueReader& value, RuntimeConfig& into) {
  if (value.value().unresolved) return false;
  const auto bytes = parse_size(value.value().text);
  if (!bytes || *bytes < kMemoryMinBytes)
    return value.wanted("a size of at least 16MiB", "for example 256MiB or 1GiB");
  into.memory_bytes = bytes;
  return true;
}

bool read_spill_folder(const ValueReader& value, RuntimeConfig& into) {
  std::string folder;
  if (!value.text(folder, "a folder")) return false;
  const auto path = std::filesystem::path(value.value().base) / folder;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error))
    return value.wanted("a folder that exists", "make it, or leave this out for $TMPDIR or /var/tmp");
  into.spill_folder = path.string();
  return true;
}

// What a run may take: what its config says, or most of what the machine has.
std::size_t run_bytes(const RuntimeConfig& config) {
  if (config.memory_bytes) return static_cast<std::size_t>(*config.memory_bytes);
  return machine_memory_bytes() / 5 * 4;
}

constexpr std::array kKeys = {
    MapKey<RuntimeConfig>{
        "threads", [](const ValueReader& value, RuntimeConfig& into) { return value.count(into.threads); }},
    MapKey<RuntimeConfig>{"memory", read_memory},
    MapKey<RuntimeConfig>{"spill_folder", read_spill_folder},
    MapKey<RuntimeConfig>{
        "deadline",
        [](const ValueReader& value, RuntimeConfig& into) { return value.positive_duration(into.deadline); }},
    MapKey<RuntimeConfig>{
        "drain_timeout",
        [](const ValueReader& value, RuntimeConfig& into) { return value.duration(into.drain_timeout); }},
};

}  // namespace

RuntimeConfig read_runtime(const ConfigValue& runtime, Problems& problems) {
  RuntimeConfig config;
  read_map(ValueReader(runtime, "runtime", problems), "runtime option", kKeys, config);
  return config;
}

std::size_t flight_bytes(const RuntimeConfig& config, std::size_t sources) {
  return std::min(run_bytes(config) / 4 / sources, kCreditBytesDefault);
}

std::shared_ptr<MemoryBudget> stage_memory(const RuntimeConfig& config) {
  return std::make_shared<MemoryBudget>(
      run_bytes(config) / 4 * 3, config.spill_folder.empty() ? default_spill_folder() : config.spill_folder);
}

}  // namespace weir
