#include "engine/runtime/lowered_graph.hpp"

#include <algorithm>

#include "engine/graph/topology.hpp"
#include "engine/runtime/guard.hpp"
#include "engine/runtime/recovery.hpp"

namespace weir::runtime {
namespace {

bool is_breaker(const StageSpec& stage) {
  const auto* transform = std::get_if<TransformSpec>(&stage.body);
  return transform && transform->traits.breaker;
}

}  // namespace

LoweredGraph::LoweredGraph(RunContext& context) : context_(context) {
  make_segments();
  make_writers();
  make_flows();
  connect_steps();
  watch_inputs();
  wire_flow_ends();
}

void LoweredGraph::make_segments() {
  for (SegmentIndex i = 0; i < context_.plan.segments.size(); ++i) {
    segments_.push_back(std::make_unique<Segment>(context_, i));
    entries_.push_back(
        context_.plan.segments[i].flow ? nullptr : std::make_unique<SegmentEntry>(context_, *segments_[i]));
  }
}

void LoweredGraph::make_writers() {
  writer_of_stage_.resize(context_.graph.stages.size());
  for (StageIndex stage = 0; stage < context_.graph.stages.size(); ++stage) {
    if (!context_.graph.stages[stage].is_sink()) continue;
    writers_.push_back(std::make_unique<SinkWriter>(context_, stage));
    writer_of_stage_[stage] = writers_.back().get();
  }
}

void LoweredGraph::make_flows() {
  for (FlowIndex i = 0; i < context_.plan.flows.size(); ++i) {
    const FlowPlan& plan = context_.plan.flows[i];
    const std::size_t waits =
        plan.after_flows.size() + plan.after_builds.size() + (plan.from_breaker ? 1 : 0);
    Segment& segment = *segments_[plan.segment];
    const auto* source = std::get_if<SourceSpec>(&context_.graph.stages[plan.stage].body);
    if (plan.from_breaker)
      flows_.push_back(std::make_unique<BreakerFlow>(context_, i, segment, waits));
    else if (source->traits.blocking)
      flows_.push_back(std::make_unique<ThreadedSourceFlow>(context_, i, segment, waits));
    else
      flows_.push_back(std::make_unique<SourceFlow>(context_, i, segment, waits));
  }
}

void LoweredGraph::connect_steps() {
  for (SegmentIndex segment = 0; segment < segments_.size(); ++segment) {
    for (std::size_t step = 0; step < segments_[segment]->plan().steps.size(); ++step)
      connect_edges(segment, step);
  }
}

void LoweredGraph::connect_edges(SegmentIndex index, std::size_t step) {
  Segment& segment = *segments_[index];
  const StepPlan& plan = segment.plan().steps[step];
  const StageSpec& spec = context_.graph.stages[plan.stage];
  if (spec.is_sink()) segment.add_exit(step, writer_port(spec), {.receiver = writer_of_stage_[plan.stage]});
  // A breaker gives its output from the segment of its flow; where its input is processed only errors leave,
  // unless it gives out meanwhile.
  const bool only_errors = is_breaker(spec) && plan.kind == StepPlan::Kind::process &&
                           !std::get<TransformSpec>(spec.body).traits.gives_meanwhile;
  const bool retained = plan.kind == StepPlan::Kind::process && spec.inputs[plan.input].retained;
  const bool is_last = step + 1 == segment.plan().steps.size();
  for (EdgeIndex i = 0; i < context_.graph.edges.size(); ++i) {
    const Edge& edge = context_.graph.edges[i];
    if (edge.from != plan.stage) continue;
    const PortIndex out = *output_port(spec, edge.from_port);
    const PortIndex in = *input_port(context_.graph.stages[edge.to], edge.to_port);
    if ((only_errors || retained) && out != errors_port(spec)) continue;
    if (!is_last && out == kMainPort) continue;  // fused with the next step
    const SegmentIndex target = context_.plan.stages[edge.to].inputs[in].segment;
    segment.add_exit(step, out, {.edge = i, .port = in, .receiver = entries_[target].get()});
  }
}

void LoweredGraph::watch_inputs() {
  ends_.resize(context_.graph.stages.size());
  for (StageIndex stage = 0; stage < context_.graph.stages.size(); ++stage) {
    const StageSpec& spec = context_.graph.stages[stage];
    const bool retains = std::ranges::any_of(spec.inputs, &InputPort::retained);
    if (!retains && !is_breaker(spec)) continue;
    ends_[stage] = std::make_unique<InputEnds>(
        spec, context_.plan.stages[stage], [this, stage] { retained_ended(stage); },
        [this, stage] { input_ended(stage); });
  }
  for (const auto& segment : segments_) {
    for (std::size_t step = 0; step < segment->plan().steps.size(); ++step) {
      const StepPlan& plan = segment->plan().steps[step];
      if (plan.kind != StepPlan::Kind::process || !ends_[plan.stage]) continue;
      const StageSpec& spec = context_.graph.stages[plan.stage];
      if (is_breaker(spec) || spec.inputs[plan.input].retained) segment->watch(step, *ends_[plan.stage]);
    }
  }
}

void LoweredGraph::wire_flow_ends() {
  for (FlowIndex flow = 0; flow < flows_.size(); ++flow) {
    auto& listeners = flows_[flow]->on_end;
    for (StageIndex stage = 0; stage < context_.graph.stages.size(); ++stage) {
      const auto& reaching = context_.plan.stages[stage].flows;
      if (std::ranges::find(reaching, flow) == reaching.end()) continue;
      if (SinkWriter* writer = writer_of_stage_[stage])
        listeners.push_back(
            [writer, flow](std::uint64_t end) { writer->flow_ended(flow, end, Scheduler::worker()); });
      if (InputEnds* ends = ends_[stage].get())
        listeners.push_back([ends, flow](std::uint64_t end) { ends->end(flow, end); });
      for (const InputPlan& input : context_.plan.stages[stage].inputs) {
        SegmentEntry* entry = entries_[input.segment].get();
        if (entry && !input.fused && std::ranges::find(input.flows, flow) != input.flows.end())
          listeners.push_back(
              [entry, flow](std::uint64_t end) { entry->flow_ended(flow, end, Scheduler::worker()); });
      }
    }
    for (FlowIndex later = 0; later < flows_.size(); ++later) {
      const auto& after = context_.plan.flows[later].after_flows;
      if (std::ranges::find(after, flow) != after.end())
        listeners.push_back([this, later](std::uint64_t) { flows_[later]->one_wait_less(); });
    }
  }
}

void LoweredGraph::merge_states(StageIndex stage, std::function<void()> then) {
  // Half of an input gives no result: a run that drains leaves its breakers as they are.
  if (context_.draining()) return;
  call_finishing(
      stage, "absorb", [this, stage] { context_.slots[stage]->merge_states(); }, std::move(then));
}

void LoweredGraph::call_finishing(StageIndex stage, const char* during, std::function<void()> call,
                                  std::function<void()> then, std::uint32_t failures) {
  const WorkerIndex worker = Scheduler::worker();
  Slot& slot = *context_.slots[stage];
  const auto again = [this, stage, during, call, then](std::uint32_t so_far) {
    return [=, this] { call_finishing(stage, during, call, then, so_far); };
  };
  if (slot.gone() || context_.stopped()) return;
  if (!slot.gate().enter(worker)) return context_.wait_on_worker(UntilRebuilt{stage}, again(failures));
  const std::uint64_t incarnation = slot.incarnation();
  ErrorInfo error;
  bool begun = false;  // what chaos throws before it has touched nothing
  const bool returned = guarded(error, [&] {
    const CallWatch watch(context_.counters.worker(worker), nullptr, worker, stage);
    if (context_.chaos) context_.chaos->before_call(stage, {.call = Chaos::Call::finish}, failures);
    begun = true;
    call();
  });
  leave(context_, stage, worker);
  if (returned) return then();

  context_.counters.stage(worker, stage).failures.add(1);
  const StageSpec& spec = context_.graph.stages[stage];
  const bool spoilt = begun && !std::get<TransformSpec>(spec.body).traits.finish_can_be_repeated;
  const Decision decision = spoilt ? Decision{} : spec.on_error.decide(error, failures + 1);
  const auto due = recover(context_,
                           {.stage = stage,
                            .worker = worker,
                            .incarnation = incarnation,
                            .failures = failures + 1,
                            .sequence = stage},
                           decision, error);
  if (due) return context_.wait_on_worker(until(stage, *due, context_.clock().now()), again(failures + 1));
  context_.fail({.phase = 1, .stage = stage},
                {.stage = spec.name, .during = during, .error = std::move(error), .attempts = failures + 1});
}

void LoweredGraph::retained_ended(StageIndex stage) {
  merge_states(stage, [this, stage] {
    const auto end_inputs = [this, stage] {
      const StageSpec& spec = context_.graph.stages[stage];
      const Slot& slot = *context_.slots[stage];
      for (PortIndex port = 0; port < spec.inputs.size(); ++port) {
        if (spec.inputs[port].retained) slot.transform().end_of_input(port, slot.shared_state());
      }
    };
    call_finishing(stage, "end_of_input", end_inputs, [this, stage] { let_probes_in(stage); });
  });
}

void LoweredGraph::let_probes_in(StageIndex stage) {
  for (FlowIndex flow = 0; flow < flows_.size(); ++flow) {
    const auto& after = context_.plan.flows[flow].after_builds;
    if (std::ranges::find(after, stage) != after.end()) flows_[flow]->one_wait_less();
  }
  for (const InputPlan& input : context_.plan.stages[stage].inputs) {
    if (!input.parked.empty()) entries_[input.segment]->open();
  }
}

void LoweredGraph::input_ended(StageIndex stage) {
  if (!is_breaker(context_.graph.stages[stage])) return;
  merge_states(stage, [this, stage] { flows_[*context_.plan.stages[stage].output_flow]->one_wait_less(); });
}

void LoweredGraph::begin() {
  for (const auto& flow : flows_)
    flow->begin();
}

void LoweredGraph::wake_sources(std::optional<StageIndex> stage) {
  for (const auto& flow : flows_) {
    if (!stage || flow->stage() == *stage) flow->wake();
  }
}

void LoweredGraph::finish() {
  for (const auto& entry : entries_) {
    if (entry && entry->abandon_rest()) left_behind_ = entry->stage();
  }
  for (const auto& writer : writers_)
    writer->finish();
}

void LoweredGraph::abort_sinks() noexcept {
  for (const auto& writer : writers_)
    writer->abort();
}

std::optional<StageIndex> LoweredGraph::unfinished_stage() const {
  const auto at = std::ranges::find_if(flows_, [](const auto& flow) { return !flow->complete(); });
  return at == flows_.end() ? left_behind_ : (*at)->stage();
}

}  // namespace weir::runtime
