#include <algorithm>
#include <set>
#include <string>

#include "engine/graph/topology.hpp"
#include "weir/graph.hpp"

namespace weir {
namespace {

class Validator {
 public:
  explicit Validator(const Graph& graph) : graph_(graph) {}

  std::vector<GraphProblem> run() && {
    if (graph_.stages.empty()) problem("", "the graph has no stages; add a source and a sink");
    check_names();
    check_groups();
    for (const StageSpec& stage : graph_.stages)
      check_spec(stage);
    for (const Edge& edge : graph_.edges)
      check_edge(edge);
    if (edges_have_stages_) {
      for (StageIndex i = 0; i < graph_.stages.size(); ++i)
        check_connections(i);
      check_cycles();
    }
    return std::move(problems_);
  }

 private:
  void problem(const std::string& stage, std::string message) {
    problems_.push_back({stage, std::move(message)});
  }

  void check_names() {
    std::set<std::string> seen;
    for (const StageSpec& stage : graph_.stages) {
      if (stage.name.empty())
        problem("", "a stage of type '" + stage.type + "' has no name; give it one");
      else if (!seen.insert(stage.name).second)
        problem(stage.name, "two stages are named '" + stage.name + "'; rename one");
    }
  }

  void check_groups() {
    std::set<std::string> known{""};
    for (const SupervisionGroup& group : graph_.groups) {
      if (group.name.empty()) problem("", "a supervision group has no name; give it one");
      if (!known.insert(group.name).second && !group.name.empty())
        problem("", "two supervision groups are named '" + group.name + "'; rename one");
    }
    // A group whose parent hangs, in the end, from the topmost one is placed; what is left has a parent that
    // is not there, or is its own ancestor.
    std::set<std::string> placed{""};
    for (std::size_t before = 0; before != placed.size();) {
      before = placed.size();
      for (const SupervisionGroup& group : graph_.groups) {
        if (placed.contains(group.parent)) placed.insert(group.name);
      }
    }
    for (const SupervisionGroup& group : graph_.groups) {
      if (placed.contains(group.name)) continue;
      problem("", known.contains(group.parent)
                      ? "supervision group '" + group.name + "' is its own ancestor; give it another parent"
                      : "supervision group '" + group.name + "' has the parent '" + group.parent +
                            "', which does not exist; add it, or leave the parent out");
    }
    for (const StageSpec& stage : graph_.stages) {
      if (!known.contains(stage.group))
        problem(stage.name,
                "is of supervision group '" + stage.group + "', which does not exist; add it to `groups`");
    }
  }

  void check_supervision(const StageSpec& stage) {
    const bool restarts = stage.on_error.may(RecoveryStep::Kind::restart);
    if (restarts && stage.restart == RestartType::temporary)
      problem(stage.name,
              "is temporary and says restart on errors; make it transient, or leave the restart out");
    const auto* source = std::get_if<SourceSpec>(&stage.body);
    if (stage.restart == RestartType::permanent && source && source->traits.bounded)
      problem(stage.name,
              "is permanent and a source that ends; make it transient, or say that it is not bounded");
    const auto* transform = std::get_if<TransformSpec>(&stage.body);
    if (stage.io_threads > 0 &&
        (!transform || transform->traits.concurrency != Concurrency::stateless || transform->traits.breaker))
      problem(stage.name,
              "has threads of its own, which only a stateless transform can; leave io_threads at 0");
    if (stage.timeout.abandon && stage.io_threads == 0)
      problem(stage.name, "abandons calls that time out, which needs threads of its own; set `io_threads`");
    if (stage.timeout.after < Duration::zero())
      problem(stage.name, "has a negative timeout; leave it at 0 for none");
    if (source && (stage.rate.records > 0 || stage.circuit_breaker))
      problem(stage.name, "is a source and has a rate or a breaker; set them on the stage behind it");
    if (stage.rate.records < 0 || (stage.rate.records > 0 && stage.rate.per <= Duration::zero()))
      problem(stage.name, "has a rate that is none; give a number of records and a time above 0");
    if (const auto& breaker = stage.circuit_breaker;
        breaker && (breaker->window == 0 || breaker->probes == 0 || breaker->open_for <= Duration::zero()))
      problem(stage.name,
              "has a breaker without a window, probes or a time to stay open; give numbers above 0");
  }

