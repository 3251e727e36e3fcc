#include "engine/runtime/stage_supervisor.hpp"

#include <algorithm>
#include <utility>

#include "engine/supervision/supervision_plan.hpp"
#include "engine/telemetry/duration_text.hpp"

namespace weir::runtime {

StageSupervisor::StageSupervisor(RunContext& context)
    : context_(context),
      build_order_(build_order(context.graph)),
      tree_(supervision_plan(context.graph, context.options.seed)),
      waiting_(context.graph.stages.size()),
      restarts_(context.graph.stages.size()),
      node_(context.scheduler.graph(), tbb::flow::serial, [this](OperationPtr operation) {
        const Scheduler::Body body(context_.scheduler);
        Lock lock(mutex_);
        rebuild(lock, operation);
        return tbb::flow::continue_msg{};
      }) {}

bool StageSupervisor::restart(StageIndex stage, std::uint64_t incarnation, const ErrorInfo& cause) {
  Lock lock(mutex_);
  Slot& slot = *context_.slots[stage];
  if (slot.gone()) return false;
  if (released_ || slot.incarnation() != incarnation || slot.gate().is_closed()) return true;
  if (!why_given_up_.empty()) return false;  // once is enough: the run ends
  const Verdict verdict = tree_.child_failed(stage, context_.clock().now());
  if (const auto* again = std::get_if<Restart>(&verdict)) {
    ++restarts_[stage];
    begin(lock, *again, stage, cause);
    return true;
  }
  if (const auto* end = std::get_if<GiveUp>(&verdict)) give_up(*end, stage, cause);
  return false;
}

ErrorInfo StageSupervisor::gave_up(ErrorInfo cause) const {
  const std::lock_guard lock(mutex_);
  if (!why_given_up_.empty()) cause.message += "; " + why_given_up_;
  return cause;
}

void StageSupervisor::begin(Lock& lock, const Restart& restart, StageIndex failed, const ErrorInfo& cause) {
  tell_escalations(restart.escalated, failed);
  const auto operation = std::make_shared<Operation>();
  operation->failed = failed;
  include(*operation, restart);
  operations_.push_back(operation);
  Event event{.kind = EventKind::restarting,
              .stage = context_.graph.stages[failed].name,
              .incarnation = context_.slots[failed]->incarnation(),
              .error = cause,
              .delay = restart.delay,
              .group = tree_.plan().groups[restart.group].name};
  for (const StageIndex stage : operation->stages)
    event.stages.push_back(context_.graph.stages[stage].name);
  context_.events.tell(std::move(event));
  go_on_when_due(lock, operation);
}

void StageSupervisor::include(Operation& operation, const Restart& restart) {
  operation.due = std::max(operation.due, context_.clock().now() + restart.delay);
  for (const StageIndex stage : restart.children) {
    // What is being rebuilt at this moment will be as new as anything.
    const bool under_way = std::ranges::any_of(operations_, [&](const OperationPtr& other) {
      return other.get() != &operation && other->rebuilding && other->stages.contains(stage);
    });
    if (under_way) continue;
    operation.stages.insert(stage);
    context_.slots[stage]->gate().close();
  }
  // Operations that still wait and share a stage with this one are done by it.
  std::erase_if(operations_, [&](const OperationPtr& other) {
    const bool shares = other.get() != &operation && !other->rebuilding &&
                        std::ranges::any_of(other->stages, [&](StageIndex stage) {
                          return operation.stages.contains(stage);
                        });
    if (!shares) return false;
    operation.stages.insert(other->stages.begin(), other->stages.end());
    operation.due = std::max(operation.due, other->due);
    return true;
  });
}

void StageSupervisor::go_on_when_due(Lock& lock, const OperationPtr& operation) {
  if (operation->due <= context_.clock().now() || context_.draining()) return try_rebuild(lock, operation);
  context_.wait_on_worker(UntilTime{operation->due}, [this, operation] {
    Lock later(mutex_);
    try_rebuild(later, operation);
  });
}

void StageSupervisor::left(StageIndex stage) {
  Lock lock(mutex_);
  try_rebuild_with(lock, stage);
}

void StageSupervisor::try_rebuild_with(Lock& lock, StageIndex stage) {
  const auto at = std::ranges::find_if(
      operations_, [&](const OperationPtr& operation) { return operation->stages.contains(stage); });
  if (at == operations_.end()) return;
  const OperationPtr operation = *at;
  try_rebuild(lock, operation);
}

void StageSupervisor::try_rebuild(Lock& lock, const OperationPtr& operation) {
  const bool waits = std::ranges::find(operations_, operation) != operations_.end() && !operation->rebuilding;
  if (!waits || (operation->due > context_.clock().now() && !context_.draining())) return;
  const bool quiescent = std::ranges::all_of(
      operation->stages, [&](StageIndex stage) { return context_.slots[stage]->gate().is_empty(); });
  if (!quiescent) return;
  operation->rebuilding = true;
  // A sink may still be writing, and fail, when no worker is left.
  if (operation->stages.size() == 1 || context_.scheduler.at_rest()) return rebuild(lock, operation);
  lock.unlock();
  context_.scheduler.post([this, operation] { node_.try_put(operation); });
  lock.lock();
}

void StageSupervisor::rebuild(Lock& lock, const OperationPtr& operation) {
  lock.unlock();
  ErrorInfo error;
  const std::optional<StageIndex> failed = build(operation->stages, error);
  lock.lock();
  if (failed) return failed_again(lock, operation, *failed, std::move(error));
  for (const StageIndex stage : operation->stages) {
    context_.events.tell({.kind = EventKind::restarted,
                          .stage = context_.graph.stages[stage].name,
                          .incarnation = context_.slots[stage]->incarnation()});
  }
  end(operation);
}

std::optional<StageIndex> StageSupervisor::build(const std::set<StageIndex>& stages, ErrorInfo& error) {
  for (auto stage = build_order_.rbegin(); stage != build_order_.rend(); ++stage) {
    if (stages.contains(*stage) && !context_.slots[*stage]->take_down(error)) return *stage;
  }
  for (const StageIndex stage : build_order_) {
    if (!stages.contains(stage)) continue;
    if (context_.chaos && !context_.chaos->admits_open(stage, error)) return stage;
    if (!context_.slots[stage]->bring_up(error)) return stage;
  }
  return std::nullopt;
}

void StageSupervisor::failed_again(Lock& lock, const OperationPtr& operation, StageIndex stage,
                                   ErrorInfo error) {
  context_.events.tell({.kind = EventKind::restart_failed,
                        .stage = context_.graph.stages[stage].name,
                        .incarnation = context_.slots[stage]->incarnation(),
                        .error = error});
  const Verdict verdict = tree_.child_failed(stage, context_.clock().now());
  if (const auto* again = std::get_if<Restart>(&verdict)) {
    ++restarts_[stage];
    tell_escalations(again->escalated, stage);
    operation->rebuilding = false;
    include(*operation, *again);
    return go_on_when_due(lock, operation);
  }
  if (const auto* all = std::get_if<GiveUp>(&verdict)) give_up(*all, stage, error);
  // Those that were built before it are up; it and those that wait for it are not, and will not be.
  const auto first = std::ranges::find(build_order_, stage);
  for (auto down = first; down != build_order_.end(); ++down) {
    if (operation->stages.contains(*down)) context_.slots[*down]->give_up();
  }
  if (!why_given_up_.empty()) error.message += "; " + why_given_up_;
  context_.fail({.phase = 1, .stage = stage},
                {.stage = context_.graph.stages[stage].name, .during = "open", .error = std::move(error)});
  end(operation);
}

void StageSupervisor::give_up(const GiveUp& verdict, StageIndex stage, const ErrorInfo& cause) {
  const std::vector<GroupIndex> below_root(verdict.escalated.begin(), std::prev(verdict.escalated.end()));
  tell_escalations(below_root, stage);
  const TreeGroup& group = tree_.plan().groups[verdict.escalated.front()];
  why_given_up_ = "no restart is left, after " + std::to_string(group.policy.max_restarts) + " within " +
                  duration_text(group.policy.within);
  if (!group.name.empty()) why_given_up_ += " in group '" + group.name + "'";
  context_.events.tell({.kind = EventKind::gave_up,
                        .stage = context_.graph.stages[stage].name,
                        .incarnation = context_.slots[stage]->incarnation(),
                        .error = cause,
                        .detail = why_given_up_});
}

void StageSupervisor::tell_escalations(const std::vector<GroupIndex>& groups, StageIndex failed) {
  for (const GroupIndex group : groups) {
    context_.events.tell({.kind = EventKind::escalated,
                          .stage = context_.graph.stages[failed].name,
                          .group = tree_.plan().groups[group].name});
  }
}

void StageSupervisor::end(const OperationPtr& operation) {
  std::erase(operations_, operation);
  for (const StageIndex stage : operation->stages) {
    const bool again = std::ranges::any_of(
        operations_, [&](const OperationPtr& other) { return other->stages.contains(stage); });
    if (again) continue;
    context_.slots[stage]->gate().open();
    for (const auto& go_on : std::exchange(waiting_[stage], {}))
      go_on();
  }
}

bool StageSupervisor::wait_at_gate(StageIndex stage, std::function<void()> go_on) {
  Lock lock(mutex_);
  const Slot& slot = *context_.slots[stage];
  if (released_ || slot.gone() || !context_.slots[stage]->gate().is_closed()) return false;
  waiting_[stage].push_back(std::move(go_on));
  try_rebuild_with(lock, stage);  // which may have waited for us to turn round
  return true;
}

void StageSupervisor::release_all() {
  const Lock lock(mutex_);
  released_ = true;
  for (auto& waiting : waiting_) {
    for (const auto& go_on : std::exchange(waiting, {}))
      go_on();
  }
}

std::uint64_t StageSupervisor::restarts() const {
  const Lock lock(mutex_);
  return tree_.restarts();
}

std::uint64_t StageSupervisor::restarts_of(StageIndex stage) const {
  const Lock lock(mutex_);
  return restarts_[stage];
}

}  // namespace weir::runtime
