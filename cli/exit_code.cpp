#include "cli/exit_code.hpp"

#include <algorithm>

#include "cli/input_stages.hpp"

namespace weir {
namespace {

ExitCode exit_code(const Failure& failure, const RunReport& report) {
  if (failure.error.error_class == ErrorClass::data) return ExitCode::bad_data;
  if (failure.during == "open" && failure.error.error_class == ErrorClass::io) {
    return is_input(report, failure.stage) ? ExitCode::missing_input : ExitCode::unwritable_output;
  }
  return failure.error.error_class == ErrorClass::io ? ExitCode::io_failed : ExitCode::run_failed;
}

}  // namespace

ExitCode exit_code(const ConfigError& error) {
  const auto has = [&](ProblemKind kind) {
    const auto& all = error.diagnostics();
    return std::any_of(all.begin(), all.end(), [&](const Diagnostic& each) { return each.kind == kind; });
  };
  if (has(ProblemKind::config)) return ExitCode::wrong_config;
  if (has(ProblemKind::bad_input)) return ExitCode::bad_data;
  return has(ProblemKind::missing_input) ? ExitCode::missing_input : ExitCode::unwritable_output;
}

ExitCode exit_code(const RunReport& report) {
  // What is in the hands of a stage that never returned is in no column of the ledger.
  if (report.hung.empty() && !report.imbalances().empty()) return ExitCode::our_bug;
  switch (report.status) {
    case RunStatus::succeeded:
      return ExitCode::done;
    case RunStatus::failed:
      return report.failure ? exit_code(*report.failure, report) : ExitCode::run_failed;
    case RunStatus::drained:
      return ExitCode::stopped;
    case RunStatus::stopped:
      return report.deadline_reached ? ExitCode::stopped : ExitCode::interrupted;
  }
  return ExitCode::run_failed;
}

}  // namespace weir
