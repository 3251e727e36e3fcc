#include "stages/config/planner.hpp"

#include <algorithm>

#include "stages/config/column_order.hpp"
#include "stages/config/merged_columns.hpp"
#include "stages/records/dead_letters.hpp"
#include "weir/record_batch.hpp"

namespace weir {
Planner::Planner(const std::vector<StageConfig>& stages, const Wiring& wiring, VariableLookup variables,
                 std::shared_ptr<MemoryBudget> memory, Problems& problems)
    : stages_(stages),
      wiring_(wiring),
      variables_(std::move(variables)),
      memory_(std::move(memory)),
      problems_(problems),
      planned_(stages.size()) {}

void Planner::bind() {
  for (const std::size_t stage : wiring_.order)
    bind_stage(stage);
}

void Planner::bind_stage(std::size_t stage) {
  const StageConfig& config = stages_[stage];
  if (config.description == nullptr || !config.complete) return;
  Planned& planned = planned_[stage];
  const std::size_t problems_before = problems_.all().size();
  planned.plan = config.description->plan(Options(config.name, *config.map, problems_, variables_, memory_));
  const bool planned_well = problems_.all().size() == problems_before;
  bool inputs_known = planned.plan != nullptr;
  for (std::size_t port = 0; port < config.description->inputs.size(); ++port) {
    const auto schema = input_schema(stage, port);
    inputs_known = inputs_known && schema;
    planned.inputs.push_back(schema.value_or(Schema{}));
  }
  if (!inputs_known) return;
  planned.outputs = planned.plan->bind(planned.inputs, problems_);
  planned.outputs.resize(config.outputs.size());
  // What a wrong filter gives out is known all the same, and so is what a source found that was asked for one
  // column too many; what a wrong aggregate gives out is not.
  const auto is_known = [&](const Schema& output) {
    return planned.inputs.empty() ? planned_well && output.size() > 0 : output == planned.inputs.front();
  };
  planned.certain = problems_.all().size() == problems_before ||
                    std::all_of(planned.outputs.begin(), planned.outputs.end(), is_known);
}

const Schema* Planner::schema_of(const Wire& wire) const {
  if (wire.from_port == kErrorsOutput) return &dead_letter_schema();
  const Planned& from = planned_[wire.from];
  return from.certain ? &from.outputs[wire.from_port] : nullptr;
}

// The schema that reaches an input port; an unread optional port has an empty one. Nothing where it is not
// certain.
std::optional<Schema> Planner::input_schema(std::size_t stage, std::size_t port) {
  std::vector<MergedStream> streams;
  bool certain = true;
  for (const Wire& wire : wiring_.wires) {
    if (wire.to != stage || wire.to_port != port) continue;
    const Schema* given = schema_of(wire);
    certain = certain && given != nullptr;
    if (given != nullptr) streams.push_back({&wire, output_name(stages_[wire.from], wire.from_port), given});
  }
  std::optional<Schema> schema;
  if (!streams.empty())
    schema = merge_columns(streams, problems_);
  else if (stages_[stage].description->inputs[port].optional)
    schema.emplace();
  return certain ? schema : std::nullopt;
}

bool Planner::is_read(std::size_t stage, std::size_t port) const {
  return std::any_of(wiring_.wires.begin(), wiring_.wires.end(),
                     [&](const Wire& wire) { return wire.from == stage && wire.from_port == port; });
}

// What all readers together need of each output.
std::vector<Needs> Planner::output_needs(std::size_t stage,
                                         const std::vector<std::vector<Needs>>& input_needs) const {
  std::vector<Needs> needs;
  for (const Schema& output : planned_[stage].outputs)
    needs.emplace_back(output.size(), Need::none);
  for (const Wire& wire : wiring_.wires) {
    if (wire.from != stage || wire.from_port == kErrorsOutput) continue;
    const Schema& given = planned_[stage].outputs[wire.from_port];
    const Schema& wanted = planned_[wire.to].inputs[wire.to_port];
    const auto sources = columns_in_order(wanted, given);
    for (std::size_t column = 0; column < wanted.size(); ++column) {
      const std::size_t source = (*sources)[column];
      const Need wanted_need = input_needs[wire.to][wire.to_port][column];
      needs[wire.from_port][source] =
          std::max(needs[wire.from_port][source], need_of_source(wanted_need, wanted[column], given[source]));
    }
  }
  return needs;
}

void Planner::gather_needs() {
  std::vector<std::vector<Needs>> input_needs(stages_.size());
  for (auto stage = wiring_.order.rbegin(); stage != wiring_.order.rend(); ++stage) {
    input_needs[*stage] = planned_[*stage].plan->needs(output_needs(*stage, input_needs));
  }
  for (std::size_t stage = 0; stage < stages_.size(); ++stage)
    planned_[stage].input_needs = std::move(input_needs[stage]);
}

StageSpec Planner::make_stage(std::size_t stage) const {
  const StageConfig& config = stages_[stage];
  StageSpec spec = planned_[stage].plan->make();
  spec.name = config.name;
  spec.type = config.description->type;
  spec.inputs.clear();
  for (std::size_t port = 0; port < config.description->inputs.size(); ++port) {
    const PortDescription& input = config.description->inputs[port];
    const auto reads = [&](const Wire& wire) { return wire.to == stage && wire.to_port == port; };
    if (input.optional && std::none_of(wiring_.wires.begin(), wiring_.wires.end(), reads)) continue;
    spec.inputs.push_back({input.name, record_payload_type(), input.retained});
  }
  spec.outputs.clear();
  for (const PortDescription& output : config.outputs) {
    spec.outputs.push_back({output.name, record_payload_type(), output.optional});
  }
  spec.on_error = config.on_error;
  spec.errors_type = record_payload_type();
  if (is_read(stage, kErrorsOutput)) spec.encode_dead_letters = encode_dead_letters;
  spec.workers = config.workers;
  spec.restart = config.supervision.restart;
  spec.group = config.group;
  spec.timeout = config.supervision.timeout;
  spec.rate = config.supervision.rate;
  spec.circuit_breaker = config.supervision.circuit_breaker;
  if (auto* sink = std::get_if<SinkSpec>(&spec.body); sink != nullptr && wiring_.reads_errors[stage]) {
    sink->traits.always_commits = true;
  }
  return spec;
}

void Planner::connect(const Wire& wire, Graph& graph) const {
  const StageConfig& from = stages_[wire.from];
  const std::string from_port =
      wire.from_port == kErrorsOutput ? std::string(kErrorsPort) : from.outputs[wire.from_port].name;
  const std::string& to_port = stages_[wire.to].description->inputs[wire.to_port].name;
  const Schema& wanted = planned_[wire.to].inputs[wire.to_port];
  const Schema& given = *schema_of(wire);
  if (have_same_layout(given, wanted)) {
    graph.connect({wire.from, from_port, wire.to, to_port});
    return;
  }
  // No config can name a stage so, so that the name is free.
  const std::string name = output_name(from, wire.from_port) + " > " + stages_[wire.to].name;
  const StageIndex between = graph.add(reorder_columns(name, wanted, *columns_in_order(wanted, given)));
  graph.connect({wire.from, from_port, between, "in"});
  graph.connect({between, "out", wire.to, to_port});
}

Graph Planner::make_graph(std::string name) {
  gather_needs();
  Graph graph;
  graph.name = std::move(name);
  for (std::size_t stage = 0; stage < stages_.size(); ++stage)
    graph.add(make_stage(stage));
  for (const Wire& wire : wiring_.wires)
    connect(wire, graph);
  return graph;
}

}  // namespace weir
