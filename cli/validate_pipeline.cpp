#include "cli/validate_pipeline.hpp"

#include "cli/text_table.hpp"
#include "weir/pipeline.hpp"

namespace weir {
namespace {

std::string columns_text(const PipelineStage& stage) {
  if (stage.outputs.empty()) return {};
  std::string text;
  for (const Field& field : stage.outputs.front()) {
    const std::string_view type = field.always_null ? "null" : to_string(field.type);
    text += (text.empty() ? "" : ", ") + field.name + " " + std::string(type);
  }
  return text;
}

}  // namespace

ExitCode validate_pipeline(const PipelineArguments& arguments, std::ostream& out) {
  const Pipeline pipeline = load_pipeline(arguments.config, arguments.load);
  TextTable table({Align::left, Align::left, Align::left});
  for (const PipelineStage& stage : pipeline.stages)
    table.add({stage.name, stage.type, columns_text(stage)});
  out << arguments.config << " is valid: " << pipeline.stages.size()
      << (pipeline.stages.size() == 1 ? " stage\n" : " stages\n") << table.text("  ");
  return ExitCode::done;
}

}  // namespace weir
