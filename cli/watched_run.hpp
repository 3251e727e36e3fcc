// Runs a graph under the eyes of whoever called the command: with its log, its signals and, on a terminal, a
// progress line; and tells how it ended.
#pragma once

#include <memory>
#include <ostream>

#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_log.hpp"
#include "weir/run.hpp"

namespace weir {

struct WatchOptions {
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::warning;
  bool quiet = false;  ///< no progress, no summary
};

class WatchedRun {
 public:
  /// `err` outlives the process's last word about the run.
  WatchedRun(const WatchOptions& options, std::ostream& err);

  /// Runs to the end. A run that does not end though two signals asked for it takes the process with it.
  RunReport run(Graph graph, RunOptions run_options);
  /// Tells people how it ended: the summary, the failure and its mend.
  void tell_end(const RunReport& report);
  /// Whether a signal came while it ran.
  bool was_stopped() const noexcept { return last_signal_ != 0; }
  /// What the command answers for it.
  ExitCode exit_code(const RunReport& report) const;

 private:
  bool tells_people() const noexcept { return options_.log_format == LogFormat::text; }

  const WatchOptions options_;
  const bool with_progress_;
  const std::shared_ptr<Console> console_;
  const std::shared_ptr<RunLog> log_;
  int last_signal_ = 0;  ///< 0: none came
};

/// Ends the process without waiting for threads that do not return. Leaves no temporary files behind.
[[noreturn]] void leave_process(ExitCode code);

}  // namespace weir
