#include "stages/config/settings.hpp"

#include "stages/config/names.hpp"
#include "stages/config/yaml_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

ConfigValue* find(ConfigValue& map, std::string_view key) {
  for (auto& [name, value] : map.entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

// The entry of that key, made where there is none. A value that is no map becomes one: the setting wins.
ConfigValue& entry(ConfigValue& map, std::string_view key, const Location& where) {
  if (map.kind != Kind::map) {
    map = ConfigValue{};
    map.kind = Kind::map;
    map.where = where;
  }
  if (ConfigValue* found = find(map, key)) return *found;
  map.keys.push_back(where);
  return map.entries.emplace_back(std::string(key), ConfigValue{}).value;
}

ConfigValue* find_stage(ConfigValue& config, std::string_view name, std::vector<std::string>& names) {
  ConfigValue* stages = find(config, "stages");
  if (stages == nullptr) return nullptr;
  for (ConfigValue& stage : stages->items) {
    names.push_back(stage_name(stage));
    if (names.back() == name) return &stage;
  }
  return nullptr;
}

}  // namespace

void apply_settings(ConfigValue& config, const std::vector<std::pair<std::string, std::string>>& settings,
                    const std::string& folder, Problems& problems) {
  for (const auto& [address, text] : settings) {
    const std::string file = "--set " + address;
    const std::size_t dot = address.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == address.size()) {
      problems.add({{file, 0, 0},
                    {},
                    "a setting names a stage and a key: `" + address + "`",
                    "--set STAGE.KEY=VALUE"});
      continue;
    }
    std::vector<std::string> names;
    ConfigValue* at = find_stage(config, address.substr(0, dot), names);
    if (at == nullptr) {
      problems.add({{file, 0, 0},
                    {},
                    "there is no stage `" + address.substr(0, dot) + "`",
                    suggest_name(address.substr(0, dot), names)});
      continue;
    }
    const Location where{file, 1, 1};
    std::string_view keys = std::string_view(address).substr(dot + 1);
    for (std::size_t next = 0; next != std::string_view::npos;) {
      next = keys.find('.');
      at = &entry(*at, keys.substr(0, next), where);
      if (next != std::string_view::npos) keys.remove_prefix(next + 1);
    }
    *at = read_yaml(text, file, folder, problems);
    if (at->where.line == 0) at->where = where;
  }
}

}  // namespace weir
