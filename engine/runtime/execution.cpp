#include "engine/runtime/execution.hpp"

#include <algorithm>
#include <string>

#include "engine/graph/topology.hpp"
#include "engine/runtime/guard.hpp"

namespace weir::runtime {
namespace {

const Graph& validated(const Graph& graph) {
  const auto problems = graph.validate();
  if (problems.empty()) return graph;
  std::string message = "graph '" + graph.name + "' cannot run:";
  for (const GraphProblem& problem : problems) {
    message += "\n  ";
    if (!problem.stage.empty()) message += "stage '" + problem.stage + "' ";
    message += problem.message;
  }
  throw UsageError(message);
}

}  // namespace

Execution::Execution(const Graph& graph, const RunOptions& options)
    : context_(validated(graph), options), lowered_(context_) {
  context_.wake_sources = [this](std::optional<StageIndex> stage) {
    if (sources_open_.load()) lowered_.wake_sources(stage);
  };
}

RunReport Execution::run() {
  begun_.store(std::chrono::steady_clock::now());
  if (open_stages()) {
    context_.scheduler.run([this] {
      sources_open_.store(true);
      lowered_.begin();
    });
  }
  lowered_.finish();
  if (status() == RunStatus::drained && !context_.stop_requested()) fail_stuck();
  // From here on a stop comes too late: what is half published would be neither there nor not there.
  const RunStatus reached = status();
  publish(reached);
  RunReport report = snapshot();
  report.status = report.failure ? RunStatus::failed : reached;
  return report;
}

bool Execution::open_stages() {
  // Whoever takes data is ready before there is any: sinks first, sources last.
  auto order = topological_order(context_.graph);
  std::reverse(order.begin(), order.end());
  std::ranges::stable_sort(order, {}, [&](StageIndex stage) {
    const StageSpec& spec = context_.graph.stages[stage];
    return spec.is_sink() ? 0 : spec.is_transform() ? 1 : 2;
  });
  for (const StageIndex stage : order) {
    ErrorInfo error;
    if (context_.slots[stage]->open(error)) continue;
    context_.fail({.phase = 0, .stage = stage},
                  {.stage = context_.graph.stages[stage].name, .during = "open", .error = std::move(error)});
    return false;
  }
  return true;
}

void Execution::fail_stuck() {
  const StageIndex stage = lowered_.incomplete_flow()->stage();
  ErrorInfo error;
  error.message =
      "the run came to rest before this stage had given out everything: a fault of the engine, please report "
      "it";
  context_.fail({.phase = 1, .stage = stage},
                {.stage = context_.graph.stages[stage].name, .during = "run", .error = std::move(error)});
}

void Execution::publish(RunStatus reached) {
  const auto& writers = lowered_.writers();
  const auto may_publish = [&](const SinkWriter& writer) {
    const bool succeeded = reached == RunStatus::succeeded && !context_.failure();
    return sources_open_.load() && (succeeded || writer.always_commits());
  };
  // All prepare before any commits, so that a full disk found late publishes nothing.
  std::vector<bool> prepared;
  for (const auto& writer : writers)
    prepared.push_back(may_publish(*writer) && writer->prepare());
  for (std::size_t i = 0; i < writers.size(); ++i) {
    const bool committed = prepared[i] && may_publish(*writers[i]) && writers[i]->commit();
    if (!committed) writers[i]->abort();
  }
}

RunStatus Execution::status() const {
  if (context_.failure()) return RunStatus::failed;
  if (context_.stopped()) return RunStatus::stopped;
  return lowered_.incomplete_flow() ? RunStatus::drained : RunStatus::succeeded;
}

RunReport Execution::snapshot() const {
  RunReport report;
  report.pipeline = context_.graph.name;
  report.failure = context_.failure();
  context_.counters.report(context_.graph, report);
  for (const auto& flow : lowered_.flows()) {
    const StageSpec& stage = context_.graph.stages[flow->stage()];
    SourceReport source{.name = stage.name, .tokens_peak = flow->credits().peak_tokens()};
    if (stage.is_source() && sources_open_.load()) {
      const SourceProgress progress = context_.slots[flow->stage()]->source().progress();
      source.done_bytes = progress.done_bytes;
      source.total_bytes = progress.total_bytes;
    }
    report.sources.push_back(std::move(source));
  }
  const auto begun = begun_.load();
  if (begun != std::chrono::steady_clock::time_point{}) {
    const auto elapsed = std::chrono::steady_clock::now() - begun;
    report.wall_ns =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count());
  }
  report.threads = context_.options.threads;
  return report;
}

}  // namespace weir::runtime
