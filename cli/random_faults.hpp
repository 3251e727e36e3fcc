// Faults that follow from a seed, as many as a graph's policies survive. Pure functions.
#pragma once

#include <cstdint>

#include "weir/chaos.hpp"
#include "weir/graph.hpp"

namespace weir {

/// Whether some stage has a step of recovery for what faults throw.
bool can_recover(const Graph& graph);

/// Where every stage that can recover tries again at first, many records throw; where one is restarted at
/// once, each stage throws once, so that no group has more restarts than it may. Where none can recover,
/// calls are delayed.
ChaosOptions random_faults(const Graph& graph, std::uint64_t seed);

}  // namespace weir
