// derive: adds computed columns to records.

#include "stages/builtin_stages.hpp"
#include "stages/transforms/projecting_stage.hpp"

namespace weir {
namespace {

std::unique_ptr<StagePlan> plan_derive(const Options& options) {
  return std::make_unique<ProjectingPlan>(options, "set", Projection::Output::all, Projection::Sees::earlier);
}

}  // namespace

StageDescription describe_derive() {
  StageDescription description;
  description.type = "derive";
  description.summary = "Adds computed columns, and keeps the others.";
  description.details =
      "A column of the same name is replaced where it stands. Later expressions see earlier ones. Only what "
      "somebody "
      "reads is computed.";
  description.example = "type: derive\nset:\n  hours: delay / 60\n  late: hours > 1\n";
  description.inputs = {{"in", "the records to compute from"}};
  description.outputs = {{"out", "the same records with more columns"}};
  description.options = {{"set", "expressions", true, "A map from new names to expressions in SQL.", ""}};
  description.plan = plan_derive;
  return description;
}

}  // namespace weir
