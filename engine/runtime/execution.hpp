// One run of one graph, from opening its stages to publishing what its sinks wrote.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "engine/runtime/lowered_graph.hpp"
#include "engine/runtime/run_context.hpp"
#include "weir/run.hpp"

namespace weir::runtime {

class Execution {
 public:
  /// Throws UsageError, with all problems, when the graph does not validate. `arena`: where it runs; null: in
  /// one of its own.
  Execution(const Graph& graph, const RunOptions& options, tbb::task_arena* arena = nullptr);

  /// Runs to the end. Once, by one thread that is not inside a body.
  RunReport run();

  /// From any thread, at any time.
  void request_stop() noexcept { context_.request_stop(); }
  void stop_now() noexcept { context_.stop_now(); }
  RunReport snapshot() const;
  /// When the run is to be given up; nothing: never.
  std::optional<TimePoint> given_up_at() const;
  const Clock& clock() const noexcept { return context_.clock(); }
  /// What is known of a run that is given up, with the stages that are still at work.
  RunReport report_given_up() const;

 private:
  bool open_stages();
  void set_deadline();
  /// Fails the run where a stage refused a larger share of its records than it may.
  void check_shares();
  /// A run that nobody stopped must not end with something undone: that is told, never taken for a drain.
  void fail_stuck();
  /// `reached`: what the run had come to when publishing began.
  void publish(RunStatus reached);
  RunStatus status() const;

  RunContext context_;
  LoweredGraph lowered_;
  std::atomic<TimePoint> begun_{};  ///< the epoch: not yet
  std::atomic<bool> sources_open_{false};
  std::atomic<bool> deadline_reached_{false};
};

}  // namespace weir::runtime
