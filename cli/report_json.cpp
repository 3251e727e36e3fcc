#include "cli/report_json.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

// Records may hold bytes that are no UTF-8; they become replacement characters.
std::string dump(const Json& json) {
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const Failure& failure) {
  Json json = {{"stage", failure.stage},
               {"during", failure.during},
               {"error_class", to_string(failure.error.error_class)},
               {"message", failure.error.message},
               {"type", failure.error.type}};
  if (failure.origin.input != nullptr) {
    json["file"] = *failure.origin.input;
    json["line"] = failure.origin.line;
    json["byte_offset"] = failure.origin.byte_offset;
  }
  if (!failure.record.empty()) json["record"] = failure.record;
  return json;
}

Json json_of(const StageReport& stage) {
  return {{"name", stage.name},
          {"type", stage.type},
          {"in", stage.in},
          {"processed", stage.processed},
          {"emitted", stage.emitted},
          {"filtered", stage.filtered},
          {"dead", stage.dead},
          {"skipped", stage.skipped},
          {"dropped", stage.dropped},
          {"unneeded", stage.unneeded},
          {"abandoned", stage.abandoned},
          {"batches", stage.batches},
          {"failures", stage.failures},
          {"retried", stage.retried},
          {"restarts", stage.restarts},
          {"incarnation", stage.incarnation},
          {"bisect_calls", stage.bisect_calls},
          {"busy_ns", stage.busy_ns}};
}

Json json_of(const EdgeReport& edge) {
  return {{"from", edge.from},       {"from_port", edge.from_port}, {"to", edge.to},
          {"to_port", edge.to_port}, {"emitted", edge.emitted},     {"received", edge.received}};
}

Json json_of(const SourceReport& source) {
  return {{"name", source.name},
          {"done_bytes", source.done_bytes},
          {"total_bytes", source.total_bytes},
          {"tokens_peak", source.tokens_peak}};
}

std::string_view name_of(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::config:
      return "config";
    case ProblemKind::bad_input:
      return "bad_input";
    case ProblemKind::missing_input:
      return "missing_input";
    case ProblemKind::unwritable_output:
      return "unwritable_output";
  }
  return "config";
}

Json json_of(const Diagnostic& diagnostic) {
  return {{"file", diagnostic.where.file},     {"line", diagnostic.where.line},
          {"column", diagnostic.where.column}, {"field", diagnostic.field},
          {"message", diagnostic.message},     {"mend", diagnostic.mend},
          {"length", diagnostic.length},       {"kind", name_of(diagnostic.kind)}};
}

template <class Part>
Json json_of(const std::vector<Part>& parts) {
  Json json = Json::array();
  for (const Part& part : parts)
    json.push_back(json_of(part));
  return json;
}

}  // namespace

std::string report_json(const RunReport& report) {
  Json json = {{"pipeline", report.pipeline}, {"status", to_string(report.status)}};
  if (report.failure) json["failure"] = json_of(*report.failure);
  json["wall_ns"] = report.wall_ns;
  json["threads"] = report.threads;
  json["restarts"] = report.restarts;
  json["deadline_reached"] = report.deadline_reached;
  json["hung"] = report.hung;
  json["stages"] = json_of(report.stages);
  json["edges"] = json_of(report.edges);
  json["sources"] = json_of(report.sources);
  json["imbalances"] = report.imbalances();
  return dump(json);
}

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  return dump({{"errors", json_of(diagnostics)}});
}

}  // namespace weir
