// The `weir` command as a function, so that tests call it without a process.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace weir {

/// Runs the command with the arguments behind the program's name. Results go to `out`, messages to `err`.
/// Gives the exit code: see exit_code.hpp. Never throws. One at a time in a process: `weir run` takes over
/// its signals.
int run_command(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace weir
