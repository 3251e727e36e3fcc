// `weir run`.
#pragma once

#include <ostream>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace weir {

/// Loads the config and runs it to its end. Throws ConfigError; IoError where the report cannot be written.
ExitCode run_pipeline(const RunArguments& arguments, std::ostream& out, std::ostream& err);

/// Runs what was loaded, as the arguments say. Throws IoError where the report cannot be written.
ExitCode run_loaded(Pipeline pipeline, const RunArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace weir
