// Running a graph.
//
//     weir::RunReport report = weir::run(graph, {.threads = 8});
//
// A run makes an arena of its own and needs no global state; `ThreadLimit` is there for programs that want
// more threads than the machine has cores, or fewer for everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "weir/chaos.hpp"
#include "weir/clock.hpp"
#include "weir/event.hpp"
#include "weir/graph.hpp"
#include "weir/run_report.hpp"

namespace weir {

/// Defaults of a run's limits, per source.
inline constexpr std::size_t kCreditsPerThread = 4;                        ///< tokens in flight a thread
inline constexpr std::size_t kCreditBytesDefault = std::size_t{64} << 20;  ///< bytes in flight

inline constexpr Duration kDrainTimeoutDefault = std::chrono::seconds(5);

/// How a graph is run. The defaults are for a batch job that has the machine to itself.
struct RunOptions {
  std::size_t threads = 0;        ///< 0: as many as the machine has
  std::size_t credit_tokens = 0;  ///< tokens in flight a source; 0: kCreditsPerThread a thread
  std::size_t credit_bytes = kCreditBytesDefault;
  std::stop_token stop = {};  ///< asks for a drain, as request_stop does
  bool fuse = true;  ///< false: every stage is a node of its own, for finding faults and for measuring what a
                     ///< node costs
  std::vector<Observer> observers = {};  ///< are told what happens
  Duration deadline{0};                  ///< then the run drains, as after request_stop; 0: none
  /// How long a run may take to drain once its deadline is reached; after it `run` returns all the same,
  /// names the stages that are still at work, and leaves their threads behind.
  Duration drain_timeout = kDrainTimeoutDefault;
  std::uint64_t seed = 1;  ///< of the jitter of delays
  std::optional<ChaosOptions> chaos = {};
  const Clock* clock = nullptr;  ///< null: the machine's; else it must outlive the run
};

/// A run under way. Destroying it asks for a stop and waits for the end.
class RunHandle {
 public:
  /// A handle that was moved from may only be destroyed or assigned to.
  RunHandle(RunHandle&&) noexcept;
  /// The run that it had is destroyed first.
  RunHandle& operator=(RunHandle&&) noexcept;
  ~RunHandle();

  /// Asks the run to drain: sources stop, what is in flight is finished, nothing is published. From any
  /// thread.
  void request_stop() noexcept;
  /// Asks the run to end now: what is in flight is abandoned, and counted so. From any thread.
  void stop_now() noexcept;
  /// Waits for the end and gives the report. Once.
  RunReport wait();
  /// Waits for the end, but no longer than `limit` by the machine's clock. Whether it has come.
  bool wait_for(Duration limit) const;
  /// Whether the run has ended.
  bool done() const noexcept;
  /// The counters as they stand. From any thread; they are not of one instant.
  RunReport snapshot() const;

 private:
  friend RunHandle start(Graph graph, RunOptions options);
  class Impl;
  explicit RunHandle(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Runs a graph to its end, on the calling thread and those of its arena. Failures of stages are in the
/// report. Throws UsageError when the graph does not validate (all problems in the message) or when called
/// from a stage.
RunReport run(const Graph& graph, const RunOptions& options = {});

/// Runs a graph on a thread of its own. Throws as `run` does.
RunHandle start(Graph graph, RunOptions options = {});

/// While it lives, the process uses at most (and, if asked for more than there are cores, as many as)
/// `threads` threads for runs. For programs and tests; the library itself never sets global state.
class ThreadLimit {
 public:
  /// Of several, the least holds.
  explicit ThreadLimit(std::size_t threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
