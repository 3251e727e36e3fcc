// `weir replay`.
#pragma once

#include <ostream>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace weir {

/// Gives the records of dead letters to their stages again. Throws ConfigError, also where letters do not fit
/// the config or an output is there already; IoError where the report cannot be written.
ExitCode replay_letters(const ReplayArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace weir
