#include "cli/run_command.hpp"

#include <exception>
#include <filesystem>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/chaos_runs.hpp"
#include "cli/exit_code.hpp"
#include "cli/help_text.hpp"
#include "cli/replay_letters.hpp"
#include "cli/report_json.hpp"
#include "cli/run_pipeline.hpp"
#include "cli/stages_text.hpp"
#include "cli/terminal.hpp"
#include "cli/validate_pipeline.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using Args = std::span<const std::string>;

// Runs `load`, and tells the problems of the config that it throws.
template <class Load>
ExitCode telling_problems(ErrorFormat format, std::ostream& err, const Load& load) {
  try {
    return load();
  } catch (const ConfigError& error) {
    err << (format == ErrorFormat::json ? diagnostics_json(error.diagnostics())
                                        : to_text(error.diagnostics(), colour_for(err)));
    return exit_code(error);
  }
}

ExitCode run(Args args, std::ostream& out, std::ostream& err) {
  const RunArguments arguments = parse_run_arguments(args);
  if (arguments.help) {
    out << run_help_text();
    return ExitCode::done;
  }
  return telling_problems(arguments.errors, err, [&] { return run_pipeline(arguments, out, err); });
}

ExitCode replay(Args args, std::ostream& out, std::ostream& err) {
  const ReplayArguments arguments = parse_replay_arguments(args);
  if (arguments.help) {
    out << replay_help_text();
    return ExitCode::done;
  }
  return telling_problems(arguments.errors, err, [&] { return replay_letters(arguments, out, err); });
}

ExitCode chaos(Args args, std::ostream& out, std::ostream& err) {
  const ChaosArguments arguments = parse_chaos_arguments(args);
  if (arguments.help) {
    out << chaos_help_text();
    return ExitCode::done;
  }
  return telling_problems(arguments.errors, err, [&] { return run_under_faults(arguments, args, out, err); });
}

ExitCode validate(Args args, std::ostream& out, std::ostream& err) {
  const PipelineArguments arguments = parse_validate_arguments(args);
  if (arguments.help) {
    out << validate_help_text();
    return ExitCode::done;
  }
  return telling_problems(arguments.errors, err, [&] { return validate_pipeline(arguments, out); });
}

ExitCode stages(Args args, std::ostream& out, std::ostream& /*err*/) {
  const StageRegistry& registry = StageRegistry::builtin();
  if (args.empty()) {
    out << stage_list_text(registry);
    return ExitCode::done;
  }
  const std::string& name = args.front();
  if (name == "--help" || name == "-h") {
    out << stages_help_text();
    return ExitCode::done;
  }
  if (args.size() > 1) throw WrongUsage("one stage at a time; the second is `" + args[1] + "`");
  const StageDescription* description = registry.find(name);
  if (description == nullptr) {
    throw WrongUsage("there is no stage type `" + name + "`; " + suggest_name(name, registry.names()));
  }
  out << stage_text(*description);
  return ExitCode::done;
}

struct Command {
  std::string name;
  ExitCode (*call)(Args args, std::ostream& out, std::ostream& err);
};
const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", run}, {"replay", replay}, {"chaos", chaos}, {"validate", validate}, {"stages", stages}};
  return all;
}

[[noreturn]] void refuse_command(const std::string& word) {
  if (std::filesystem::exists(word))
    throw WrongUsage("`" + word + "` is no command; did you mean `weir run " + word + "`?");
  std::vector<std::string> names = {"--help", "--version"};
  for (const Command& command : commands())
    names.push_back(command.name);
  throw WrongUsage("there is no command `" + word + "`; " + suggest_name(word, names));
}

ExitCode dispatch(Args args, std::ostream& out, std::ostream& err) {
  if (args.empty()) throw WrongUsage("which command? `weir --help` tells them");
  const std::string& word = args.front();
  if (word == "--help" || word == "-h" || word == "help") {
    out << help_text();
    return ExitCode::done;
  }
  if (word == "--version") {
    out << "weir " << WEIR_VERSION << "\n";
    return ExitCode::done;
  }
  for (const Command& command : commands()) {
    if (command.name == word) return command.call(args.subspan(1), out, err);
  }
  refuse_command(word);
}

ExitCode run_and_catch(Args args, std::ostream& out, std::ostream& err) {
  try {
    return dispatch(args, out, err);
  } catch (const WrongUsage& error) {
    err << "weir: " << error.what() << "\n";
    return ExitCode::wrong_usage;
  } catch (const IoError& error) {
    err << "weir: " << error.what() << "\n";
    return ExitCode::unwritable_output;
  } catch (const std::exception& error) {
    err << "weir: our bug: " << error.what() << "\n";
    return ExitCode::our_bug;
  }
}

}  // namespace

int run_command(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  return static_cast<int>(run_and_catch(args, out, err));
}

}  // namespace weir
