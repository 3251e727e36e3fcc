#include "stages/config/replaced_stages.hpp"

#include <algorithm>

namespace weir {
namespace {

std::string kind_of(const StageDescription& description) {
  if (description.is_source()) return "a source";
  return description.is_sink() ? "a sink" : "a transform";
}

bool have_same_names(const std::vector<PortDescription>& a, const std::vector<PortDescription>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const PortDescription& left, const PortDescription& right) { return left.name == right.name; });
}

std::string names_of(const std::vector<PortDescription>& ports) {
  std::string names;
  for (const PortDescription& port : ports)
    names += (names.empty() ? "`" : ", `") + port.name + "`";
  return names.empty() ? "none" : names;
}

std::string ports_text(const std::vector<PortDescription>& inputs,
                       const std::vector<PortDescription>& outputs) {
  return "inputs " + names_of(inputs) + ", outputs " + names_of(outputs);
}

// Replaced stages keep their wires, so that there must be the same ports. A stage whose replacement does not
// fit is not planned: it would look for files that the program meant to do without.
void replace(StageConfig& stage, const StageDescription& replacement, Problems& problems) {
  if (stage.description == nullptr) return;
  const std::size_t problems_before = problems.all().size();
  const std::string kind = kind_of(*stage.description);
  if (kind_of(replacement) != kind) {
    problems.add({stage.where, stage.name,
                  "`" + stage.name + "` is " + kind + ", and `" + replacement.type +
                      "`, which is to replace it, is " + kind_of(replacement),
                  "replace it by " + kind, stage.name.size()});
  } else if (!have_same_names(stage.description->inputs, replacement.inputs) ||
             !have_same_names(stage.outputs, replacement.outputs)) {
    problems.add({stage.where, stage.name,
                  "`" + replacement.type + "` cannot replace `" + stage.name + "`: it has " +
                      ports_text(replacement.inputs, replacement.outputs),
                  "give it those of `" + stage.description->type +
                      "`: " + ports_text(stage.description->inputs, stage.outputs),
                  stage.name.size()});
  } else {
    stage.description = &replacement;
    stage.outputs = replacement.outputs;
  }
  stage.complete = stage.complete && problems.all().size() == problems_before;
}

}  // namespace

const StageDescription* replacement_of(const std::string& stage, const Replacements& replacements) noexcept {
  const auto last = std::find_if(replacements.rbegin(), replacements.rend(),
                                 [&](const auto& each) { return each.first == stage; });
  return last == replacements.rend() ? nullptr : &last->second;
}

void replace_stages(std::vector<StageConfig>& stages, const Replacements& replacements,
                    const std::string& file, Problems& problems) {
  std::vector<std::string> names;
  for (StageConfig& stage : stages) {
    names.push_back(stage.name);
    if (const StageDescription* replacement = replacement_of(stage.name, replacements))
      replace(stage, *replacement, problems);
  }
  for (const auto& [name, replacement] : replacements) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    problems.add({{file, 0, 0},
                  "replace." + name,
                  "there is no stage `" + name + "` to replace",
                  suggest_name(name, names)});
  }
}

}  // namespace weir
