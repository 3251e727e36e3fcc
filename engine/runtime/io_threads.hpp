// Threads of a stage's own, for calls that wait for something outside: so that no worker of the run waits
// with them.
//
// Calls are made in the order of `submit`, at most as many at once as there are threads. A thread whose call
// is abandoned is left behind, and another takes its place. Self-synchronised.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/runtime/io_call.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

class Watchdog;

class IoThreads {
 public:
  /// `watchdog`: is shown the calls, where the stage has a timeout; else null.
  IoThreads(const StageSpec& spec, std::vector<bool> wanted, StageIndex index, Watchdog* watchdog);
  /// Waits for the threads, those left behind excepted.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  const std::shared_ptr<const IoCall::Stage>& stage() const noexcept { return stage_; }
  /// Never waits: calls that wait their turn are as many as the credits of what can reach the stage.
  void submit(std::shared_ptr<IoCall> call);
  /// Whether a call is under way. From any thread.
  bool is_busy() const noexcept;

 private:
  struct Shared;
  const std::shared_ptr<const IoCall::Stage> stage_;
  const std::shared_ptr<Shared> shared_;  ///< with threads, also those left behind
};

}  // namespace weir::runtime
