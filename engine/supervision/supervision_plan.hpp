// A graph's stages and groups as a supervision tree sees them. Pure functions over plain data.
#pragma once

#include <vector>

#include "engine/supervision/supervision_tree.hpp"
#include "weir/graph.hpp"

namespace weir {

/// Children are the graph's stages, by their index; what comes after a stage is all that is downstream of it.
/// Requires groups that validate.
TreePlan supervision_plan(const Graph& graph, std::uint64_t seed);

/// The stages in the order in which they are opened: sinks first, sources last, whoever takes data before
/// whoever gives it.
std::vector<StageIndex> build_order(const Graph& graph);

/// One a stage: whether some failure may lead to rebuilding it.
std::vector<bool> may_be_rebuilt(const Graph& graph);

}  // namespace weir
