#include "stages/config/stage_config.hpp"

#include <algorithm>
#include <map>

#include "stages/config/from.hpp"
#include "stages/config/names.hpp"
#include "stages/config/on_error.hpp"
#include "stages/config/value_problem.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

bool is_resolved(const ConfigValue& value) {
  const auto entry_is_resolved = [](const ConfigEntry& entry) { return is_resolved(entry.value); };
  return !value.unresolved && std::all_of(value.items.begin(), value.items.end(), is_resolved) &&
         std::all_of(value.entries.begin(), value.entries.end(), entry_is_resolved);
}

class StageReader {
 public:
  StageReader(const StageRegistry& registry, const std::optional<ErrorPolicy>& default_on_error,
              Problems& problems)
      : registry_(registry), default_on_error_(default_on_error), problems_(problems) {}

  StageConfig read(const ConfigValue& map, std::size_t index) {
    StageConfig stage;
    stage.map = &map;
    stage.name = stage_name(map);
    stage.where = map.where;
    field_ = stage.name.empty() ? "stages[" + std::to_string(index) + "]" : stage.name;
    if (map.kind != Kind::map) {
      problems_.add(problem_at(map, field_, wanted_but_got("a stage, {type: ..., ...}", map)));
      return stage;
    }
    read_type(map, stage);
    read_name(map, stage);
    if (const ConfigValue* text = map.find("description")) read_text(*text, stage);
    if (const ConfigValue* workers = map.find("workers")) read_workers(*workers, stage);
    read_policy(map, stage);
    stage.supervision = read_stage_supervision(map, stage.description, field_, problems_);
    check_restarts(map, stage);
    if (stage.description == nullptr) return stage;
    if (const ConfigValue* from = map.find("from")) {
      stage.from_is_written = true;
      const std::size_t problems_before = problems_.all().size();
      stage.inputs = read_from(*from, *stage.description, field_ + ".from", problems_);
      stage.from_is_known = problems_.all().size() == problems_before;
    }
    check_keys(map, *stage.description);
    check_required(map, stage);
    read_outputs(map, stage);
    stage.complete = stage.complete && is_resolved(map);
    return stage;
  }

 private:
  void read_type(const ConfigValue& map, StageConfig& stage) {
    const ConfigValue* type = map.find("type");
    if (type == nullptr) {
      problems_.add(
          problem_at(map, field_, "this stage has no `type`", "type: " + registry_.names().front()));
      return;
    }
    stage.where = type->where;
    if (type->kind != Kind::scalar) {
      problems_.add(problem_at(*type, field_ + ".type", wanted_but_got("the type of a stage", *type)));
      return;
    }
    stage.description = registry_.find(type->text);
    if (stage.description == nullptr) {
      problems_.add(problem_at(*type, field_ + ".type", "there is no stage type `" + type->text + "`",
                               suggest_name(type->text, registry_.names())));
    }
  }

  void read_outputs(const ConfigValue& map, StageConfig& stage) {
    const std::string& option = stage.description->outputs_named_by;
    stage.has_main_output = option.empty();
    const ConfigValue* named = option.empty() ? nullptr : map.find(option);
    for (std::size_t i = 0; named != nullptr && i < named->entries.size(); ++i) {
      const std::string& name = named->entries[i].key;
      const std::string field = field_ + "." + option + "." + name;
      if (!is_name(name)) problems_.add(problem_at_key(*named, i, field, not_a_name(name)));
      if (is_fixed_output(*stage.description, name)) {
        problems_.add(problem_at_key(
            *named, i, field, "`" + stage.description->type + "` has an output `" + name + "` of its own",
            "give this one another name"));
        continue;
      }
      stage.outputs.push_back({name, "as `" + option + "` says"});
    }
    const auto& fixed = stage.description->outputs;
    stage.outputs.insert(stage.outputs.end(), fixed.begin(), fixed.end());
  }

  static bool is_fixed_output(const StageDescription& description, const std::string& name) {
    return name == kErrorsPort ||
           std::any_of(description.outputs.begin(), description.outputs.end(),
                       [&](const PortDescription& output) { return output.name == name; });
  }

