#include "weir/testing/run_inline.hpp"

#include <utility>
#include <variant>

#include "weir/tbb.hpp"

namespace weir::testing {
namespace {

void do_not_wait(ErrorChain& chain) {
  for (RecoveryStep& step : chain.steps)
    step.backoff = {};
}

void do_not_wait(StageSpec& stage) {
  if (auto* source = std::get_if<SourceSpec>(&stage.body)) source->traits.blocking = false;
  if (auto* sink = std::get_if<SinkSpec>(&stage.body)) sink->traits.blocking = false;
  stage.io_threads = 0;
  stage.timeout = {};
  stage.rate = {};
  stage.circuit_breaker.reset();
  for (ErrorChain& chain : stage.on_error.by_class)
    do_not_wait(chain);
  for (TypedChain& typed : stage.on_error.by_type)
    do_not_wait(typed.chain);
}

}  // namespace

RunReport run_inline(Graph graph, RunOptions options) {
  for (StageSpec& stage : graph.stages)
    do_not_wait(stage);
  graph.supervisor.backoff = {};
  for (SupervisionGroup& group : graph.groups)
    group.policy.backoff = {};
  if (options.chaos) options.chaos->delay_share = 0;
  options.threads = 0;
  options.deadline = {};
  // An arena of one thread has no workers, so that nobody but the caller can take a task.
  tbb::task_arena arena(1);
  return run_in(arena, graph, options);
}

}  // namespace weir::testing
