// The line on a terminal that shows how far a run is.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/console.hpp"
#include "weir/run.hpp"

namespace weir {

/// Redraws the line a few times a second on a thread of its own, from construction until destruction, which
/// removes the line. `run` and `console` outlive it.
class ProgressLine {
 public:
  ProgressLine(const RunHandle& run, Console& console);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void redraw_until_ended();

  const RunHandle& run_;
  Console& console_;
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;  // guarded by mutex_
  std::thread thread_;  // last: it uses the others
};

}  // namespace weir
