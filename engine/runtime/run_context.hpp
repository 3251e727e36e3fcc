// What all parts of one run share: the graph and its plan, counters, slots, whether to go on, and the first
// failure.
//
// Constant after construction save where a member says otherwise.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/graph/plan.hpp"
#include "engine/runtime/scheduler.hpp"
#include "engine/runtime/slot.hpp"
#include "engine/telemetry/counters.hpp"
#include "weir/run.hpp"

namespace weir::runtime {

/// Where in the order of a run something failed. Of several failures the least is reported, so that the same
/// input gives the same report whatever the scheduling: all that comes before a failure is finished before
/// the run ends.
struct FailurePlace {
  std::uint64_t phase = 0;  ///< 0: opening, 1: running, 2: publishing
  FlowIndex flow = 0;
  std::uint64_t sequence = 0;
  StageIndex stage = 0;
  std::uint64_t row = 0;
  friend auto operator<=>(const FailurePlace&, const FailurePlace&) = default;
};

class RunContext {
 public:
  RunContext(const Graph& graph, const RunOptions& options);

  const Graph graph;
  const ExecutionPlan plan;
  const RunOptions options;
  Scheduler scheduler;
  const std::vector<WorkerIndex>
      thread_workers;  ///< one a stage: the counters of the thread that it may have
  Counters counters;
  std::vector<std::unique_ptr<Slot>> slots;

  /// The run fails: sources stop, what is in flight is finished. From any thread.
  void fail(const FailurePlace& place, Failure failure);
  std::optional<Failure> failure() const;

  /// From any thread.
  void request_stop() noexcept;
  void stop_now() noexcept;
  /// Sources hand out no more work.
  bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
  bool stop_requested() const noexcept { return stop_requested_.load(); }
  /// What is in flight is abandoned.
  bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

  /// The stage needs no further input, nor do those upstream that feed nobody else. From any thread.
  void say_enough(StageIndex stage);
  bool unneeded(StageIndex stage) const noexcept { return unneeded_[stage].load(std::memory_order_relaxed); }
  /// Whether all that read the stage's output (errors aside) have said so.
  bool output_unneeded(StageIndex stage) const noexcept;

  /// Called, on any thread, when sources must stop: all of them, or stage `stage`. Set before the run begins.
  std::function<void(std::optional<StageIndex> stage)> wake_sources;

 private:
  void drain() noexcept;

  std::atomic<bool> draining_{false}, stop_requested_{false}, stopped_{false};
  std::vector<std::atomic<bool>> unneeded_;
  mutable std::mutex mutex_;
  std::optional<std::pair<FailurePlace, Failure>> failure_;  ///< guarded by mutex_
};

}  // namespace weir::runtime
