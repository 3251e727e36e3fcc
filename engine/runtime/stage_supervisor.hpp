// Rebuilds failed stages while the rest of the graph runs.
//
// The worker whose call failed asks for a restart and gets its answer at once. Where one stage is to be
// rebuilt and no call is inside, that worker rebuilds it itself; else whoever leaves last, a timer, or the
// supervisor's own node of the flow graph goes on with it, and what needs the stage meanwhile waits at its
// closed gate. Nobody blocks. Self-synchronised.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/runtime/run_context.hpp"
#include "engine/supervision/supervision_tree.hpp"

namespace weir::runtime {

class StageSupervisor {
 public:
  explicit StageSupervisor(RunContext& context);

  /// Asks that `stage` be rebuilt, for a call of incarnation `incarnation` that failed with `cause`. True: it
  /// has been, or is being, rebuilt: try again, and wait where the gate is closed. False: it will not be; see
  /// `reason`.
  bool restart(StageIndex stage, std::uint64_t incarnation, const ErrorInfo& cause);
  /// `cause`, with why the stage was not rebuilt once more.
  ErrorInfo gave_up(ErrorInfo cause) const;

  /// A call has left a closed gate, or turned round at it.
  void left(StageIndex stage);
  /// Calls `go_on` once the stage's gate is open, or there is nothing left to wait for. False: it is so
  /// already. `go_on` is called by whichever thread opens the gate, and must be short.
  bool wait_at_gate(StageIndex stage, std::function<void()> go_on);
  /// Ends all these waits: the run is stopped.
  void release_all();

  std::uint64_t restarts() const;
  std::uint64_t restarts_of(StageIndex stage) const;

 private:
  /// One restart under way.
  struct Operation {
    std::set<StageIndex> stages;
    TimePoint due{};
    StageIndex failed = 0;
    bool rebuilding = false;
  };
  using OperationPtr = std::shared_ptr<Operation>;
  using Lock = std::unique_lock<std::mutex>;

  // All of these are called with the lock, which those that take it let go for a while.
  void begin(Lock& lock, const Restart& restart, StageIndex failed, const ErrorInfo& cause);
  void include(Operation& operation, const Restart& restart);
  void go_on_when_due(Lock& lock, const OperationPtr& operation);
  void try_rebuild(Lock& lock, const OperationPtr& operation);
  void try_rebuild_with(Lock& lock, StageIndex stage);
  void rebuild(Lock& lock, const OperationPtr& operation);
  void failed_again(Lock& lock, const OperationPtr& operation, StageIndex stage, ErrorInfo error);
  void give_up(const GiveUp& verdict, StageIndex stage, const ErrorInfo& cause);
  void tell_escalations(const std::vector<GroupIndex>& groups, StageIndex failed);
  void end(const OperationPtr& operation);

  /// Without the lock: answers the stage that could not be built; nothing: all are up.
  std::optional<StageIndex> build(const std::set<StageIndex>& stages, ErrorInfo& error);

  RunContext& context_;
  const std::vector<StageIndex> build_order_;  ///< sinks first, sources last
  mutable std::mutex mutex_;
  SupervisionTree tree_;  ///< guarded by mutex_, as is all below
  std::vector<OperationPtr> operations_;
  std::vector<std::vector<std::function<void()>>> waiting_;  ///< one a stage
  std::vector<std::uint64_t> restarts_;                      ///< one a stage
  std::string why_given_up_;  ///< by the topmost group; empty: it has not given up
  bool released_ = false;
  tbb::flow::function_node<OperationPtr> node_;  ///< runs what concerns several stages
};

}  // namespace weir::runtime
