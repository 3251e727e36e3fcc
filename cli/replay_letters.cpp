#include "cli/replay_letters.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cli/dead_letter_file.hpp"
#include "cli/run_pipeline.hpp"

namespace weir {
namespace {

struct Output {
  std::string stage;
  std::string path;
};

// Throws ConfigError where a stage of the pipeline would replace what an earlier run wrote.
void refuse_to_replace(const std::vector<Output>& outputs, const Pipeline& pipeline,
                       const std::string& config) {
  Problems problems;
  for (const Output& output : outputs) {
    const bool takes_part =
        std::any_of(pipeline.stages.begin(), pipeline.stages.end(),
                    [&](const PipelineStage& stage) { return stage.name == output.stage; });
    std::error_code none;
    if (!takes_part || !std::filesystem::is_regular_file(output.path, none)) continue;
    problems.add({{config, 0, 0},
                  output.stage + ".path",
                  "'" + output.path + "' is there already, and a replay would replace it",
                  "write elsewhere: --set " + output.stage + ".path=...; or replace it: --overwrite",
                  1,
                  ProblemKind::unwritable_output});
  }
  if (!problems.empty()) throw ConfigError(problems.all());
}

}  // namespace

ExitCode replay_letters(const ReplayArguments& arguments, std::ostream& out, std::ostream& err) {
  const std::vector<RefusedRecord> records = read_dead_letters(arguments.letters);
  if (records.empty()) {
    err << "weir: " << arguments.letters << " has no dead letters: there is nothing to replay\n";
    return ExitCode::done;
  }
  std::vector<Output> outputs;
  LoadOptions load = arguments.load;
  load.map_output_path = [&](const std::string& stage, const std::string& path) {
    outputs.push_back({stage, path});
    return path;
  };
  Pipeline pipeline = load_replay(arguments.config, records, load);
  if (!arguments.overwrite) refuse_to_replace(outputs, pipeline, arguments.config);
  return run_loaded(std::move(pipeline), arguments, out, err);
}

}  // namespace weir
