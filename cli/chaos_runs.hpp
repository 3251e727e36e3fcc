// `weir chaos`.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace weir {

/// Runs the config undisturbed, then under faults, and compares. `args`: those behind `chaos`, for the
/// command that repeats a run. Throws ConfigError; IoError where temporary files cannot be made.
ExitCode run_under_faults(const ChaosArguments& arguments, std::span<const std::string> args,
                          std::ostream& out, std::ostream& err);

}  // namespace weir
