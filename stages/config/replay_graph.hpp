// From the graph of a pipeline to the one that gives refused records to their stages again.
//
// The records flow from the stages that refused them downstream. A retained input on the way (what a join
// looks up in) is filled as in the pipeline itself, by all that is upstream of it; everything else is left
// out, since its records have been processed.
#pragma once

#include <vector>

#include "stages/config/planner.hpp"
#include "stages/config/stage_config.hpp"
#include "weir/graph.hpp"
#include "weir/pipeline.hpp"

namespace weir {

/// `graph` is what `planner` made of `stages`. Reports records that do not fit; the result is then of no use.
Graph replay_graph(Graph graph, const std::vector<StageConfig>& stages, const Planner& planner,
                   const std::vector<RefusedRecord>& records, Problems& problems);

}  // namespace weir
