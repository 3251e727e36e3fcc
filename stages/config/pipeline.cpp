#include "weir/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <tuple>

#include "stages/config/chaos_config.hpp"
#include "stages/config/diagnostic_text.hpp"
#include "stages/config/names.hpp"
#include "stages/config/on_error.hpp"
#include "stages/config/output_paths.hpp"
#include "stages/config/planner.hpp"
#include "stages/config/replaced_stages.hpp"
#include "stages/config/replay_graph.hpp"
#include "stages/config/runtime_config.hpp"
#include "stages/config/settings.hpp"
#include "stages/config/stage_config.hpp"
#include "stages/config/supervisor_config.hpp"
#include "stages/config/value_problem.hpp"
#include "stages/config/variables.hpp"
#include "stages/config/version.hpp"
#include "stages/config/wiring.hpp"
#include "stages/config/yaml_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::string_view kStandardInput = "-";
constexpr const char* kChaosOption = "--chaos";
constexpr const char* kFormatVersion = "1";

const std::vector<std::string>& sections() {
  static const std::vector<std::string> names = {"weir",   "name",    "vars",       "defaults",
                                                 "stages", "runtime", "supervisor", "chaos"};
  return names;
}

// Loads one config: reads it section by section, then wires, plans and builds.
class Loader {
 public:
  Loader(std::string_view text, std::string file, std::string folder, const LoadOptions& options)
      : text_(text),
        file_(std::move(file)),
        folder_(std::move(folder)),
        options_(options),
        registry_(options.registry != nullptr ? *options.registry : StageRegistry::builtin()),
        variables_(options, problems_) {}

  /// `refused`: null, or the records that are to be given to their stages again.
  Pipeline load(const std::vector<RefusedRecord>* refused = nullptr) {
    read_tree();
    read_sections();
    Pipeline pipeline = build(refused);
    if (!problems_.empty()) refuse();
    return pipeline;
  }

 private:
  void read_tree() {
    config_ = read_yaml(text_, file_, folder_, problems_);
    const bool readable = config_.kind == Kind::map && problems_.empty();
    if (config_.is_null() && problems_.empty()) {
      problems_.add({{file_, 1, 1}, {}, "the config is empty", "`weir --help` shows a first one"});
    } else if (config_.kind != Kind::map && problems_.empty()) {
      problems_.add(
          problem_at(config_, {}, wanted_but_got("a config with `weir: 1` and `stages:`", config_)));
    }
    if (!readable) refuse();
    apply_settings(config_, options_.sets, options_.working_folder, problems_);
  }

  void read_sections() {
    check_sections();
    check_version();
    if (const ConfigValue* vars = config_.find("vars")) variables_.declare(*vars);
    for (auto& [key, value] : config_.entries) {
      if (key == "stages") {
        for (ConfigValue& stage : value.items)
          variables_.substitute(stage, stage_name(stage));
      } else if (key != "vars") {
        variables_.substitute(value, key);
      }
    }
    if (const ConfigValue* defaults = config_.find("defaults")) read_defaults(*defaults);
    if (const ConfigValue* runtime = config_.find("runtime")) runtime_ = read_runtime(*runtime, problems_);
    read_name();
    if (ConfigValue* stages = stages_section()) {
      if (options_.map_output_path) map_output_paths(*stages, registry_, output_path_map());
      report_shared_output_paths(*stages, registry_, problems_);
      stages_ = read_stages(*stages, registry_, default_on_error_, problems_);
      replace_stages(stages_, options_.replace, file_, problems_);
    }
    if (const ConfigValue* supervisor = config_.find("supervisor")) read_groups(*supervisor);
    read_faults();
    variables_.report_unsettled();
  }

  void check_sections() {
    for (std::size_t i = 0; i < config_.entries.size(); ++i) {
      const std::string& key = config_.entries[i].key;
      if (std::find(sections().begin(), sections().end(), key) != sections().end()) continue;
      if (is_later_section(key)) {
        problems_.add(not_in_this_version(config_.keys[i], key, key));
      } else {
        problems_.add(problem_at_key(config_, i, key, "a config has no section `" + key + "`",
                                     suggest_name(key, sections())));
      }
    }
  }

  void check_version() {
    const ConfigValue* version = config_.find("weir");
    if (version == nullptr) {
      problems_.add(
          {{file_, 1, 1}, "weir", "the format's version is missing", "begin the config with `weir: 1`"});
    } else if (version->text != kFormatVersion) {
      problems_.add(problem_at(*version, "weir", "this weir reads format version 1, not " + shown(*version),
                               "weir: 1"));
    }
  }

