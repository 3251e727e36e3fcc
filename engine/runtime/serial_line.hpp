// Lets one worker at a time through: tokens that come while another is under way wait in line, and whoever is
// inside takes them along. Nobody blocks, and a token that finds nobody inside costs no task.
//
// Self-synchronised. The line is no longer than the credits of the flows that reach it.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

#include "engine/runtime/token.hpp"

namespace weir::runtime {

class SerialLine {
 public:
  /// `serve` is called for one token at a time, in the order of `join`.
  explicit SerialLine(std::function<void(TokenPtr, WorkerIndex)> serve) : serve_(std::move(serve)) {}

  /// Puts a token at the end of the line. Cheap; may be called under the lock of whoever determines the
  /// order.
  void join(TokenPtr token) {
    const std::lock_guard lock(mutex_);
    line_.push_back(std::move(token));
  }

  /// Serves the line until it is empty, unless somebody else is doing so. Without any lock held, after
  /// `join`.
  void advance(WorkerIndex worker) {
    std::unique_lock lock(mutex_);
    if (serving_) return;
    serving_ = true;
    while (!line_.empty()) {
      TokenPtr token = std::move(line_.front());
      line_.pop_front();
      lock.unlock();
      serve_(std::move(token), worker);
      lock.lock();
    }
    serving_ = false;
  }

 private:
  const std::function<void(TokenPtr, WorkerIndex)> serve_;
  std::mutex mutex_;
  std::deque<TokenPtr> line_;  ///< guarded by mutex_, as is serving_
  bool serving_ = false;
};

}  // namespace weir::runtime
