#include "engine/telemetry/counters.hpp"

#include <set>

namespace weir {

Counters::Counters(std::size_t workers, const Graph& graph) : workers_(workers) {
  for (WorkerCounters& worker : workers_) {
    worker.stages = std::vector<StageCounters>(graph.stages.size());
    worker.edges = std::vector<EdgeCounters>(graph.edges.size());
  }
}

std::vector<StageIndex> Counters::busy_stages() const {
  std::set<StageIndex> busy;
  for (const WorkerCounters& worker : workers_) {
    const StageIndex stage = worker.inside.load(std::memory_order_relaxed);
    if (stage != WorkerCounters::kNoStage) busy.insert(stage);
  }
  return {busy.begin(), busy.end()};
}

void Counters::report(const Graph& graph, RunReport& report) const {
  report.stages.clear();
  report.edges.clear();
  for (StageIndex i = 0; i < graph.stages.size(); ++i) {
    StageReport total;
    total.name = graph.stages[i].name;
    total.type = graph.stages[i].type;
    if (const auto* transform = std::get_if<TransformSpec>(&graph.stages[i].body))
      total.maps_records = transform->traits.maps_records;
    for (const WorkerCounters& worker : workers_) {
      const StageCounters& part = worker.stages[i];
      total.in += part.in.get();
      total.made += part.made.get();
      total.processed += part.processed.get();
      total.dead += part.dead.get();
      total.skipped += part.skipped.get();
      total.dropped += part.dropped.get();
      total.unneeded += part.unneeded.get();
      total.abandoned += part.abandoned.get();
      total.filtered += part.filtered.get();
      total.emitted += part.emitted.get();
      total.batches += part.batches.get();
      total.failures += part.failures.get();
      total.retried += part.retried.get();
      total.bisect_calls += part.bisect_calls.get();
      total.busy_ns += part.busy_ns.get();
    }
    report.stages.push_back(std::move(total));
  }
  for (EdgeIndex i = 0; i < graph.edges.size(); ++i) {
    const Edge& edge = graph.edges[i];
    EdgeReport total{.from = graph.stages[edge.from].name,
                     .from_port = edge.from_port,
                     .to = graph.stages[edge.to].name,
                     .to_port = edge.to_port};
    for (const WorkerCounters& worker : workers_) {
      total.emitted += worker.edges[i].emitted.get();
      total.received += worker.edges[i].received.get();
    }
    report.edges.push_back(std::move(total));
  }
}

}  // namespace weir
