// What the command answers to its caller: the codes of sysexits.h, and those of signals.
#pragma once

#include "weir/diagnostic.hpp"
#include "weir/run_report.hpp"

namespace weir {

enum class ExitCode : int {
  done = 0,
  run_failed = 1,          ///< a stage gave up
  wrong_usage = 64,        ///< the command line
  bad_data = 65,           ///< input that `on_error` does not allow for
  missing_input = 66,      ///< an input that is missing or unreadable
  our_bug = 70,            ///< the ledger does not balance
  unwritable_output = 73,  ///< an output that cannot be made
  io_failed = 74,
  stopped = 75,  ///< by a first signal or the deadline
  wrong_config = 78,
  interrupted = 130,  ///< a second SIGINT
  terminated = 143,   ///< a second SIGTERM
};

/// A config with several kinds of problem is wrong first of all.
ExitCode exit_code(const ConfigError& error);

/// For a run that ended by itself or was drained; one that was stopped, but not by its deadline, ends by its
/// signal.
ExitCode exit_code(const RunReport& report);

}  // namespace weir
