// The command line, read. A wrong one throws WrongUsage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cli/run_log.hpp"
#include "weir/pipeline.hpp"

namespace weir {

/// A command line that cannot be understood. The message is for people, and says the mend.
class WrongUsage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class ErrorFormat : unsigned char { text, json };

/// What every command that loads a config is told.
struct PipelineArguments {
  bool help = false;
  std::string config;
  LoadOptions load;  ///< its paths count from the working directory
  ErrorFormat errors = ErrorFormat::text;
};

/// What a command that runs one is told besides.
struct RunArguments : PipelineArguments {
  std::size_t threads = 0;  ///< 0: as the config says
  Duration deadline{0};     ///< 0: as the config says
  std::string report;       ///< empty: none; `-`: standard output
  bool quiet = false;
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::warning;
};

/// What `weir replay` is told.
struct ReplayArguments : RunArguments {
  std::string letters;     ///< the file of dead letters; `-`: standard input
  bool overwrite = false;  ///< may replace outputs that are there
};

/// What `weir chaos` is told.
struct ChaosArguments : PipelineArguments {
  std::size_t threads = 0;            ///< 0: as the config says
  std::size_t runs = 20;              ///< under faults
  std::optional<std::uint64_t> seed;  ///< of the first run; else that of the faults
  bool quiet = false;
};

RunArguments parse_run_arguments(std::span<const std::string> args);
PipelineArguments parse_validate_arguments(std::span<const std::string> args);
ReplayArguments parse_replay_arguments(std::span<const std::string> args);
ChaosArguments parse_chaos_arguments(std::span<const std::string> args);

/// The options of each, as `--help` lists them.
std::string run_options_text();
std::string validate_options_text();
std::string replay_options_text();
std::string chaos_options_text();

}  // namespace weir
