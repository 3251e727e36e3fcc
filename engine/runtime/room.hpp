// Where posters wait while a pool's queue is full.
//
// Each place that becomes free lets one of them go on. None is forgotten: a poster says that it waits, then
// looks whether the queue is full; a worker takes a job, then looks whether somebody waits; both in the one
// order that sequentially consistent operations have. Self-synchronised.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "weir/clock.hpp"

namespace weir::runtime {

class Room {
 public:
  /// `is_full` is called with a lock held, and must read what workers write in that one order.
  explicit Room(std::function<bool()> is_full) : is_full_(std::move(is_full)) {}

  /// A job was taken. From any thread.
  void made() noexcept {
    if (waiting_.load() > 0) let_one_go_on();
  }

  /// Waits until there may be room, or it was closed: true, try again; or until `deadline`, or `stop` is
  /// requested: false.
  bool wait(const Clock& clock, std::optional<TimePoint> deadline, const std::stop_token& stop);

  /// Nobody waits any more.
  void close() noexcept;

 private:
  void let_one_go_on() noexcept;

  const std::function<bool()> is_full_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t may_go_on_ = 0;  ///< of those who wait; guarded by mutex_, as is closed_
  bool closed_ = false;
  alignas(128) std::atomic<std::size_t> waiting_{0};  ///< whom nobody has let go on; changes with mutex_ held
};

}  // namespace weir::runtime
