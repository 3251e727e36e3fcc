#include "stages/config/output_paths.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>

#include "stages/config/names.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

// Calls visit(stage, option, path) for each path that a sink is configured to write to.
template <class Stages, class Visit>
void for_each_output_path(Stages& stages, const StageRegistry& registry, Visit visit) {
  for (auto& stage : stages.items) {
    const ConfigValue* type = stage.find("type");
    if (type == nullptr || type->kind != Kind::scalar) continue;
    const StageDescription* sink = registry.find(type->text);
    if (sink == nullptr || !sink->is_sink()) continue;
    for (const OptionDescription& option : sink->options) {
      if (option.kind != "path") continue;
      Problems told_when_the_stage_is_planned;
      const auto path =
          Options(stage_name(stage), stage, told_when_the_stage_is_planned, {}).path(option.name);
      if (path) visit(stage, option, *path);
    }
  }
}

// The file itself, whatever leads to it.
std::string target_of(const std::string& path) {
  if (path == "-") return path;
  std::error_code unknown;  // then as it is written
  const std::filesystem::path target =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path), unknown);
  return unknown ? path : target.string();
}

}  // namespace

void map_output_paths(ConfigValue& stages, const StageRegistry& registry, const OutputPathMap& map) {
  for_each_output_path(stages, registry,
                       [&](ConfigValue& stage, const OptionDescription& option, const ConfiguredPath& path) {
                         const std::string answer = map(stage_name(stage), path.path);
                         if (answer == path.path) return;
                         for (auto& [key, value] : stage.entries) {
                           if (key != option.name) continue;
                           value.text = answer;
                           value.base.clear();
                         }
                       });
}

void report_shared_output_paths(const ConfigValue& stages, const StageRegistry& registry,
                                Problems& problems) {
  std::map<std::string, std::string> writers;  // the first sink of each file
  for_each_output_path(
      stages, registry,
      [&](const ConfigValue& stage, const OptionDescription& option, const ConfiguredPath& path) {
        const std::string name = stage_name(stage);
        const auto [writer, is_first] = writers.emplace(target_of(path.path), name);
        if (is_first) return;
        const std::string target = path.path == "-" ? "standard output" : "the same file";
        problems.add({path.where, name + "." + option.name,
                      "`" + writer->second + "` writes to " + target + " too: " + path.written,
                      "give each sink a path of its own, or one sink all of them: `from: [..., ...]`",
                      path.written.size()});
      });
}

}  // namespace weir
