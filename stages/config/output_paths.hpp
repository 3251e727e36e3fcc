// Where sinks write, told to whoever loads a pipeline, and changed by it.
#pragma once

#include "weir/options.hpp"
#include "weir/pipeline.hpp"

namespace weir {

/// Calls `map` with every path that a sink of `stages` is configured to write to, and puts what it answers in
/// its place. `stages`: the config's list, its variables replaced.
void map_output_paths(ConfigValue& stages, const StageRegistry& registry, const OutputPathMap& map);

}  // namespace weir
