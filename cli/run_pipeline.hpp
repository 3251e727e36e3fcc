// `weir run`.
#pragma once

#include <ostream>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace weir {

/// Loads the config and runs it to its end. Throws ConfigError; IoError where the report cannot be written.
ExitCode run_pipeline(const PipelineArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace weir
