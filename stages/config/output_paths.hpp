// Where sinks write: told to whoever loads a pipeline, and changed by it; a file of its own for each.
#pragma once

#include "weir/options.hpp"
#include "weir/pipeline.hpp"

namespace weir {

/// Calls `map` with every path that a sink of `stages` is configured to write to, and puts what it answers in
/// its place. `stages`: the config's list, its variables replaced.
void map_output_paths(ConfigValue& stages, const StageRegistry& registry, const OutputPathMap& map);

/// Reports every sink that would write to where an earlier one writes, however the paths are written: the last to publish
/// would win, and what the other wrote would be lost.
void report_shared_output_paths(const ConfigValue& stages, const StageRegistry& registry, Problems& problems);

}  // namespace weir
