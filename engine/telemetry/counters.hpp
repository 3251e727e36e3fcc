// Counters of a run: one set a worker, summed when somebody asks.
//
// Each worker adds to counters of its own with plain loads and stores, so that counting costs no locked
// instruction and no shared cache line. Readers may look at any time and see each counter at some recent
// value.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/graph.hpp"
#include "weir/run_report.hpp"

namespace weir {

using EdgeIndex = std::size_t;
/// Which of a run's threads: below the arena's slots for its workers, above for threads of blocking sources
/// and sinks.
using WorkerIndex = std::size_t;

/// Keeps workers' counters on cache lines of their own, adjacent-line prefetch included.
inline constexpr std::size_t kCacheLinePair = 128;

/// Written by one thread at a time, read by any.
class Counter {
 public:
  void add(std::uint64_t count) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The counters of one stage on one worker; see StageReport for what they mean.
struct alignas(kCacheLinePair) StageCounters {
  Counter in, made, processed, dead, skipped, dropped, unneeded, abandoned, filtered, emitted;
  Counter batches, failures, retried, bisect_calls, busy_ns;
};

/// The counters of one edge on one worker.
struct EdgeCounters {
  Counter emitted, received;
};

/// The counters of one worker, and what it is doing.
struct WorkerCounters {
  static constexpr StageIndex kNoStage = static_cast<StageIndex>(-1);

  std::vector<StageCounters> stages;
  std::vector<EdgeCounters> edges;
  std::atomic<StageIndex> inside{kNoStage};  ///< the stage whose code it runs
};

class Counters {
 public:
  Counters(std::size_t workers, const Graph& graph);

  std::size_t workers() const noexcept { return workers_.size(); }
  WorkerCounters& worker(WorkerIndex worker) noexcept { return workers_[worker]; }
  StageCounters& stage(WorkerIndex worker, StageIndex stage) noexcept {
    return workers_[worker].stages[stage];
  }
  EdgeCounters& edge(WorkerIndex worker, EdgeIndex edge) noexcept { return workers_[worker].edges[edge]; }

  /// The stages that some worker is in at this moment, in their order.
  std::vector<StageIndex> busy_stages() const;

  /// Fills in `stages` and `edges`.
  void report(const Graph& graph, RunReport& report) const;

 private:
  std::vector<WorkerCounters> workers_;
};

}  // namespace weir
