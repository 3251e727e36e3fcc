// Lets one worker at a time through: tokens that come while another is under way wait in line, and whoever is
// inside takes them along. Nobody blocks, and a token that finds nobody inside costs no task. A token that
// has to wait for something keeps its place: the line stands until it comes back.
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
  /// `serve` is called for one token at a time, in the order of `join`. It answers false where the token has
  /// to wait, and will be served by `resume`.
  explicit SerialLine(std::function<bool(TokenPtr, WorkerIndex)> serve) : serve_(std::move(serve)) {}

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
    serve_line(lock, worker);
  }

  /// Serves the token that had to wait, and the line behind it.
  void resume(TokenPtr token, WorkerIndex worker) {
    if (!serve_(std::move(token), worker)) return;
    std::unique_lock lock(mutex_);
    serve_line(lock, worker);
  }

 private:
  void serve_line(std::unique_lock<std::mutex>& lock, WorkerIndex worker) {
    while (!line_.empty()) {
      TokenPtr token = std::move(line_.front());
      line_.pop_front();
      lock.unlock();
      if (!serve_(std::move(token), worker)) return;  // `serving_` stays: the line stands
      lock.lock();
    }
    serving_ = false;
  }

  const std::function<bool(TokenPtr, WorkerIndex)> serve_;
  std::mutex mutex_;
  std::deque<TokenPtr> line_;  ///< guarded by mutex_, as is serving_
  bool serving_ = false;
};

}  // namespace weir::runtime
