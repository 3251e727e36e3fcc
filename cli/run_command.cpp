#include "cli/run_command.hpp"

#include "cli/exit_code.hpp"

namespace weir {

int run_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  if (!args.empty() && args.front() == "--version") {
    out << "weir " << WEIR_VERSION << "\n";
    return static_cast<int>(ExitCode::done);
  }
  err << "weir: which command?\n";
  return static_cast<int>(ExitCode::wrong_usage);
}

}  // namespace weir
