// select: makes records of other columns.

#include "stages/builtin_stages.hpp"
#include "stages/transforms/projecting_stage.hpp"

namespace weir {
namespace {

std::unique_ptr<StagePlan> plan_select(const Options& options) {
  return std::make_unique<ProjectingPlan>(options, "columns", Projection::Output::computed,
                                          sees_by_kind(options.value("columns")));
}

}  // namespace

StageDescription describe_select() {
  StageDescription description;
  description.type = "select";
  description.summary = "Makes records of the columns and expressions given, in their order.";
  description.details =
      "Given as a list, expressions see the columns of the input; given as a map {name: expression}, later "
      "ones also "
      "see earlier ones. Only what somebody reads is computed.";
  description.example = "type: select\ncolumns: [origin, destination, delay / 60 as hours]\n";
  description.inputs = {{"in", "the records to compute from"}};
  description.outputs = {{"out", "one record for each"}};
  description.options = {
      {"columns", "expressions", true, "Expressions in SQL, or a map from new names to expressions.", ""}};
  description.plan = plan_select;
  return description;
}

}  // namespace weir
