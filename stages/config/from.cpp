#include "stages/config/from.hpp"

#include <algorithm>

#include "stages/config/value_problem.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

std::vector<std::string> names_of(const std::vector<PortDescription>& ports) {
  std::vector<std::string> names;
  for (const PortDescription& port : ports)
    names.push_back(port.name);
  return names;
}

// {left: ..., right: ...}, as a mend would write it.
std::string from_by_port(const std::vector<PortDescription>& ports) {
  std::string text = "from: {";
  for (const PortDescription& port : ports)
    text += (text.back() == '{' ? "" : ", ") + port.name + ": ...";
  return text + "}";
}

void add_reference(const ConfigValue& value, const std::string& field, std::vector<Reference>& to,
                   Problems& problems) {
  if (value.kind != Kind::scalar || value.text.empty()) {
    problems.add(problem_at(value, field, wanted_but_got("the name of a stage", value)));
    return;
  }
  const std::size_t dot = value.text.find('.');
  Reference reference{value.text.substr(0, dot), {}, value.where, field, value.text.size()};
  if (dot != std::string::npos) reference.port = value.text.substr(dot + 1);
  to.push_back(std::move(reference));
}

std::vector<Reference> read_references(const ConfigValue& value, const std::string& field,
                                       Problems& problems) {
  std::vector<Reference> references;
  if (value.kind != Kind::list) {
    add_reference(value, field, references, problems);
    return references;
  }
  if (value.items.empty()) problems.add(problem_at(value, field, "this list names no stage"));
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    add_reference(value.items[i], field + "[" + std::to_string(i) + "]", references, problems);
  }
  return references;
}

}  // namespace

std::vector<InputConfig> read_from(const ConfigValue& from, const StageDescription& description,
                                   const std::string& field, Problems& problems) {
  const std::vector<PortDescription>& ports = description.inputs;
  std::vector<InputConfig> inputs;
  if (ports.empty()) {
    problems.add(problem_at(from, field, "`" + description.type + "` is a source and reads from no stage",
                            "remove `from`"));
    return inputs;
  }
  const auto required =
      std::count_if(ports.begin(), ports.end(), [](const auto& port) { return !port.optional; });
  if (from.kind != Kind::map) {
    if (required > 1) {
      problems.add(
          problem_at(from, field, "`" + description.type + "` has several inputs", from_by_port(ports)));
      return inputs;
    }
    inputs.push_back({0, read_references(from, field, problems)});
    return inputs;
  }
  std::vector<bool> given(ports.size(), false);
  for (std::size_t i = 0; i < from.entries.size(); ++i) {
    const std::string& name = from.entries[i].key;
    const auto port =
        std::find_if(ports.begin(), ports.end(), [&](const auto& each) { return each.name == name; });
    if (port == ports.end()) {
      problems.add(problem_at_key(from, i, field + "." + name,
                                  "`" + description.type + "` has no input `" + name + "`",
                                  suggest_name(name, names_of(ports))));
      continue;
    }
    const auto index = static_cast<std::size_t>(port - ports.begin());
    given[index] = true;
    inputs.push_back({index, read_references(from.entries[i].value, field + "." + name, problems)});
  }
  const bool all_known = inputs.size() == from.entries.size();
  for (std::size_t port = 0; port < ports.size(); ++port) {
    if (given[port] || ports[port].optional || !all_known) continue;
    problems.add(problem_at(from, field,
                            "the input `" + ports[port].name + "` of `" + description.type + "` is missing",
                            from_by_port(ports)));
  }
  return inputs;
}

}  // namespace weir
