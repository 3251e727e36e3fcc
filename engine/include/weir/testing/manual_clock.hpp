// A clock that stands still until a test moves it: hours of backoff pass in no time, and nobody sleeps.
//
// From any thread. It must outlive those who wait on it.
#pragma once

#include <atomic>
#include <list>

#include "weir/clock.hpp"

namespace weir::testing {

/// The clock; see above. Begins at some time that is not 0.
class ManualClock final : public Clock {
 public:
  /// As far as the test has moved it.
  TimePoint now() const noexcept override { return TimePoint(Duration(now_.load())); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                  TimePoint deadline) const override;

  /// Lets time pass. When it returns, all whose deadline has come have been woken and have left the clock, so
  /// the caller must hold no mutex that they need for it.
  void advance(Duration by);
  /// The same up to a moment; does nothing where it has passed.
  void advance_to(TimePoint time);

  /// Blocks until `waiters` threads wait on this clock, and answers the first deadline among theirs. Throws
  /// after ten real seconds, as a test should fail rather than hang.
  TimePoint await_waiters(std::size_t waiters = 1) const;
  /// Blocks until a thread waits on this clock for just this moment. Throws as above.
  void await_deadline(TimePoint deadline) const;

 private:
  struct Waiter {
    std::condition_variable* changed;
    TimePoint deadline;
  };
  bool notify_due() const;
  template <class Condition>
  void wait_for(std::unique_lock<std::mutex>& lock, const Condition& condition) const;

  std::atomic<Duration::rep> now_{Duration(std::chrono::hours(1)).count()};  // no test should rely on 0
  mutable std::mutex mutex_;  // taken with a waiter's own mutex held, so none of those may be taken under it
  mutable std::condition_variable came_;
  mutable std::list<Waiter> waiters_;  // guarded by mutex_
};

}  // namespace weir::testing
