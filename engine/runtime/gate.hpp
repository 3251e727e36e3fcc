// The way into a stage: counts the calls that are inside, and keeps new ones out while the stage is rebuilt.
//
// Entering and leaving touch a line of the worker's own, so that calls of many workers do not meet. Closing
// is dear, and rare. Self-synchronised; a call enters and leaves with one worker index, which no other thread
// uses meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/telemetry/counters.hpp"

namespace weir::runtime {

class Gate {
 public:
  /// Without `workers` the gate is always open and counts nothing: for a stage that is never rebuilt.
  explicit Gate(std::size_t workers) : inside_(workers) {}

  /// False: closed. True: leave afterwards.
  bool enter(WorkerIndex worker) noexcept {
    if (inside_.empty()) return true;
    std::atomic<std::uint32_t>& calls = inside_[worker].calls;
    // Either we see `closed_`, or whoever closes sees our call: both are sequentially consistent.
    calls.store(calls.load(std::memory_order_relaxed) + 1);
    if (!closed_.load()) return true;
    leave(worker);
    return false;
  }
  /// True: somebody may be waiting for the last call to leave.
  bool leave(WorkerIndex worker) noexcept {
    if (inside_.empty()) return false;
    std::atomic<std::uint32_t>& calls = inside_[worker].calls;
    calls.store(calls.load(std::memory_order_relaxed) - 1);
    return closed_.load();
  }

  bool exists() const noexcept { return !inside_.empty(); }
  void close() noexcept { closed_.store(true); }
  void open() noexcept { closed_.store(false); }
  bool is_closed() const noexcept { return closed_.load(); }
  /// Whether no call is inside. Final only while the gate is closed.
  bool is_empty() const noexcept {
    for (const Inside& inside : inside_) {
      if (inside.calls.load() != 0) return false;
    }
    return true;
  }

 private:
  struct alignas(kCacheLinePair) Inside {
    std::atomic<std::uint32_t> calls{0};
  };
  std::vector<Inside> inside_;  ///< one a worker
  std::atomic<bool> closed_{false};
};

}  // namespace weir::runtime
