// Looks along the edges of a graph. Pure functions over plain data.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "weir/graph.hpp"

namespace weir {

/// Index of a stage's input or output port of that name; nothing where there is none. `errors` counts as the
/// output after the last one.
std::optional<PortIndex> input_port(const StageSpec& stage, std::string_view name);
std::optional<PortIndex> output_port(const StageSpec& stage, std::string_view name);
inline PortIndex errors_port(const StageSpec& stage) { return stage.outputs.size(); }

/// The stages so that every edge goes from an earlier to a later one, keeping the given order where edges
/// leave a choice. Shorter than `graph.stages` when there is a cycle: the stages on cycles, and behind them,
/// are missing. Requires edges whose stages exist.
std::vector<StageIndex> topological_order(const Graph& graph);

}  // namespace weir
