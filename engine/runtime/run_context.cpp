#include "engine/runtime/run_context.hpp"

#include <algorithm>
#include <thread>

namespace weir::runtime {
namespace {

std::vector<WorkerIndex> workers_of_threads(const Graph& graph, std::size_t first) {
  std::vector<WorkerIndex> workers(graph.stages.size());
  for (WorkerIndex& worker : workers)
    worker = first++;
  return workers;
}

RunOptions resolved(RunOptions options) {
  if (options.threads == 0) options.threads = std::max(1u, std::thread::hardware_concurrency());
  if (options.credit_tokens == 0) options.credit_tokens = options.threads * kCreditsPerThread;
  return options;
}

}  // namespace

RunContext::RunContext(const Graph& its_graph, const RunOptions& its_options)
    : graph(its_graph),
      plan(plan_execution(graph, its_options.fuse)),
      options(resolved(its_options)),
      scheduler(options.threads),
      thread_workers(workers_of_threads(graph, scheduler.worker_slots())),
      counters(scheduler.worker_slots() + graph.stages.size(), graph),
      unneeded_(graph.stages.size()) {
  for (StageIndex i = 0; i < graph.stages.size(); ++i)
    slots.push_back(std::make_unique<Slot>(graph.stages[i], graph, i));
}

void RunContext::fail(const FailurePlace& place, Failure failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_ || place < failure_->first) failure_.emplace(place, std::move(failure));
  }
  drain();
}

std::optional<Failure> RunContext::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? std::optional(failure_->second) : std::nullopt;
}

void RunContext::drain() noexcept {
  if (!draining_.exchange(true) && wake_sources) wake_sources(std::nullopt);
}

void RunContext::request_stop() noexcept {
  stop_requested_.store(true);
  drain();
}

void RunContext::stop_now() noexcept {
  stopped_.store(true);
  request_stop();
}

void RunContext::say_enough(StageIndex stage) {
  if (unneeded_[stage].exchange(true)) return;
  if (graph.stages[stage].is_source()) {
    if (wake_sources) wake_sources(stage);
    return;
  }
  for (const Edge& edge : graph.edges) {
    if (edge.to == stage && edge.from_port != kErrorsPort && output_unneeded(edge.from))
      say_enough(edge.from);
  }
}

bool RunContext::output_unneeded(StageIndex stage) const noexcept {
  // Of two readers that say so at once, one at least must see the other: hence no relaxed loads.
  return std::ranges::all_of(graph.edges, [&](const Edge& edge) {
    return edge.from != stage || edge.from_port == kErrorsPort || unneeded_[edge.to].load();
  });
}

}  // namespace weir::runtime
