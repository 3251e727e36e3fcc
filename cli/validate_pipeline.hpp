// `weir validate`.
#pragma once

#include <ostream>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace weir {

/// Loads the config, and tells its stages with what they give out. Throws ConfigError.
ExitCode validate_pipeline(const PipelineArguments& arguments, std::ostream& out);

}  // namespace weir
