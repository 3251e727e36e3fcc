// A run that repeats to the last call.
#pragma once

#include "weir/run.hpp"

namespace weir::testing {

/// Runs a graph on the calling thread alone: every stage is called by it, in an order that is the same each
/// time. Of `options`, `threads` and `deadline` do not count.
///
/// What would take a stage from this thread is left out: threads of its own (`blocking`, `io_threads`), and
/// waiting (backoffs and rates are taken as zero, timeouts and circuit breakers as none). So a source must
/// not wait for what another stage of the graph does. Observers are told on a thread of their own, as ever.
/// Throws as `run` does.
RunReport run_inline(Graph graph, RunOptions options = {});

}  // namespace weir::testing
