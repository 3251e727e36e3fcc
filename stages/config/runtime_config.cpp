#include "stages/config/runtime_config.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "stages/config/value_problem.hpp"
#include "stages/config/version.hpp"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array kUnits = {
    Unit{"", 1},
    Unit{"B", 1},
    Unit{"kB", 1000},
    Unit{"KB", 1000},
    Unit{"MB", 1000'000},
    Unit{"GB", 1000'000'000},
    Unit{"KiB", 1ull << 10},
    Unit{"MiB", 1ull << 20},
    Unit{"GiB", 1ull << 30},
};
constexpr std::uint64_t kMemoryMinBytes = 1ull << 20;

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(stopped - text.data()));
  for (const Unit& each : kUnits) {
    if (each.name != unit) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / each.bytes) return std::nullopt;
    return number * each.bytes;
  }
  return std::nullopt;
}

RuntimeConfig read_runtime(const ConfigValue& runtime, Problems& problems) {
  RuntimeConfig config;
  if (runtime.kind != ConfigValue::Kind::map) {
    problems.add(
        problem_at(runtime, "runtime", wanted_but_got("a map, {threads: ..., memory: ...}", runtime)));
    return config;
  }
  const Options options("runtime", runtime, problems, {});
  for (std::size_t i = 0; i < runtime.entries.size(); ++i) {
    const auto& [key, value] = runtime.entries[i];
    if (key == "threads") {
      config.threads = static_cast<std::size_t>(options.count(key).value_or(0));
    } else if (key == "memory") {
      config.memory_bytes = parse_size(value.text);
      if (!config.memory_bytes || *config.memory_bytes < kMemoryMinBytes) {
        problems.add(problem_at(value, "runtime.memory", wanted_but_got("a size of at least 1MiB", value),
                                "for example 256MiB or 1GiB"));
      }
    } else if (is_later_runtime_key(key)) {
      problems.add(not_in_this_version(runtime.keys[i], "runtime." + key, key));
    } else {
      problems.add(problem_at_key(runtime, i, "runtime." + key, "there is no runtime option `" + key + "`",
                                  suggest_name(key, {"threads", "memory"})));
    }
  }
  return config;
}

}  // namespace weir
