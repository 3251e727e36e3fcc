#include "engine/graph/plan.hpp"

#include <algorithm>

#include "engine/graph/topology.hpp"

namespace weir {
namespace {

const TransformTraits* transform_traits(const StageSpec& stage) {
  const auto* transform = std::get_if<TransformSpec>(&stage.body);
  return transform ? &transform->traits : nullptr;
}

bool is_breaker(const StageSpec& stage) {
  const TransformTraits* traits = transform_traits(stage);
  return traits && traits->breaker;
}

bool is_serial(const StageSpec& stage) {
  const TransformTraits* traits = transform_traits(stage);
  return traits && traits->concurrency == Concurrency::serial;
}

void add_once(std::vector<FlowIndex>& all, FlowIndex one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

class Planner {
 public:
  Planner(const Graph& graph, bool fuse) : graph_(graph), fuse_(fuse), order_(topological_order(graph)) {
    plan_.stages.resize(graph.stages.size());
    tail_.resize(graph.stages.size());
  }

  ExecutionPlan run() && {
    for (const StageIndex stage : order_) {
      plan_.stages[stage].inputs.resize(graph_.stages[stage].inputs.size());
      find_flows(stage);
    }
    begin_dependencies();
    for (const StageIndex stage : order_)
      order_builds(stage);
    for (const StageIndex stage : order_)
      order_flows(stage);
    for (const StageIndex stage : order_)
      place(stage);
    for (SegmentPlan& segment : plan_.segments)
      count_arrivals(segment);
    return std::move(plan_);
  }

 private:
  const StageSpec& spec(StageIndex stage) const { return graph_.stages[stage]; }

  std::vector<const Edge*> edges_into(StageIndex stage, PortIndex port) const {
    std::vector<const Edge*> found;
    for (const Edge& edge : graph_.edges) {
      if (edge.to == stage && edge.to_port == spec(stage).inputs[port].name) found.push_back(&edge);
    }
    return found;
  }

  /// The flows that leave a stage: its own where it makes one, else those of its streamed inputs.
  std::vector<FlowIndex> flows_out(StageIndex stage) const {
    const StagePlacement& placement = plan_.stages[stage];
    if (placement.output_flow) return {*placement.output_flow};
    std::vector<FlowIndex> flows;
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      if (spec(stage).inputs[port].retained) continue;
      for (const FlowIndex flow : placement.inputs[port].flows)
        add_once(flows, flow);
    }
    return flows;
  }

  /// What a stage refuses leaves with the flow that brought it, also where its output is a flow of its own.
  std::vector<FlowIndex> flows_along(const Edge& edge) const {
    if (edge.from_port != kErrorsPort) return flows_out(edge.from);
    const StagePlacement& from = plan_.stages[edge.from];
    std::vector<FlowIndex> flows = from.flows;
    if (from.output_flow) add_once(flows, *from.output_flow);
    return flows;
  }

  /// How many tokens an edge carries for one sequence number of a flow: one, but for the errors of a stage
  /// that the flow enters by several segments.
  std::size_t tokens_along(const Edge& edge, FlowIndex flow) const {
    if (edge.from_port != kErrorsPort) return 1;
    std::vector<SegmentIndex> entered;
    for (const InputPlan& input : plan_.stages[edge.from].inputs) {
      if (std::ranges::find(input.flows, flow) != input.flows.end()) add_once(entered, input.segment);
    }
    return std::max<std::size_t>(entered.size(), 1);
  }

  void find_flows(StageIndex stage) {
    StagePlacement& placement = plan_.stages[stage];
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      InputPlan& input = placement.inputs[port];
      for (const Edge* edge : edges_into(stage, port)) {
        for (const FlowIndex flow : flows_along(*edge)) {
          add_once(input.flows, flow);
          add_once(placement.flows, flow);
        }
      }
    }
    if (spec(stage).is_source() || is_breaker(spec(stage))) {
      placement.output_flow = plan_.flows.size();
      plan_.flows.push_back({.stage = stage, .from_breaker = is_breaker(spec(stage))});
    }
  }