  void read_defaults(const ConfigValue& defaults) {
    if (defaults.kind != Kind::map) {
      problems_.add(problem_at(defaults, "defaults", wanted_but_got("a map, {on_error: ...}", defaults)));
      return;
    }
    for (std::size_t i = 0; i < defaults.entries.size(); ++i) {
      const auto& [key, value] = defaults.entries[i];
      if (key == "on_error") {
        default_on_error_ = read_on_error(value, "defaults.on_error", problems_);
      } else {
        problems_.add(problem_at_key(defaults, i, "defaults." + key, "there is no default for `" + key + "`",
                                     suggest_name(key, {"on_error"})));
      }
    }
  }

  // A sink that is replaced writes to no path.
  OutputPathMap output_path_map() const {
    return [this](const std::string& stage, const std::string& path) {
      return replacement_of(stage, options_.replace) != nullptr ? path
                                                                : options_.map_output_path(stage, path);
    };
  }

  void read_groups(const ConfigValue& supervisor) {
    supervisor_ = read_supervisor(supervisor, stage_names(), problems_);
    for (StageConfig& stage : stages_)
      stage.group = supervisor_.group_of(stage.name);
  }

  void read_faults() {
    if (options_.chaos) {
      const auto chaos = chaos_map(*options_.chaos, kChaosOption, problems_);
      if (chaos) chaos_ = read_chaos(*chaos, stage_names(), problems_);
    } else if (const ConfigValue* chaos = config_.find("chaos")) {
      chaos_ = read_chaos(*chaos, stage_names(), problems_);
    }
  }

  std::vector<std::string> stage_names() const {
    std::vector<std::string> names;
    for (const StageConfig& stage : stages_)
      names.push_back(stage.name);
    return names;
  }

  void read_name() {
    name_ = file_ == kStandardInput ? "pipeline" : std::filesystem::path(file_).stem().string();
    const ConfigValue* name = config_.find("name");
    if (name == nullptr) return;
    if (name->kind == Kind::scalar && !name->text.empty()) {
      name_ = name->text;
    } else {
      problems_.add(problem_at(*name, "name", wanted_but_got("a name", *name)));
    }
  }

  ConfigValue* stages_section() {
    const auto found = std::find_if(config_.entries.begin(), config_.entries.end(),
                                    [](const ConfigEntry& entry) { return entry.key == "stages"; });
    ConfigValue* stages = found == config_.entries.end() ? nullptr : &found->value;
    if (stages == nullptr) {
      problems_.add({config_.where, "stages", "the config has no stages",
                     "stages: a list of maps, the first a source such as {type: read_csv, path: ...}"});
    } else if (stages->kind != Kind::list || stages->items.empty()) {
      problems_.add(problem_at(*stages, "stages", wanted_but_got("a list of stages", *stages),
                               "begin each with `- type: ...`"));
      return nullptr;
    }
    return stages;
  }

  Pipeline build(const std::vector<RefusedRecord>* refused) {
    const Wiring wiring = wire(stages_, problems_);
    settle_default_policies(stages_, wiring);
    Planner planner(stages_, wiring, variables_.lookup(), stage_memory(runtime_), problems_);
    planner.bind();
    Pipeline pipeline;
    if (!problems_.empty()) return pipeline;
    pipeline.name = name_;
    pipeline.graph = planner.make_graph(name_);
    pipeline.graph.supervisor = supervisor_.policy;
    pipeline.graph.groups = supervisor_.groups;
    check_abandoned_calls(pipeline.graph);
    if (refused != nullptr && problems_.empty())
      pipeline.graph = replay_graph(std::move(pipeline.graph), stages_, planner, *refused, problems_);
    if (!problems_.empty()) return pipeline;
    check_graph(pipeline.graph);
    add_stages(pipeline, planner);
    pipeline.runtime = run_options(pipeline.graph);
    return pipeline;
  }

