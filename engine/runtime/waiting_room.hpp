// Where threads wait for one of many like things: an item to receive, room to send.
//
// A thread enlists, looks once more for what it wants, and only then waits. Who brings a thing wakes one of
// those enlisted. So nothing is missed: what was brought before a thread enlisted, it finds when it looks;
// what is brought later wakes it. A wake-up stands for one thing, and is never lost: who leaves with what it
// found by itself, though it was woken meanwhile, hands the wake-up on.
//
// Self-synchronised, first come, first woken. Nobody calls out while it holds the mutex, so that it may be
// taken under any other lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>

#include "weir/clock.hpp"

namespace weir::runtime {

enum class WakeReason : unsigned char { woken, timed_out, stopped };

class WaitingRoom {
 public:
  class Visit;

  /// Wakes up to `count` of those enlisted. True: others are still there.
  bool wake(std::size_t count) noexcept;
  void wake_all() noexcept { wake(static_cast<std::size_t>(-1)); }
  /// Whether anybody is enlisted and not woken. Final only for those who enlisted before something that the
  /// caller has synchronised with.
  bool is_occupied() const noexcept { return enlisted_.load(std::memory_order_relaxed) != 0; }

 private:
  std::mutex mutex_;
  Visit* first_ = nullptr;  ///< guarded by mutex_, as is last_: those enlisted and not woken
  Visit* last_ = nullptr;
  std::atomic<std::size_t> enlisted_{0};  ///< written under mutex_
};

/// One thread's stay: enlisted from construction, and gone with destruction at the latest.
class WaitingRoom::Visit {
 public:
  explicit Visit(WaitingRoom& room);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  /// Waits to be woken, until `deadline`, or until `stop` is requested. A wake-up that comes together with
  /// one of these wins, so that it is not lost.
  WakeReason wait(const Clock& clock, std::optional<TimePoint> deadline, const std::stop_token& stop);

 private:
  friend class WaitingRoom;
  void unlink() noexcept;

  WaitingRoom& room_;
  std::condition_variable changed_;
  Visit* previous_ = nullptr;  ///< guarded by the room's mutex, as is all below
  Visit* next_ = nullptr;
  bool enlisted_ = true;
  bool woken_ = false;  ///< and the wake-up is not spent
  bool stop_requested_ = false;
};

}  // namespace weir::runtime
