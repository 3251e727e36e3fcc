#include "cli/watched_run.hpp"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "cli/progress.hpp"
#include "cli/run_text.hpp"
#include "cli/stop_signals.hpp"
#include "cli/terminal.hpp"
#include "stages/sinks/temporary_files.hpp"

namespace weir {
namespace {

/// How long a run may take to end once it was told to end at once.
constexpr std::chrono::seconds kLeaveAfter{2};

ExitCode code_of_signal(int signal) {
  return signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

}  // namespace

void leave_process(ExitCode code) {
  remove_temporary_files();
  std::_Exit(static_cast<int>(code));
}

WatchedRun::WatchedRun(const WatchOptions& options, std::ostream& err)
    : options_(options),
      with_progress_(!options.quiet && options.log_format == LogFormat::text && is_terminal(err)),
      console_(std::make_shared<Console>(err)),
      log_(std::make_shared<RunLog>(options.log_format, options.log_level, console_, colour_for(err))) {}

RunReport WatchedRun::run(Graph graph, RunOptions run_options) {
  run_options.observers.push_back(observer_of(log_));
  StopSignals signals;
  RunHandle run = start(std::move(graph), std::move(run_options));
  signals.listen(
      [&] {
        if (!options_.quiet)
          log_->note("stopping", "stopping: what is in flight is finished; a second signal stops at once");
        run.request_stop();
      },
      [&](int signal) {
        run.stop_now();
        if (run.wait_for(kLeaveAfter)) return;
        log_->note("left", "left behind: some stage does not return; no output was published");
        leave_process(code_of_signal(signal));
      });
  std::optional<ProgressLine> progress;
  if (with_progress_) progress.emplace(run, *console_);
  RunReport report = run.wait();
  progress.reset();
  last_signal_ = signals.stop_listening();
  return report;
}

void WatchedRun::tell_end(const RunReport& report) {
  if (tells_people()) {
    if (!options_.quiet) console_->write(summary_text(report));
    if (report.failure) console_->write("weir: " + failure_text(*report.failure));
  }
  const std::string why = report.deadline_reached ? "the deadline was reached" : "stopped";
  if (report.status == RunStatus::drained)
    log_->note("drained", why + ": what was in flight is finished, and no output was published");
  if (report.status == RunStatus::stopped)
    log_->note("stopped", why + (report.deadline_reached ? "" : " at once") +
                              ": what was in flight is abandoned, and no output was published");
  if (!report.hung.empty()) {
    log_->note("hung", "still at work when the run was given up: " + list_of(report.hung));
    return;  // what they hold is in no column of the ledger
  }
  for (const std::string& imbalance : report.imbalances())
    log_->note("imbalance", "our bug: the ledger does not balance: " + imbalance);
}

ExitCode WatchedRun::exit_code(const RunReport& report) const {
  const ExitCode code = weir::exit_code(report);
  return code == ExitCode::interrupted ? code_of_signal(last_signal_) : code;
}

}  // namespace weir