  void check_spec(const StageSpec& stage) {
    check_supervision(stage);
    const bool has_factory =
        std::visit([](const auto& body) { return static_cast<bool>(body.make); }, stage.body);
    if (!has_factory) problem(stage.name, "has no factory; set `make`");
    if (stage.is_source() && !stage.inputs.empty())
      problem(stage.name, "is a source and has input ports; remove them");
    if (!stage.is_source() && stage.inputs.empty()) problem(stage.name, "has no input port; add one");
    if (stage.is_sink() && !stage.outputs.empty())
      problem(stage.name, "is a sink and has output ports; remove them");
    if (!stage.is_sink() && stage.outputs.empty()) problem(stage.name, "has no output port; add one");
    check_ports(stage, stage.inputs);
    check_ports(stage, stage.outputs);
    if (const auto* transform = std::get_if<TransformSpec>(&stage.body)) {
      if (transform->traits.concurrency == Concurrency::serial && stage.workers > 1)
        problem(stage.name, "is serial and cannot have " + std::to_string(stage.workers) +
                                " workers; leave workers at 1");
      if (!transform->traits.breaker && !stage.inputs.empty() &&
          std::ranges::all_of(stage.inputs, &InputPort::retained))
        problem(stage.name, "retains all of its inputs; make one of them streamed, or the stage a breaker");
    } else if (std::ranges::any_of(stage.inputs, &InputPort::retained)) {
      problem(stage.name, "retains an input, which only a transform can; make the port streamed");
    }
  }

  template <class Port>
  void check_ports(const StageSpec& stage, const std::vector<Port>& ports) {
    std::set<std::string> seen;
    for (const Port& port : ports) {
      if (port.name == kErrorsPort)
        problem(stage.name, "names a port 'errors', which every stage has; rename it");
      if (!seen.insert(port.name).second)
        problem(stage.name, "has two ports named '" + port.name + "'; rename one");
    }
  }

  void check_edge(const Edge& edge) {
    if (edge.from >= graph_.stages.size() || edge.to >= graph_.stages.size()) {
      edges_have_stages_ = false;
      problem("", "an edge joins stages " + std::to_string(edge.from) + " and " + std::to_string(edge.to) +
                      " of " + std::to_string(graph_.stages.size()) + "; use the indices that add() gave");
      return;
    }
    const StageSpec& from = graph_.stages[edge.from];
    const StageSpec& to = graph_.stages[edge.to];
    const auto out = output_port(from, edge.from_port);
    const auto in = input_port(to, edge.to_port);
    if (!out)
      problem(from.name, "has no output port '" + edge.from_port + "', which '" + to.name + "' reads");
    if (!in) problem(to.name, "has no input port '" + edge.to_port + "', which '" + from.name + "' feeds");
    if (!out || !in) return;
    const bool errors = *out == errors_port(from);
    const PayloadType& given = errors ? from.errors_type : from.outputs[*out].type;
    const PayloadType& taken = to.inputs[*in].type;
    if (given != taken) {
      problem(to.name, "takes '" + taken.name + "' on port '" + edge.to_port + "', but '" + from.name +
                           "' gives '" + given.name + "' on '" + edge.from_port + "'");
    }
    if (errors && !from.encode_dead_letters)
      problem(from.name, "has its errors port connected, but no encoder; set `encode_dead_letters`");
  }

  void check_connections(StageIndex index) {
    const StageSpec& stage = graph_.stages[index];
    const auto reads = [&](const InputPort& port) {
      return std::ranges::any_of(
          graph_.edges, [&](const Edge& edge) { return edge.to == index && edge.to_port == port.name; });
    };
    const auto feeds = [&](std::string_view port) {
      return std::ranges::any_of(
          graph_.edges, [&](const Edge& edge) { return edge.from == index && edge.from_port == port; });
    };
    for (const InputPort& port : stage.inputs) {
      if (!reads(port))
        problem(stage.name, "reads nothing on port '" + port.name + "'; connect a stage to it");
    }
    for (const OutputPort& port : stage.outputs) {
      if (!port.optional && !feeds(port.name))
        problem(stage.name, "nobody reads port '" + port.name + "'; connect a stage to it, a sink at least");
    }
    if (stage.on_error.may(FailureAction::dead_letter) && !feeds(kErrorsPort))
      problem(stage.name, "says dead_letter, but nobody reads its 'errors' port; connect a sink to it");
  }

  void check_cycles() {
    std::vector<bool> ordered(graph_.stages.size(), false);
    for (const StageIndex stage : topological_order(graph_))
      ordered[stage] = true;
    if (std::ranges::all_of(ordered, [](bool yes) { return yes; })) return;
    // Walking backwards along unordered stages must come round again: each of them waits for another.
    StageIndex at = 0;
    while (ordered[at])
      ++at;
    std::vector<StageIndex> walked;
    while (std::ranges::find(walked, at) == walked.end()) {
      walked.push_back(at);
      for (const Edge& edge : graph_.edges) {
        if (edge.to == at && !ordered[edge.from]) {
          at = edge.from;
          break;
        }
      }
    }
    std::string cycle = "'" + graph_.stages[at].name + "'";
    for (auto stage = walked.rbegin(); stage != walked.rend(); ++stage) {
      cycle += " -> '" + graph_.stages[*stage].name + "'";
      if (*stage == at) break;
    }
    problem(graph_.stages[at].name, "is part of a cycle: " + cycle + "; a pipeline flows one way");
  }

  const Graph& graph_;
  std::vector<GraphProblem> problems_;
  bool edges_have_stages_ = true;
};

}  // namespace

std::vector<GraphProblem> Graph::validate() const { return Validator(*this).run(); }

}  // namespace weir
