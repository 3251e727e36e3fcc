#include "engine/runtime/execution.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stop_token>
#include <string>

#include "engine/runtime/guard.hpp"
#include "engine/runtime/stage_supervisor.hpp"
#include "engine/supervision/supervision_plan.hpp"

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

Execution::Execution(const Graph& graph, const RunOptions& options, tbb::task_arena* arena)
    : context_(validated(graph), options, arena), lowered_(context_) {
  context_.wake_sources = [this](std::optional<StageIndex> stage) {
    if (sources_open_.load()) lowered_.wake_sources(stage);
  };
}

RunReport Execution::run() {
  begun_.store(context_.clock().now());
  const std::stop_callback on_stop(context_.options.stop, [this] { context_.request_stop(); });
  context_.events.tell({.kind = EventKind::run_started});
  if (open_stages()) {
    set_deadline();
    context_.scheduler.run([this] {
      sources_open_.store(true);
      lowered_.begin();
    });
  }
  lowered_.finish();
  context_.timers.stop();  // a deadline that comes now must not find the graph half gone
  if (status() == RunStatus::drained && !context_.stop_requested()) fail_stuck();
  check_shares();
  // From here on a stop comes too late: what is half published would be neither there nor not there.
  const RunStatus reached = status();
  publish(reached);
  RunReport report = snapshot();
  report.status = report.failure ? RunStatus::failed : reached;
  if (report.failure) {
    context_.events.tell({.kind = EventKind::failed,
                          .stage = report.failure->stage,
                          .attempts = report.failure->attempts,
                          .error = report.failure->error,
                          .origin = report.failure->origin});
  }
  context_.events.finish({.kind = EventKind::run_ended, .detail = std::string(to_string(report.status))});
  return report;
}

void Execution::set_deadline() {
  const Duration limit = context_.options.deadline;
  if (limit <= Duration::zero()) return;
  context_.signals->deadline = begun_.load() + limit;
  context_.timers.at(begun_.load() + limit, [this] {
    deadline_reached_.store(true);
    context_.events.tell({.kind = EventKind::deadline_reached});
    context_.request_stop();
  });
}

void Execution::check_shares() {
  if (context_.failure() || context_.stopped()) return;
  const RunReport report = snapshot();
  for (StageIndex i = 0; i < context_.graph.stages.size(); ++i) {
    const ErrorThreshold& threshold = context_.graph.stages[i].on_error.threshold;
    const StageReport& stage = report.stages[i];
    const std::uint64_t bad = stage.dead + stage.skipped;
    if (!threshold.share || stage.in < std::max<std::uint64_t>(threshold.min_records, 1)) continue;
    if (static_cast<double>(bad) <= *threshold.share * static_cast<double>(stage.in)) continue;
    std::ostringstream message;
    message << bad << " of " << stage.in << " records were refused, more than the `threshold` of "
            << *threshold.share * 100 << "%";
    context_.fail_threshold(i, std::move(message).str());
  }
}

bool Execution::open_stages() {
  const auto order = build_order(context_.graph);
  for (auto stage = order.begin(); stage != order.end(); ++stage) {
    const std::string& name = context_.graph.stages[*stage].name;
    ErrorInfo error;
    if (context_.slots[*stage]->open(error)) {
      context_.events.tell({.kind = EventKind::stage_started, .stage = name, .incarnation = 1});
      continue;
    }
    context_.fail({.phase = 0, .stage = *stage},
                  {.stage = name, .during = "open", .error = std::move(error)});
    lowered_.abort_sinks();
    for (auto opened = std::make_reverse_iterator(stage); opened != order.rend(); ++opened)
      context_.slots[*opened]->close();
    return false;
  }
  return true;
}

void Execution::fail_stuck() {
  const StageIndex stage = *lowered_.unfinished_stage();
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
  return lowered_.unfinished_stage() ? RunStatus::drained : RunStatus::succeeded;
}

std::optional<TimePoint> Execution::given_up_at() const {
  const RunOptions& options = context_.options;
  if (options.deadline <= Duration::zero()) return std::nullopt;
  const TimePoint begun = begun_.load();
  return (begun == TimePoint{} ? clock().now() : begun) + options.deadline + options.drain_timeout;
}

RunReport Execution::report_given_up() const {
  RunReport report = snapshot();
  report.status = report.failure ? RunStatus::failed : RunStatus::stopped;
  std::set<StageIndex> busy;
  for (const StageIndex stage : context_.counters.busy_stages())
    busy.insert(stage);
  for (StageIndex stage = 0; stage < context_.io.size(); ++stage) {
    if (context_.io[stage] && context_.io[stage]->is_busy()) busy.insert(stage);
  }
  for (const StageIndex stage : busy)
    report.hung.push_back(context_.graph.stages[stage].name);
  return report;
}

RunReport Execution::snapshot() const {
  RunReport report;
  report.pipeline = context_.graph.name;
  report.failure = context_.failure();
  context_.counters.report(context_.graph, report);
  for (StageIndex i = 0; i < report.stages.size(); ++i) {
    report.stages[i].restarts = context_.supervisor->restarts_of(i);
    report.stages[i].incarnation = context_.slots[i]->incarnation();
  }
  report.restarts = context_.supervisor->restarts();
  report.deadline_reached = deadline_reached_.load();
  for (const auto& flow : lowered_.flows()) {
    const StageSpec& stage = context_.graph.stages[flow->stage()];
    SourceReport source{.name = stage.name, .tokens_peak = flow->credits().peak_tokens()};
    if (const auto its = stage.is_source() ? context_.slots[flow->stage()]->source_if_any() : nullptr) {
      const SourceProgress progress = its->progress();
      source.done_bytes = progress.done_bytes;
      source.total_bytes = progress.total_bytes;
    }
    report.sources.push_back(std::move(source));
  }
  const auto begun = begun_.load();
  if (begun != TimePoint{}) {
    const auto elapsed = context_.clock().now() - begun;
    report.wall_ns =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count());
  }
  report.threads = context_.options.threads;
  return report;
}

}  // namespace weir::runtime
