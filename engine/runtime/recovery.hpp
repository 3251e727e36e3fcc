// What is done about a call that failed, whoever made it: the one place where retries and restarts are
// carried out.
//
// On the thread that made the call, after it has left the stage's gate.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/runtime/run_context.hpp"
#include "weir/error_policy.hpp"

namespace weir::runtime {

struct FailedCall {
  StageIndex stage = 0;
  WorkerIndex worker = 0;         ///< whose counters
  std::uint64_t incarnation = 0;  ///< that was called
  std::uint32_t failures = 0;     ///< of what was tried, with this one
  std::uint64_t sequence = 0;     ///< tells delays of different work apart
  Origin origin = {};
};

/// Decides by the stage's policy, tries to have the stage rebuilt where that says so, counts and tells.
/// Answers when the call is to be made again; nothing: it has failed for good, for which `error` is then the
/// whole reason. A stage that is being rebuilt is not ready at once: its gate tells.
std::optional<TimePoint> recover(RunContext& context, const FailedCall& call, const Decision& decision,
                                 ErrorInfo& error);

/// The same as something to wait for.
inline WaitsFor until(StageIndex stage, TimePoint due, TimePoint now) {
  return due > now ? WaitsFor(UntilTime{due}) : WaitsFor(UntilRebuilt{stage});
}

/// Lets a call with `rows` records into a stage, as its rate, its gate and its circuit breaker allow, in this
/// order. Nothing: it is in. `paid`: the rate has been paid for the call; kept by the caller until it is in.
std::optional<WaitsFor> enter(RunContext& context, StageIndex stage, WorkerIndex worker, std::size_t rows,
                              bool& paid);
/// It has left.
void leave(RunContext& context, StageIndex stage, WorkerIndex worker);

}  // namespace weir::runtime