  void read_name(const ConfigValue& map, StageConfig& stage) {
    const ConfigValue* name = map.find("name");
    if (name == nullptr) return;
    stage.where = name->where;
    if (name->kind != Kind::scalar) {
      problems_.add(problem_at(*name, field_ + ".name", wanted_but_got("a name", *name)));
    } else if (!is_name(name->text)) {
      problems_.add(problem_at(*name, field_ + ".name", not_a_name(name->text)));
    }
  }

  void read_text(const ConfigValue& text, StageConfig& stage) {
    if (text.kind == Kind::scalar) {
      stage.text = text.text;
    } else {
      problems_.add(problem_at(text, field_ + ".description", wanted_but_got("a text", text)));
    }
  }

  void read_workers(const ConfigValue& workers, StageConfig& stage) {
    const auto count = Options(field_, *stage.map, problems_, {}).count("workers");
    if (count) stage.workers = static_cast<std::size_t>(*count);
    if (count && *count == 0) {
      problems_.add(problem_at(workers, field_ + ".workers", "a stage needs at least one worker",
                               "leave `workers` out for as many as there are threads"));
    }
  }

  void read_policy(const ConfigValue& map, StageConfig& stage) {
    if (default_on_error_) stage.on_error = *default_on_error_;
    const ConfigValue* on_error = map.find("on_error");
    if (on_error == nullptr) return;
    stage.on_error_is_own = true;
    stage.on_error_where = on_error->where;
    stage.on_error = read_on_error(*on_error, field_ + ".on_error", problems_).value_or(ErrorPolicy{});
  }

  void check_restarts(const ConfigValue& map, const StageConfig& stage) {
    const bool never = stage.supervision.restart == RestartType::temporary;
    if (!never || !stage.on_error_is_own || !stage.on_error.may(RecoveryStep::Kind::restart)) return;
    problems_.add(
        problem_at(*map.find("restart"), field_ + ".restart",
                   "`temporary` stages are never restarted, and this one's `on_error` says `restart`",
                   "leave one of them out"));
  }

  void check_keys(const ConfigValue& map, const StageDescription& description) {
    std::vector<std::string> known = common_stage_keys();
    for (const OptionDescription& option : description.options)
      known.push_back(option.name);
    for (std::size_t i = 0; i < map.entries.size(); ++i) {
      const std::string& key = map.entries[i].key;
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const bool is_of_on_error = key == "retry" || key == "backoff" || key == "threshold";
      problems_.add(problem_at_key(map, i, field_ + "." + key,
                                   "`" + description.type + "` has no option `" + key + "`",
                                   is_of_on_error ? "it belongs to `on_error`" : suggest_name(key, known)));
    }
  }

  void check_required(const ConfigValue& map, StageConfig& stage) {
    for (const OptionDescription& option : stage.description->options) {
      if (!option.required || map.find(option.name) != nullptr) continue;
      stage.complete = false;
      problems_.add({stage.where, field_,
                     "`" + stage.description->type + "` needs the option `" + option.name + "`",
                     option.name + ": " + option.summary, stage.name.size()});
    }
  }

  const StageRegistry& registry_;
  const std::optional<ErrorPolicy>& default_on_error_;
  Problems& problems_;
  std::string field_;  // of the stage under way
};

void check_names_are_unique(const std::vector<StageConfig>& stages, Problems& problems) {
  std::map<std::string, const StageConfig*> first;
  for (const StageConfig& stage : stages) {
    if (stage.name.empty()) continue;
    const auto [other, is_new] = first.emplace(stage.name, &stage);
    if (is_new) continue;
    problems.add({stage.where, stage.name,
                  "two stages are called `" + stage.name + "`; the first is in line " +
                      std::to_string(other->second->where.line),
                  "give one of them another `name:`", stage.name.size()});
  }
}

}  // namespace

const std::vector<std::string>& common_stage_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = {"type", "name", "from", "on_error", "workers", "description"};
    all.insert(all.end(), kSupervisionKeys.begin(), kSupervisionKeys.end());
    return all;
  }();
  return keys;
}

std::vector<StageConfig> read_stages(const ConfigValue& stages, const StageRegistry& registry,
                                     const std::optional<ErrorPolicy>& default_on_error, Problems& problems) {
  std::vector<StageConfig> read;
  StageReader reader(registry, default_on_error, problems);
  for (std::size_t i = 0; i < stages.items.size(); ++i)
    read.push_back(reader.read(stages.items[i], i));
  check_names_are_unique(read, problems);
  return read;
}

}  // namespace weir