  // --- What must end before what. `waits_for_[a]` lists the flows that end before a can begin. ---

  void begin_dependencies() {
    waits_for_.resize(plan_.flows.size());
    for (FlowIndex flow = 0; flow < plan_.flows.size(); ++flow) {
      if (plan_.flows[flow].from_breaker) waits_for_[flow] = plan_.stages[plan_.flows[flow].stage].flows;
    }
  }

  bool waits(FlowIndex later, FlowIndex earlier) const {
    if (later == earlier) return true;
    return std::ranges::any_of(waits_for_[later], [&](FlowIndex next) { return waits(next, earlier); });
  }

  /// A probe side starts when the build side has ended; where that cannot be (one source feeds both), it is
  /// parked.
  void order_builds(StageIndex stage) {
    StagePlacement& placement = plan_.stages[stage];
    std::vector<FlowIndex> builds;
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      if (!spec(stage).inputs[port].retained) continue;
      for (const FlowIndex flow : placement.inputs[port].flows)
        add_once(builds, flow);
    }
    if (builds.empty()) return;
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      if (spec(stage).inputs[port].retained) continue;
      for (const FlowIndex flow : placement.inputs[port].flows) {
        const bool comes_round =
            std::ranges::any_of(builds, [&](FlowIndex build) { return waits(build, flow); });
        if (comes_round) {
          placement.inputs[port].parked.push_back(flow);
        } else {
          plan_.flows[flow].after_builds.push_back(stage);
          waits_for_[flow].insert(waits_for_[flow].end(), builds.begin(), builds.end());
        }
      }
    }
  }

  bool restores_order(const StageSpec& stage) const {
    const auto* sink = std::get_if<SinkSpec>(&stage.body);
    return sink ? sink->traits.ordered : is_serial(stage);
  }

  /// Flows that are put in order one after another are also started so, or the later ones would pile up.
  void order_flows(StageIndex stage) {
    StagePlacement& placement = plan_.stages[stage];
    if (!restores_order(spec(stage)) || placement.flows.size() < 2) return;
    placement.across_flows = std::ranges::all_of(placement.flows, [&](FlowIndex flow) {
      const auto* source = std::get_if<SourceSpec>(&spec(plan_.flows[flow].stage).body);
      return !source || source->traits.bounded;
    });
    if (!placement.across_flows) return;
    for (std::size_t rank = 1; rank < placement.flows.size(); ++rank) {
      const FlowIndex earlier = placement.flows[rank - 1];
      const FlowIndex later = placement.flows[rank];
      if (waits(earlier, later)) {
        placement.keeps_early = true;
      } else if (!waits(later, earlier)) {
        plan_.flows[later].after_flows.push_back(earlier);
        waits_for_[later].push_back(earlier);
      }
    }
  }

  // --- Which steps share a segment. `tail_[stage]` is the segment whose last step gives out the stage's
  // output. ---

  SegmentIndex begin_segment(StepPlan step) {
    const StageSpec& stage = spec(step.stage);
    SegmentPlan segment{.steps = {step}};
    if (step.kind == StepPlan::Kind::process) {
      segment.ordered = is_serial(stage);
      segment.concurrency = segment.ordered ? 1 : stage.workers;
    } else if (step.kind == StepPlan::Kind::encode) {
      segment.concurrency = stage.workers;
    }
    plan_.segments.push_back(std::move(segment));
    return plan_.segments.size() - 1;
  }

  void begin_flow(StageIndex stage, StepPlan::Kind kind) {
    const FlowIndex flow = *plan_.stages[stage].output_flow;
    const SegmentIndex segment = begin_segment({.kind = kind, .stage = stage});
    plan_.segments[segment].flow = flow;
    plan_.flows[flow].segment = segment;
    tail_[stage] = segment;
  }

  /// The segment that a port's step may be appended to: where its only edge is the only reader of a main
  /// output at a segment's end, and neither side wants a number of workers of its own.
  std::optional<SegmentIndex> fusable_segment(StageIndex stage, PortIndex port) const {
    const auto edges = edges_into(stage, port);
    if (!fuse_ || edges.size() != 1 || is_serial(spec(stage)) || spec(stage).workers != 0) return std::nullopt;
    if (!plan_.stages[stage].inputs[port].parked.empty()) return std::nullopt;
    const Edge& edge = *edges.front();
    if (output_port(spec(edge.from), edge.from_port) != kMainPort) return std::nullopt;
    if (is_serial(spec(edge.from)) && !is_breaker(spec(edge.from))) return std::nullopt;
    if (spec(edge.from).workers != 0) return std::nullopt;
    const auto readers = std::ranges::count_if(graph_.edges, [&](const Edge& other) {
      return other.from == edge.from && other.from_port == edge.from_port;
    });
    if (readers != 1) return std::nullopt;
    return tail_[edge.from];
  }

  void place(StageIndex stage) {
    const StageSpec& its = spec(stage);
    if (its.is_source()) return begin_flow(stage, StepPlan::Kind::decode);

    const auto kind = its.is_sink() ? StepPlan::Kind::encode : StepPlan::Kind::process;
    const auto streamed =
        std::ranges::count_if(its.inputs, [](const InputPort& port) { return !port.retained; });
    // Several streamed inputs of one stage share a segment, so that its output leaves from one place.
    std::optional<SegmentIndex> shared;
    for (PortIndex port = 0; port < its.inputs.size(); ++port) {
      InputPlan& input = plan_.stages[stage].inputs[port];
      const bool ends_here = its.inputs[port].retained || is_breaker(its);
      const StepPlan step{.kind = kind, .stage = stage, .input = port};
      const auto fusable = ends_here || streamed == 1 ? fusable_segment(stage, port) : std::nullopt;
      if (fusable) {
        plan_.segments[*fusable].steps.push_back(step);
        input.segment = *fusable;
        input.fused = true;
      } else if (ends_here || !shared) {
        input.segment = begin_segment(step);
        if (!ends_here) shared = input.segment;
      } else {
        input.segment = *shared;
      }
      if (!ends_here) tail_[stage] = input.segment;
    }
    if (is_breaker(its)) begin_flow(stage, StepPlan::Kind::output);
  }

  void count_arrivals(SegmentPlan& segment) {
    if (segment.flow) return;
    const StageIndex stage = segment.steps.front().stage;
    const auto& inputs = plan_.stages[stage].inputs;
    for (PortIndex port = 0; port < inputs.size(); ++port) {
      if (inputs[port].fused || &plan_.segments[inputs[port].segment] != &segment) continue;
      for (const Edge* edge : edges_into(stage, port)) {
        for (const FlowIndex flow : flows_along(*edge)) {
          auto known = std::ranges::find(segment.arrivals, flow, &ArrivalPlan::flow);
          if (known == segment.arrivals.end())
            known = segment.arrivals.insert(known, {.flow = flow, .tokens = 0});
          known->tokens += tokens_along(*edge, flow);
        }
      }
    }
    segment.merge_keeps_early = std::ranges::any_of(segment.arrivals, [&](const ArrivalPlan& arrival) {
      return arrival.tokens > 1 && is_parked(arrival.flow);
    });
  }

  bool is_parked(FlowIndex flow) const {
    for (const StagePlacement& stage : plan_.stages) {
      for (const InputPlan& input : stage.inputs) {
        if (std::ranges::find(input.parked, flow) != input.parked.end()) return true;
      }
    }
    return false;
  }

  const Graph& graph_;
  const bool fuse_;
  const std::vector<StageIndex> order_;
  ExecutionPlan plan_;
  std::vector<std::vector<FlowIndex>> waits_for_;
  std::vector<SegmentIndex> tail_;
};

}  // namespace

ExecutionPlan plan_execution(const Graph& graph, bool fuse) { return Planner(graph, fuse).run(); }

}  // namespace weir
