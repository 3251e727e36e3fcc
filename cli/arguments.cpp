#include "cli/arguments.hpp"

#include <boost/program_options.hpp>
#include <limits>
#include <sstream>

#include "stages/config/quantities.hpp"
#include "stages/config/value_problem.hpp"

namespace weir {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kThreadsMax = 1024;
constexpr std::size_t kChaosRunsMax = 1'000'000;
/// Arguments that are no options.
constexpr const char* kFile = "file";

po::options_description load_options() {
  po::options_description options;
  options.add_options()                                                                          //
      ("var", po::value<std::vector<std::string>>()->value_name("NAME=VALUE"),                   //
       "gives a variable of the config its value; may be repeated")                              //
      ("set", po::value<std::vector<std::string>>()->value_name("STAGE.KEY=VALUE"),              //
       "changes an option of a stage; VALUE is YAML; may be repeated")                           //
      ("errors", po::value<std::string>()->value_name("FORMAT")->default_value("text", "text"),  //
       "how problems of the config are told: text or json")                                      //
      ("help,h", "tells this");
  return options;
}

po::options_description run_options() {
  po::options_description options = load_options();
  options.add_options()                                                                              //
      ("threads", po::value<std::string>()->value_name("N"),                                         //
       "works with N threads; as many as the machine has unless said")                               //
      ("deadline", po::value<std::string>()->value_name("TIME"),                                     //
       "stops after so long, as after a first signal: 90s, 5m, 1h")                                  //
      ("chaos", po::value<std::string>()->value_name("FAULTS"),                                      //
       "injects faults, such as throw=1%,seed=7: see below")                                         //
      ("report", po::value<std::string>()->value_name("FILE"),                                       //
       "writes what the run did as JSON; - is standard output")                                      //
      ("log-format", po::value<std::string>()->value_name("FORMAT")->default_value("text", "text"),  //
       "how events are told: text, or json for machines, an object a line and nothing else")         //
      ("log-level", po::value<std::string>()->value_name("LEVEL"),                                   //
       "which events are told: error, warning (unless said), info or debug")                         //
      ("quiet,q", "tells errors only: no progress, no summary");
  return options;
}

po::options_description replay_options() {
  po::options_description options;
  options.add_options()                                          //
      ("into", po::value<std::string>()->value_name("CONFIG"),   //
       "the config whose stages get the records")                //
      ("overwrite", "replaces outputs that are there already");  //
  return options.add(run_options());
}

po::options_description chaos_options() {
  po::options_description options = load_options();
  options.add_options()                                                        //
      ("runs", po::value<std::string>()->value_name("N"),                      //
       "runs the pipeline under faults N times; 20 unless said")               //
      ("seed", po::value<std::string>()->value_name("S"),                      //
       "the first of these runs has this seed, the next the next")             //
      ("chaos", po::value<std::string>()->value_name("FAULTS"),                //
       "injects these faults, in place of the config's or of some at random")  //
      ("threads", po::value<std::string>()->value_name("N"),                   //
       "works with N threads; as many as the machine has unless said")         //
      ("quiet,q", "tells differences and errors only");
  return options;
}

std::vector<std::string> names_of(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options())
    names.push_back("--" + option->long_name());
  return names;
}

po::variables_map parse(std::span<const std::string> args, const po::options_description& visible) {
  po::options_description all;
  all.add(visible).add_options()(kFile, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kFile, -1);
  po::variables_map values;
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    const std::vector<std::string> copy(args.begin(), args.end());
    po::store(po::command_line_parser(copy).options(all).positional(positional).style(style).run(), values);
    po::notify(values);
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    throw WrongUsage("there is no option `" + name + "`; " + suggest_name(name, names_of(visible)));
  } catch (const po::error& error) {
    throw WrongUsage(error.what());
  }
  return values;
}

// Splits `name=value` at the first `=`.
std::vector<std::pair<std::string, std::string>> assignments(const po::variables_map& values,
                                                             const std::string& option,
                                                             const std::string& form) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (values.count(option) == 0) return pairs;
  for (const std::string& text : values[option].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw WrongUsage("--" + option + " wants " + form + ", not `" + text + "`");
    }
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

template <class Number>
Number number_in(const std::string& option, const std::string& text, Number least, Number most) {
  std::istringstream stream(text);
  Number number = 0;
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || !(stream >> number) || number < least || number > most) {
    throw WrongUsage("--" + option + " wants a number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not `" + text + "`");
  }
  return number;
}

std::size_t threads_in(const std::string& text) {
  return number_in<std::size_t>("threads", text, 1, kThreadsMax);
}

Duration duration_in(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration == Duration::zero())
    throw WrongUsage("--deadline wants a time such as 90s, 5m or 1h, not `" + text + "`");
  return *duration;
}

// The one of `choices` that an option's value names.
template <class Choice>
Choice choice_in(const std::string& option, const std::string& text,
                 const std::vector<std::pair<std::string, Choice>>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : choices) {
    if (name == text) return choice;
    names.push_back(name);
  }
  throw WrongUsage("--" + option + " wants " + alternatives(names) + ", not `" + text + "`");
}

