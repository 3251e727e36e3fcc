#include "engine/runtime/recovery.hpp"

#include <utility>

#include "engine/runtime/stage_supervisor.hpp"

namespace weir::runtime {

std::optional<TimePoint> recover(RunContext& context, const FailedCall& call, const Decision& decision,
                                 ErrorInfo& error) {
  const TimePoint now = context.clock().now();
  StageCounters& counters = context.counters.stage(call.worker, call.stage);
  if (decision.kind == Decision::Kind::restart) {
    if (!context.supervisor->restart(call.stage, call.incarnation, error)) {
      error = context.supervisor->gave_up(std::move(error));
      return std::nullopt;
    }
    counters.retried.add(1);
    return now;
  }
  if (decision.kind != Decision::Kind::retry) return std::nullopt;
  counters.retried.add(1);
  const Duration delay = decision.step->backoff.delay(decision.nth, context.options.seed ^ call.sequence);
  context.events.tell_of_record(EventKind::retried, call.stage, [&] {
    return Event{.stage = context.graph.stages[call.stage].name,
                 .incarnation = call.incarnation,
                 .attempts = call.failures,
                 .error = error,
                 .origin = call.origin,
                 .delay = delay};
  });
  return context.draining() ? now : now + delay;
}

std::optional<WaitsFor> enter(RunContext& context, StageIndex stage, WorkerIndex worker, std::size_t rows,
                              bool& paid) {
  Slot& slot = *context.slots[stage];
  const bool limited = slot.limits().exist() && !context.draining();
  if (limited && !paid) {
    const TimePoint now = context.clock().now();
    paid = true;
    if (const TimePoint turn = slot.limits().reserve(rows, now); turn > now) return UntilTime{turn};
  }
  if (!slot.gate().enter(worker)) return UntilRebuilt{stage};
  if (limited) {
    // Last, since what the breaker lets through must be called.
    if (const auto due = slot.limits().admit(context.clock().now())) {
      leave(context, stage, worker);
      return UntilClosed{stage, *due};
    }
  }
  paid = false;
  return std::nullopt;
}

void leave(RunContext& context, StageIndex stage, WorkerIndex worker) {
  if (context.slots[stage]->gate().leave(worker)) context.supervisor->left(stage);
}

}  // namespace weir::runtime
