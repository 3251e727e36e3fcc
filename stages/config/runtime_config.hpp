// `runtime: {threads, memory}`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/options.hpp"
#include "weir/run.hpp"

namespace weir {

/// `memory` is what may be in flight at once, over all sources of the pipeline.
struct RuntimeConfig {
  std::size_t threads = 0;
  std::optional<std::uint64_t> memory_bytes;
};

RuntimeConfig read_runtime(const ConfigValue& runtime, Problems& problems);

/// A size as configs write it: "64KiB", "10MB", "512". Nothing where it is none.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

}  // namespace weir
