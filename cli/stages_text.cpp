#include "cli/stages_text.hpp"

#include <algorithm>

#include "cli/text_table.hpp"

namespace weir {
namespace {

template <class Belongs>
std::string section(const StageRegistry& registry, const std::string& title, const Belongs& belongs) {
  TextTable table({Align::left, Align::left});
  for (const StageDescription& description : registry.all()) {
    if (belongs(description)) table.add({description.type, description.summary});
  }
  const std::string text = table.text("  ");
  return text.empty() ? "" : title + "\n" + text;
}

std::string ports_text(const std::string& title, const std::vector<PortDescription>& ports) {
  if (ports.empty()) return {};
  TextTable table({Align::left, Align::left, Align::left});
  for (const PortDescription& port : ports)
    table.add({port.name, port.optional ? "optional" : "", port.summary});
  return "\n" + title + "\n" + table.text("  ");
}

// Those that a config names stand for all of them in one line.
std::vector<PortDescription> outputs_of(const StageDescription& description) {
  std::vector<PortDescription> outputs = description.outputs;
  if (!description.outputs_named_by.empty())
    outputs.insert(outputs.begin(), {"...", "one for each name in `" + description.outputs_named_by + "`"});
  return outputs;
}

std::string options_text(const std::vector<OptionDescription>& options) {
  if (options.empty()) return {};
  TextTable table({Align::left, Align::left, Align::left, Align::left});
  for (const OptionDescription& option : options) {
    const std::string standard = option.required           ? "required"
                                 : option.standard.empty() ? ""
                                                           : "default " + option.standard;
    table.add({option.name, option.kind, standard, option.summary});
  }
  return "\nOptions\n" + table.text("  ");
}

// What the config's reader takes of every stage: common_stage_keys in stages/config/stage_config.hpp.
std::string common_options_text() {
  TextTable table({Align::left, Align::left});
  table.add({"name", "What others call it; its type unless said."});
  table.add({"from", "What it reads: a stage, STAGE.PORT, or a list of them; the stage above unless said."});
  table.add(
      {"on_error", "What becomes of a failed record: fail, skip, dead_letter, after retry and restart."});
  table.add({"restart", "Whether it is begun again: permanent, transient (unless said) or temporary."});
  table.add({"timeout", "How long a call may take before that is told: 5s."});
  table.add({"rate", "At most so many records in a time: 100/s."});
  table.add({"breaker", "Leaves it alone when it fails too often: {failures: 50%, open_for: 5s}."});
  table.add({"workers", "At most so many calls at once."});
  table.add({"description", "A text for readers of the config."});
  return table.text("  ");
}

std::string indented(const std::string& text) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += (begin == 0 ? "  - " : "    ") + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::string stage_list_text(const StageRegistry& registry) {
  const auto is_source = [](const StageDescription& each) { return each.is_source(); };
  const auto is_sink = [](const StageDescription& each) { return each.is_sink(); };
  const auto is_transform = [](const StageDescription& each) { return !each.is_source() && !each.is_sink(); };
  return section(registry, "Sources", is_source) + section(registry, "Transforms", is_transform) +
         section(registry, "Sinks", is_sink) + "\nOptions of every stage\n" + common_options_text() +
         "\n`weir stages NAME` tells more of one.\n";
}

std::string stage_text(const StageDescription& description) {
  std::string text = description.type + ": " + description.summary + "\n";
  if (!description.details.empty()) text += "\n" + description.details + "\n";
  text += ports_text("Inputs", description.inputs);
  text += ports_text("Outputs", outputs_of(description));
  text += options_text(description.options);
  if (!description.example.empty()) text += "\nExample\n" + indented(description.example);
  return text;
}

}  // namespace weir
