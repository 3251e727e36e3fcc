// A pipeline loaded from a config: checked through and through, and ready to run.
//
//     weir::Pipeline pipeline = weir::load_pipeline("busiest_airports.yaml", {.vars = {{"input",
//     "flights.csv"}}}); weir::RunReport report = weir::run(pipeline.graph, pipeline.runtime);
//
// Loading reads no data beyond what it takes to sniff schemas. Functions here may be called from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/diagnostic.hpp"
#include "weir/graph.hpp"
#include "weir/record_stage.hpp"
#include "weir/run.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Is told each path that a sink will write to ("-": standard output), and answers the one to write to instead.
using OutputPathMap = std::function<std::string(const std::string& stage, const std::string& path)>;

/// What the config is loaded with, besides its own text.
struct LoadOptions {
  std::vector<std::pair<std::string, std::string>> vars = {};  ///< `--var name=value`: the last of a name wins
  std::vector<std::pair<std::string, std::string>> sets = {};  ///< `--set stage.key=value`: values are YAML
  /// `--chaos throw=1%,seed=7`: faults on purpose, in place of the config's `chaos:`.
  std::optional<std::string> chaos = {};
  std::string working_folder = {};  ///< what relative paths in `vars`, `sets` and the environment resolve by
  const StageRegistry* registry = nullptr;  ///< null: StageRegistry::builtin()
  /// Looks up `${env.NAME}`; empty: the environment of the process.
  std::function<std::optional<std::string>(const std::string& name)> environment = {};
  OutputPathMap map_output_path = {};  ///< empty: sinks write where the config says
  /// Stages, by their names in the config, that are planned by these descriptions instead of those of their
  /// types: `{{"orders", weir::records_from(orders, fields)}}`. A source takes a source's place, a sink a
  /// sink's, another stage that of one with the same ports. What the config says beside the type's own options
  /// (`on_error`, `from`, `workers` ...) still holds; those must be spelt right, and are not used.
  std::vector<std::pair<std::string, StageDescription>> replace = {};
};

/// A stage as configured, for whoever shows a pipeline.
struct PipelineStage {
  std::string name;
  std::string type;
  std::string description;      ///< as the config gives it; may be empty
  Location where;               ///< in the config
  std::vector<Schema> outputs;  ///< one an output port of the type's description
};

/// What a config becomes.
struct Pipeline {
  std::string name;
  std::vector<PipelineStage> stages;  ///< in the order of the config
  Graph graph;                        ///< has these stages first, then those that loading added between them
  RunOptions runtime;
};

/// Loads the config at `path`; `-` is standard input. Relative paths in it resolve by its folder. Throws
/// ConfigError with all problems, ordered by place.
Pipeline load_pipeline(const std::string& path, const LoadOptions& options = {});

/// A record that a stage refused in an earlier run.
struct RefusedRecord {
  std::string stage;
  std::string port;  ///< the input by which it came; empty: the stage's only one
  std::string text;  ///< as its dead letter has it: what was read, or a JSON object
  /// Of such an object: its values as text, none for NULL.
  std::optional<std::vector<std::pair<std::string, std::optional<std::string>>>> columns;
  Origin origin;  ///< of the record
  Location where; ///< of the dead letter, for messages
};

/// Loads the config at `path` as a pipeline that gives refused records to the stages that refused them, and what
/// those make of them to all that follow. Other records come only by way of retained inputs (what a join looks up
/// in); stages that take no part are left out. Throws ConfigError, also where records do not fit.
Pipeline load_replay(const std::string& path, const std::vector<RefusedRecord>& records,
                     const LoadOptions& options = {});

/// Loads a config from its text. `file` names it in messages; relative paths in it resolve by `folder`.
Pipeline parse_pipeline(std::string_view text, const std::string& file, const std::string& folder,
                        const LoadOptions& options = {});

}  // namespace weir
