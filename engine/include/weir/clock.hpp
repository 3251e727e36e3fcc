// Time as the engine sees it: handed in, so that tests can let hours pass in no time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace weir {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// What a run, a supervisor and their timers take the time from. From any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// What the time is. Never goes back.
  virtual TimePoint now() const noexcept = 0;

  /// Waits on `changed` as std::condition_variable::wait_until does: until it is notified, until this clock
  /// reaches `deadline`, or for no reason at all. `lock` is held before and after.
  virtual void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                          TimePoint deadline) const = 0;

  /// The machine's own steady clock.
  static const Clock& steady() noexcept;
};

}  // namespace weir
