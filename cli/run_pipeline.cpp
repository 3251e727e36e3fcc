#include "cli/run_pipeline.hpp"

#include <csignal>
#include <optional>

#include "cli/progress.hpp"
#include "cli/report_file.hpp"
#include "cli/report_json.hpp"
#include "cli/run_text.hpp"
#include "cli/stop_signals.hpp"
#include "cli/terminal.hpp"
#include "weir/pipeline.hpp"
#include "weir/run.hpp"

namespace weir {
namespace {

// Runs the graph with signals and, on a terminal, a progress line. `last_signal` is 0 where none came.
RunReport run_watched(Graph graph, const RunOptions& options, bool with_progress, std::ostream& err,
                      int& last_signal) {
  StopSignals signals;
  RunHandle run = start(std::move(graph), options);
  signals.listen([&run] { run.request_stop(); }, [&run] { run.stop_now(); });
  std::optional<ProgressLine> progress;
  if (with_progress) progress.emplace(run, err);
  RunReport report = run.wait();
  progress.reset();
  last_signal = signals.stop_listening();
  return report;
}

void tell_end(const RunReport& report, bool quiet, std::ostream& err) {
  if (!quiet) err << summary_text(report);
  if (report.failure) err << "weir: " << failure_text(*report.failure);
  if (report.status == RunStatus::drained) {
    err << "weir: stopped: what was in flight is finished, and no output was published\n";
  }
  if (report.status == RunStatus::stopped) {
    err << "weir: stopped at once: what was in flight is abandoned, and no output was published\n";
  }
  for (const std::string& imbalance : report.imbalances()) {
    err << "weir: our bug: the ledger does not balance: " << imbalance << "\n";
  }
}

}  // namespace

ExitCode run_pipeline(const PipelineArguments& arguments, std::ostream& out, std::ostream& err) {
  Pipeline pipeline = load_pipeline(arguments.config, arguments.load);
  if (arguments.threads > 0) pipeline.runtime.threads = arguments.threads;
  std::optional<ThreadLimit> limit;
  if (pipeline.runtime.threads > 0) limit.emplace(pipeline.runtime.threads);
  ReportFile report_file(arguments.report, out);

  int last_signal = 0;
  const bool with_progress = !arguments.quiet && is_terminal(err);
  const RunReport report =
      run_watched(std::move(pipeline.graph), pipeline.runtime, with_progress, err, last_signal);
  tell_end(report, arguments.quiet, err);
  if (report_file.wanted()) report_file.publish(report_json(report));

  const ExitCode code = exit_code(report);
  if (code == ExitCode::interrupted && last_signal == SIGTERM) return ExitCode::terminated;
  return code;
}

}  // namespace weir
