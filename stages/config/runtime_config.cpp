#include "stages/config/runtime_config.hpp"

#include <array>

#include "stages/config/quantities.hpp"
#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

constexpr std::uint64_t kMemoryMinBytes = 1ull << 20;

bool read_memory(const ValueReader& value, RuntimeConfig& into) {
  if (value.value().unresolved) return false;
  const auto bytes = parse_size(value.value().text);
  if (!bytes || *bytes < kMemoryMinBytes)
    return value.wanted("a size of at least 1MiB", "for example 256MiB or 1GiB");
  into.memory_bytes = bytes;
  return true;
}

constexpr std::array kKeys = {
    MapKey<RuntimeConfig>{
        "threads", [](const ValueReader& value, RuntimeConfig& into) { return value.count(into.threads); }},
    MapKey<RuntimeConfig>{"memory", read_memory},
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

}  // namespace weir
