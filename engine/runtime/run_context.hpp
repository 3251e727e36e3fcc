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
#include <stop_token>
#include <vector>

#include "engine/graph/plan.hpp"
#include "engine/runtime/event_stream.hpp"
#include "engine/runtime/io_threads.hpp"
#include "engine/runtime/scheduler.hpp"
#include "engine/runtime/slot.hpp"
#include "engine/runtime/timers.hpp"
#include "engine/runtime/waiting.hpp"
#include "engine/runtime/watchdog.hpp"
#include "engine/supervision/chaos.hpp"
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

class StageSupervisor;

class RunContext {
 public:
  /// `arena`: the caller's; null: the run makes one.
  RunContext(const Graph& graph, const RunOptions& options, tbb::task_arena* arena);
  ~RunContext();

  const Graph graph;
  const ExecutionPlan plan;
  const RunOptions options;
  Scheduler scheduler;
  const std::vector<WorkerIndex>
      thread_workers;  ///< one a stage: the counters of the thread that it may have
  Counters counters;
  const std::shared_ptr<RunSignals> signals;  ///< shared with calls that were left behind
  std::vector<std::unique_ptr<Slot>> slots;
  const std::shared_ptr<Chaos> chaos;  ///< null: none
  EventStream events;
  const std::unique_ptr<Watchdog> watchdog;    ///< null: no stage has a timeout
  std::vector<std::unique_ptr<IoThreads>> io;  ///< one a stage; null: it has no threads of its own
  const std::unique_ptr<StageSupervisor> supervisor;
  Timers timers;

  const Clock& clock() const noexcept { return timers.clock(); }

  /// Calls `go_on` when that has come, on whichever thread brings it; it must be short. The run does not end
  /// before.
  void wait(WaitsFor what, std::function<void()> go_on);
  /// The same, but calls it on a worker.
  void wait_on_worker(WaitsFor what, std::function<void()> go_on);

  /// The run fails: sources stop, what is in flight is finished. From any thread.
  void fail(const FailurePlace& place, Failure failure);
  /// How a call of a stage with limits ended.
  void tell_outcome(StageIndex stage, bool succeeded);
  /// A record of the stage went out as dead or skipped: that may be one too many.
  void count_bad_record(StageIndex stage);
  /// The stage has more bad records than its policy lets the run have.
  void fail_threshold(StageIndex stage, std::string message);
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

  std::stop_source stop_source_;
  std::atomic<bool> draining_{false}, stop_requested_{false}, stopped_{false};
  std::vector<std::atomic<bool>> unneeded_;
  mutable std::mutex mutex_;
  std::optional<std::pair<FailurePlace, Failure>> failure_;  ///< guarded by mutex_
};

}  // namespace weir::runtime
