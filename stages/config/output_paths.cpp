#include "stages/config/output_paths.hpp"

#include <optional>
#include <string>

#include "stages/config/names.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

void map_paths_of(ConfigValue& stage, const StageDescription& sink, const OutputPathMap& map) {
  const std::string name = stage_name(stage);
  for (const OptionDescription& option : sink.options) {
    if (option.kind != "path") continue;
    Problems told_when_the_stage_is_planned;
    const auto path = Options(name, stage, told_when_the_stage_is_planned, {}).path(option.name);
    if (!path) continue;
    const std::string answer = map(name, path->path);
    if (answer == path->path) continue;
    for (auto& [key, value] : stage.entries) {
      if (key != option.name) continue;
      value.text = answer;
      value.base.clear();
    }
  }
}

}  // namespace

void map_output_paths(ConfigValue& stages, const StageRegistry& registry, const OutputPathMap& map) {
  for (ConfigValue& stage : stages.items) {
    const ConfigValue* type = stage.find("type");
    if (type == nullptr || type->kind != Kind::scalar) continue;
    const StageDescription* description = registry.find(type->text);
    if (description != nullptr && description->is_sink()) map_paths_of(stage, *description, map);
  }
}

}  // namespace weir
