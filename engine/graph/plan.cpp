#include "engine/graph/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

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

/// Whether all that a stage gives out waits for the end of its input.
bool gives_at_the_end(const StageSpec& stage) {
  return is_breaker(stage) && !transform_traits(stage)->gives_meanwhile;
}

bool is_serial(const StageSpec& stage) {
  const TransformTraits* traits = transform_traits(stage);
  return traits && traits->concurrency == Concurrency::serial;
}

void add_once(std::vector<std::size_t>& all, std::size_t one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

using FlowSet = std::set<FlowIndex>;

class Planner {
 public:
  Planner(const Graph& graph, bool fuse) : graph_(graph), fuse_(fuse), order_(topological_order(graph)) {
    plan_.stages.resize(graph.stages.size());
    held_up_.resize(graph.stages.size());
    tail_.resize(graph.stages.size());
  }

  ExecutionPlan run() && {
    for (const StageIndex stage : order_) {
      plan_.stages[stage].inputs.resize(graph_.stages[stage].inputs.size());
      find_flows(stage);
    }
    waits_for_.resize(plan_.flows.size());
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

  /// The flows that leave a stage: those of its streamed inputs, unless it only gives out at their end; then
  /// its own, where it makes one.
  std::vector<FlowIndex> flows_out(StageIndex stage) const {
    const StagePlacement& placement = plan_.stages[stage];
    std::vector<FlowIndex> flows;
    if (gives_at_the_end(spec(stage))) return {*placement.output_flow};
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      if (spec(stage).inputs[port].retained) continue;
      for (const FlowIndex flow : placement.inputs[port].flows)
        add_once(flows, flow);
    }
    if (placement.output_flow) flows.push_back(*placement.output_flow);
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

  // --- What must end before what. `waits_for_[a]` holds the flows that end before `a` can begin;
  // `held_up_[stage][a]` those that end before the tokens of `a` get through the stage, because they are
  // parked or put in order on their way. No flow may wait, by any of these ways, for itself. ---

  bool waits(FlowIndex later, FlowIndex earlier) const {
    FlowSet seen;
    std::vector<FlowIndex> ahead{later};
    while (!ahead.empty()) {
      const FlowIndex flow = ahead.back();
      ahead.pop_back();
      if (flow == earlier) return true;
      if (seen.insert(flow).second)
        ahead.insert(ahead.end(), waits_for_[flow].begin(), waits_for_[flow].end());
    }
    return false;
  }

  bool any_waits(const FlowSet& later, FlowIndex earlier) const {
    return std::ranges::any_of(later, [&](FlowIndex flow) { return waits(flow, earlier); });
  }

  /// What must end before all tokens of these flows have come to a port: the flows, and what holds them up.
  FlowSet needed_at(StageIndex stage, PortIndex port) const {
    FlowSet needed;
    for (const Edge* edge : edges_into(stage, port)) {
      for (const FlowIndex flow : flows_along(*edge)) {
        needed.insert(flow);
        if (const auto held = held_up_[edge->from].find(flow); held != held_up_[edge->from].end())
          needed.insert(held->second.begin(), held->second.end());
      }
    }
    return needed;
  }

  /// What held a flow up on its way also does so behind the stage.
  void inherit_holds(StageIndex stage) {
    for (PortIndex port = 0; port < plan_.stages[stage].inputs.size(); ++port) {
      for (const Edge* edge : edges_into(stage, port)) {
        for (const FlowIndex flow : flows_along(*edge)) {
          if (const auto held = held_up_[edge->from].find(flow); held != held_up_[edge->from].end())
            held_up_[stage][flow].insert(held->second.begin(), held->second.end());
        }
      }
    }
  }

  /// A probe side starts when the build side has ended; where that cannot be (one source feeds both), it is
  /// parked. A breaker's output begins when its input has ended.
  void order_builds(StageIndex stage) {
    StagePlacement& placement = plan_.stages[stage];
    inherit_holds(stage);
    FlowSet builds;
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      if (spec(stage).inputs[port].retained) builds.merge(needed_at(stage, port));
    }
    FlowSet holds = builds;  // flows that are parked together leave one after another
    for (PortIndex port = 0; port < placement.inputs.size() && !builds.empty(); ++port) {
      if (spec(stage).inputs[port].retained) continue;
      for (const FlowIndex flow : placement.inputs[port].flows) {
        if (any_waits(builds, flow)) {
          placement.inputs[port].parked.push_back(flow);
          held_up_[stage][flow].insert(holds.begin(), holds.end());
          holds.insert(flow);
          holds.insert(held_up_[stage][flow].begin(), held_up_[stage][flow].end());
        } else {
          add_once(plan_.flows[flow].after_builds, stage);
          waits_for_[flow].insert(builds.begin(), builds.end());
        }
      }
    }
    if (!is_breaker(spec(stage))) return;
    FlowSet& inputs = waits_for_[*placement.output_flow];
    for (const FlowIndex flow : placement.flows) {
      inputs.insert(flow);
      inputs.insert(held_up_[stage][flow].begin(), held_up_[stage][flow].end());
    }
  }

  bool restores_order(const StageSpec& stage) const {
    const auto* sink = std::get_if<SinkSpec>(&stage.body);
    return sink ? sink->traits.ordered : is_serial(stage);
  }

  /// Flows that are put in order one after another are also started so, or the later ones would pile up.
  void order_flows(StageIndex stage) {
    inherit_holds(stage);
    StagePlacement& placement = plan_.stages[stage];
    if (!restores_order(spec(stage))) return;
    if (comes_side_by_side(stage)) {
      placement.across_flows = false;
      return;
    }
    placement.across_flows = std::ranges::all_of(placement.flows, [&](FlowIndex flow) {
      const auto* source = std::get_if<SourceSpec>(&spec(plan_.flows[flow].stage).body);
      return !source || source->traits.bounded;
    });
    if (!placement.across_flows) return;
    // Each retained port has a way in of its own; streamed ports share one.
    std::vector<FlowIndex> streamed;
    for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
      const std::vector<FlowIndex>& flows = placement.inputs[port].flows;
      if (spec(stage).inputs[port].retained)
        order_lanes(stage, flows);
      else
        std::ranges::for_each(flows, [&](FlowIndex flow) { add_once(streamed, flow); });
    }
    order_lanes(stage, streamed);
  }

  bool comes_side_by_side(StageIndex stage) const {
    const TransformTraits* traits = transform_traits(spec(stage));
    return traits && traits->side_by_side &&
           std::ranges::all_of(plan_.stages[stage].inputs,
                               [](const InputPlan& input) { return input.flows.size() == 1; });
  }

  void order_lanes(StageIndex stage, const std::vector<FlowIndex>& lanes) {
    for (std::size_t rank = 1; rank < lanes.size(); ++rank) {
      for (std::size_t before = 0; before < rank; ++before)
        order_pair(stage, lanes[before], lanes[rank]);
    }
  }

  void order_pair(StageIndex stage, FlowIndex earlier, FlowIndex later) {
    FlowSet needed = held_up_[stage][earlier];
    needed.insert(earlier);
    if (any_waits(needed, later)) {
      plan_.stages[stage].keeps_early = true;
      held_up_[stage][later].insert(needed.begin(), needed.end());
      return;
    }
    if (!waits(later, earlier)) plan_.flows[later].after_flows.push_back(earlier);
    waits_for_[later].insert(needed.begin(), needed.end());
  }

  // --- Which steps share a segment. `tail_[stage]` is the segment whose last step gives out the stage's
  // output. ---

  SegmentIndex begin_segment(StepPlan step) {
    const StageSpec& stage = spec(step.stage);
    SegmentPlan segment{.steps = {step}};
    if (step.kind == StepPlan::Kind::process) {
      segment.ordered = is_serial(stage);
      segment.concurrency = segment.ordered ? 1 : stage.workers;
    } else if (step.kind != StepPlan::Kind::output) {  // a breaker gives out one batch at a time anyway
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
    if (!fuse_ || edges.size() != 1 || is_serial(spec(stage)) || spec(stage).workers != 0)
      return std::nullopt;
    if (!plan_.stages[stage].inputs[port].parked.empty()) return std::nullopt;
    const Edge& edge = *edges.front();
    if (spec(edge.from).is_sink()) return std::nullopt;  // its first port is `errors`
    if (output_port(spec(edge.from), edge.from_port) != kMainPort) return std::nullopt;
    if (is_serial(spec(edge.from)) && !is_breaker(spec(edge.from))) return std::nullopt;
    // Its output leaves from two places.
    if (is_breaker(spec(edge.from)) && !gives_at_the_end(spec(edge.from))) return std::nullopt;
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
    // Several streamed inputs of one stage share a segment, so that its output leaves from one place, and so
    // that its workers are counted in one place.
    const bool takes_anywhere = gives_at_the_end(its) && !is_serial(its) && its.workers == 0;
    std::optional<SegmentIndex> shared;
    for (PortIndex port = 0; port < its.inputs.size(); ++port) {
      InputPlan& input = plan_.stages[stage].inputs[port];
      const bool ends_here = its.inputs[port].retained || takes_anywhere;
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
      return arrival.tokens > 1 && is_held_up(arrival.flow);
    });
  }

  bool is_held_up(FlowIndex flow) const {
    return std::ranges::any_of(held_up_, [&](const auto& held) {
      const auto at = held.find(flow);
      return at != held.end() && !at->second.empty();
    });
  }

  const Graph& graph_;
  const bool fuse_;
  const std::vector<StageIndex> order_;
  ExecutionPlan plan_;
  std::vector<FlowSet> waits_for_;                     ///< one a flow
  std::vector<std::map<FlowIndex, FlowSet>> held_up_;  ///< one a stage
  std::vector<SegmentIndex> tail_;
};

}  // namespace

ExecutionPlan plan_execution(const Graph& graph, bool fuse) { return Planner(graph, fuse).run(); }

}  // namespace weir