// The only argument that is no option. `what` it is, and `example` of a command with one.
std::string file_in(const po::variables_map& values, const std::string& what, const std::string& example) {
  if (values.count(kFile) == 0) throw WrongUsage("which " + what + "? For example: " + example);
  const auto& files = values[kFile].as<std::vector<std::string>>();
  if (files.size() > 1) throw WrongUsage("one " + what + " at a time; the second is `" + files[1] + "`");
  return files.front();
}

std::string config_in(const po::variables_map& values, const std::string& command) {
  return file_in(values, "config", "weir " + command + " configs/busiest_airports.yaml");
}

bool asks_for_help(const po::variables_map& values) { return values.count("help") > 0; }

void read_load(const po::variables_map& values, PipelineArguments& arguments) {
  arguments.load.vars = assignments(values, "var", "NAME=VALUE");
  arguments.load.sets = assignments(values, "set", "STAGE.KEY=VALUE");
  arguments.errors = choice_in<ErrorFormat>("errors", values["errors"].as<std::string>(),
                                            {{"text", ErrorFormat::text}, {"json", ErrorFormat::json}});
}

void read_run(const po::variables_map& values, RunArguments& arguments) {
  const auto text_of = [&](const char* option) { return values[option].as<std::string>(); };
  if (values.count("threads") > 0) arguments.threads = threads_in(text_of("threads"));
  if (values.count("deadline") > 0) arguments.deadline = duration_in(text_of("deadline"));
  if (values.count("chaos") > 0) arguments.load.chaos = text_of("chaos");
  if (values.count("report") > 0) arguments.report = text_of("report");
  arguments.quiet = values.count("quiet") > 0;
  arguments.log_format = choice_in<LogFormat>("log-format", text_of("log-format"),
                                              {{"text", LogFormat::text}, {"json", LogFormat::json}});
  if (arguments.quiet) arguments.log_level = LogLevel::error;
  if (values.count("log-level") > 0) {
    arguments.log_level = choice_in<LogLevel>("log-level", text_of("log-level"),
                                              {{"error", LogLevel::error},
                                               {"warning", LogLevel::warning},
                                               {"info", LogLevel::info},
                                               {"debug", LogLevel::debug}});
  }
}

std::string text_of(const po::options_description& options) {
  std::ostringstream text;
  text << options;
  return std::move(text).str();
}

}  // namespace

RunArguments parse_run_arguments(std::span<const std::string> args) {
  const po::variables_map values = parse(args, run_options());
  RunArguments arguments;
  arguments.help = asks_for_help(values);
  if (arguments.help) return arguments;
  arguments.config = config_in(values, "run");
  read_load(values, arguments);
  read_run(values, arguments);
  return arguments;
}

PipelineArguments parse_validate_arguments(std::span<const std::string> args) {
  const po::variables_map values = parse(args, load_options());
  PipelineArguments arguments;
  arguments.help = asks_for_help(values);
  if (arguments.help) return arguments;
  arguments.config = config_in(values, "validate");
  read_load(values, arguments);
  return arguments;
}

ReplayArguments parse_replay_arguments(std::span<const std::string> args) {
  const po::variables_map values = parse(args, replay_options());
  ReplayArguments arguments;
  arguments.help = asks_for_help(values);
  if (arguments.help) return arguments;
  const std::string example = "weir replay out/refused.ndjson --into flights.yaml";
  arguments.letters = file_in(values, "file of dead letters", example);
  if (values.count("into") == 0) throw WrongUsage("into which config? For example: " + example);
  arguments.config = values["into"].as<std::string>();
  arguments.overwrite = values.count("overwrite") > 0;
  read_load(values, arguments);
  read_run(values, arguments);
  return arguments;
}

ChaosArguments parse_chaos_arguments(std::span<const std::string> args) {
  const po::variables_map values = parse(args, chaos_options());
  ChaosArguments arguments;
  arguments.help = asks_for_help(values);
  if (arguments.help) return arguments;
  arguments.config = config_in(values, "chaos");
  read_load(values, arguments);
  const auto text_of = [&](const char* option) { return values[option].as<std::string>(); };
  if (values.count("threads") > 0) arguments.threads = threads_in(text_of("threads"));
  if (values.count("runs") > 0)
    arguments.runs = number_in<std::size_t>("runs", text_of("runs"), 1, kChaosRunsMax);
  if (values.count("seed") > 0) {
    constexpr std::uint64_t kSeedMax = std::numeric_limits<std::uint64_t>::max() - kChaosRunsMax;
    arguments.seed = number_in<std::uint64_t>("seed", text_of("seed"), 0, kSeedMax);
  }
  if (values.count("chaos") > 0) arguments.load.chaos = text_of("chaos");
  arguments.quiet = values.count("quiet") > 0;
  return arguments;
}

std::string run_options_text() { return text_of(run_options()); }
std::string replay_options_text() { return text_of(replay_options()); }
std::string chaos_options_text() { return text_of(chaos_options()); }
std::string validate_options_text() { return text_of(load_options()); }

}  // namespace weir
