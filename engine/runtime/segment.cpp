#include "engine/runtime/segment.hpp"

#include <algorithm>

#include "engine/graph/topology.hpp"
#include "engine/runtime/pass.hpp"

namespace weir::runtime {
namespace {

bool only_takes_in(const StageSpec& spec, const StepPlan& plan) {
  if (plan.kind != StepPlan::Kind::process) return false;
  const TransformTraits& traits = std::get<TransformSpec>(spec.body).traits;
  return (traits.breaker && !traits.gives_meanwhile) || spec.inputs[plan.input].retained;
}

/// A source whose work are its records, or a sink that writes batches as they are.
bool does_nothing(const StageSpec& spec, StepPlan::Kind kind) {
  if (kind == StepPlan::Kind::decode) return !std::get<SourceSpec>(spec.body).traits.decodes;
  if (kind == StepPlan::Kind::encode) return !std::get<SinkSpec>(spec.body).traits.encodes;
  return false;
}

}  // namespace

Segment::Segment(RunContext& context, SegmentIndex index)
    : context_(context), index_(index), plan_(context.plan.segments[index]) {
  for (const StepPlan& plan : plan_.steps) {
    const StageSpec& spec = context.graph.stages[plan.stage];
    Step step;
    step.plan = plan;
    step.slot = context.slots[plan.stage].get();
    step.io = context.io[plan.stage].get();
    step.limited = plan.kind == StepPlan::Kind::process && step.slot->limits().exist();
    step.always_open = !step.limited && !step.io && !step.slot->gate().exists() && !context.chaos;
    step.passes_on = !context.chaos && does_nothing(spec, plan.kind);
    step.watched = context.watchdog && spec.timeout.after > Duration::zero();
    // Where a stage only takes in, what it emitted would go nowhere: it gets no ports to emit on.
    if (!only_takes_in(spec, plan)) step.wanted = step.slot->wanted();
    step.groups.assign(writer_port(spec) + 1, kNoGroup);
    step.flow_rank.assign(context.plan.flows.size(), 0);
    const auto& flows = context.plan.stages[plan.stage].flows;
    for (std::size_t rank = 0; rank < flows.size(); ++rank)
      step.flow_rank[flows[rank]] = static_cast<std::uint32_t>(rank);
    if (!spec.inputs.empty()) {
      const auto edge = std::ranges::find_if(context.graph.edges, [&](const Edge& each) {
        return each.to == plan.stage && each.to_port == spec.inputs[plan.input].name;
      });
      step.fused_edge = static_cast<EdgeIndex>(edge - context.graph.edges.begin());
    }
    steps_.push_back(std::move(step));
  }
  find_loops();
}

void Segment::find_loops() {
  if (context_.chaos) return;  // which throws before a stage is called
  const auto may_be_looped = [](const Step& step) {
    return step.plan.kind == StepPlan::Kind::process && !step.limited && !step.io && !step.watched &&
           step.slot->stateless();
  };
  for (std::size_t first = 0; first < steps_.size(); ++first) {
    const auto* transform = std::get_if<TransformSpec>(&steps_[first].slot->spec().body);
    const FusedLoop* loop = transform ? transform->loop.get() : nullptr;
    if (!loop || first + loop->stages() > steps_.size()) continue;
    bool all = true;
    for (std::size_t i = 0; i < loop->stages(); ++i) {
      const Step& step = steps_[first + i];
      all = all && may_be_looped(step) && step.plan.stage == steps_[first].plan.stage + i;
    }
    if (all) steps_[first].loop = loop;
  }
}

void Segment::add_exit(std::size_t step, PortIndex port, Exit exit) {
  std::size_t& group = steps_[step].groups[port];
  if (group == kNoGroup) {
    group = groups_.size();
    groups_.push_back({.step = step, .port = port, .exits = {}});
  }
  groups_[group].exits.push_back(exit);
}

void Segment::watch(std::size_t step, InputEnds& ends) { steps_[step].ends = &ends; }

Receiver* Segment::sole_writer() const noexcept {
  const bool only_writes = steps_.size() == 1 && steps_.front().plan.kind == StepPlan::Kind::encode &&
                           groups_.size() == 1 && groups_.front().exits.size() == 1;
  return only_writes ? groups_.front().exits.front().receiver : nullptr;
}

bool Segment::run(TokenPtr token, WorkerIndex worker) {
  Onward onward;
  if (!run_here(std::move(token), worker, onward)) return false;
  run_on(std::move(onward), worker);
  return true;
}

void Segment::run_output(TokenPtr token, Emissions& given, WorkerIndex worker) {
  Pass pass(*this, std::move(token));
  pass.begin_output(given, worker);
  Onward onward;
  if (carry_on(pass, worker, onward)) run_on(std::move(onward), worker);
}

bool Segment::run_here(TokenPtr token, WorkerIndex worker, Onward& onward) {
  if (token->unfinished) {
    const std::unique_ptr<Unfinished> unfinished = std::move(token->unfinished);
    auto& pass = static_cast<Pass&>(*unfinished);
    pass.take_token(std::move(token));
    return carry_on(pass, worker, onward);
  }
  Pass pass(*this, std::move(token));
  pass.begin();
  return carry_on(pass, worker, onward);
}

bool Segment::carry_on(Pass& pass, WorkerIndex worker, Onward& onward) {
  if (pass.run(worker)) {
    onward = pass.finish();
    return true;
  }
  const WaitsFor what = pass.waits_for();
  TokenPtr token = pass.give_token();
  token->unfinished = std::make_unique<Pass>(std::move(pass));
  context_.wait_on_worker(what, [this, waiting = token.release()] { resume_(TokenPtr(waiting)); });
  return false;
}

void Segment::run_on(Onward onward, WorkerIndex worker) {
  while (onward.segment) {
    Segment& segment = *onward.segment;
    TokenPtr token = std::move(onward.token);
    onward = {};
    if (!segment.run_here(std::move(token), worker, onward)) return;
  }
}

}  // namespace weir::runtime