  // Those of the config that the graph has.
  void add_stages(Pipeline& pipeline, const Planner& planner) const {
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const StageConfig& stage = stages_[i];
      const auto& all = pipeline.graph.stages;
      if (std::none_of(all.begin(), all.end(),
                       [&](const StageSpec& each) { return each.name == stage.name; }))
        continue;
      pipeline.stages.push_back(
          {stage.name, stage.description->type, stage.text, stage.where, planner.outputs_of(i)});
    }
  }

  // Whether a stage has threads of its own is known once it is made.
  void check_abandoned_calls(const Graph& graph) {
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      if (!stages_[i].supervision.timeout.abandon || graph.stages[i].io_threads > 0) continue;
      problems_.add({stages_[i].supervision.timeout_where, stages_[i].name + ".timeout",
                     "a call can be abandoned only in a stage with threads of its own, which `" +
                         stages_[i].description->type + "` does not have",
                     "leave `abandon` out: then a call that takes too long is told"});
    }
  }

  // The loader checks all that the graph does, and knows the places. What the graph alone finds is told all
  // the same.
  void check_graph(const Graph& graph) {
    for (const GraphProblem& problem : graph.validate()) {
      const auto stage = std::find_if(stages_.begin(), stages_.end(),
                                      [&](const StageConfig& each) { return each.name == problem.stage; });
      const Location where = stage == stages_.end() ? Location{file_, 0, 0} : stage->where;
      problems_.add({where, problem.stage, problem.message, {}});
    }
  }

  RunOptions run_options(const Graph& graph) const {
    RunOptions options;
    options.threads = runtime_.threads;
    options.deadline = runtime_.deadline;
    options.drain_timeout = runtime_.drain_timeout;
    options.seed = supervisor_.seed;
    options.chaos = chaos_in(graph);
    const auto sources = std::count_if(graph.stages.begin(), graph.stages.end(),
                                       [](const StageSpec& stage) { return stage.is_source(); });
    if (sources > 0) options.credit_bytes = flight_bytes(runtime_, static_cast<std::size_t>(sources));
    return options;
  }

  // Only in stages that the graph has: a replay leaves some out.
  std::optional<ChaosOptions> chaos_in(const Graph& graph) const {
    if (!chaos_ || chaos_->stages.empty()) return chaos_;
    std::optional<ChaosOptions> chaos = chaos_;
    std::erase_if(chaos->stages, [&](const std::string& name) {
      return std::none_of(graph.stages.begin(), graph.stages.end(),
                          [&](const StageSpec& stage) { return stage.name == name; });
    });
    if (chaos->stages.empty()) chaos.reset();
    return chaos;
  }

  // The config's own problems come first and in its order, then those of the command line in the order found.
  [[noreturn]] void refuse() const {
    std::vector<Diagnostic> all = problems_.all();
    add_excerpts(all, file_, text_);
    for (const auto& [address, text] : options_.sets)
      add_excerpts(all, "--set " + address, text);
    for (const auto& [name, text] : options_.vars)
      add_excerpts(all, "--var " + name, text);
    if (options_.chaos) add_excerpts(all, kChaosOption, *options_.chaos);
    std::stable_sort(all.begin(), all.end(), [this](const Diagnostic& a, const Diagnostic& b) {
      const auto rank = [this](const Diagnostic& each) {
        const bool own = each.where.file == file_;
        return std::tuple(!own, own ? each.where.line : 0, own ? each.where.column : 0);
      };
      return rank(a) < rank(b);
    });
    throw ConfigError(std::move(all));
  }

  std::string_view text_;
  std::string file_;
  std::string folder_;
  const LoadOptions& options_;
  const StageRegistry& registry_;
  Problems problems_;
  Variables variables_;
  ConfigValue config_;
  std::string name_;
  RuntimeConfig runtime_;
  std::optional<ErrorPolicy> default_on_error_;
  std::vector<StageConfig> stages_;
  SupervisorConfig supervisor_;
  std::optional<ChaosOptions> chaos_;
};

[[noreturn]] void refuse_file(const std::string& path, const std::string& why, const std::string& mend) {
  throw ConfigError({{{path, 0, 0}, {}, why, mend, 1, ProblemKind::missing_input}});
}

std::string read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    refuse_file(path, "this is a folder, not a config", "name a config inside it");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    const int cause = errno;
    refuse_file(
        path, std::string("the config cannot be read: ") + std::strerror(cause),
        cause == ENOENT ? "check the path; it counts from the working directory" : "check who may read it");
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

struct ConfigText {
  std::string text;
  std::string folder;  // relative paths in it resolve by this
};

ConfigText config_at(const std::string& path, const LoadOptions& options) {
  if (path != kStandardInput) return {read_file(path), std::filesystem::path(path).parent_path().string()};
  std::ostringstream text;
  text << std::cin.rdbuf();
  return {std::move(text).str(), options.working_folder};
}

}  // namespace

Pipeline parse_pipeline(std::string_view text, const std::string& file, const std::string& folder,
                        const LoadOptions& options) {
  return Loader(text, file, folder, options).load();
}

Pipeline load_pipeline(const std::string& path, const LoadOptions& options) {
  const ConfigText config = config_at(path, options);
  return Loader(config.text, path, config.folder, options).load();
}

Pipeline load_replay(const std::string& path, const std::vector<RefusedRecord>& records,
                     const LoadOptions& options) {
  const ConfigText config = config_at(path, options);
  return Loader(config.text, path, config.folder, options).load(&records);
}

}  // namespace weir
