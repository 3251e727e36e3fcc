#include "weir/testing/manual_clock.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace weir::testing {

void ManualClock::wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                             TimePoint deadline) const {
  std::list<Waiter>::iterator self;
  {
    const std::lock_guard guard(mutex_);
    if (deadline <= now()) return;
    self = waiters_.insert(waiters_.end(), {&changed, deadline});
    came_.notify_all();
  }
  changed.wait(lock);
  const std::lock_guard guard(mutex_);
  waiters_.erase(self);
}

void ManualClock::advance(Duration by) { advance_to(now() + by); }

void ManualClock::advance_to(TimePoint time) {
  {
    const std::lock_guard guard(mutex_);
    now_.store(std::max(time, now()).time_since_epoch().count());
  }
  // One who has just come may not be waiting on its condition yet and miss a notification, so each is
  // notified until it has left.
  while (notify_due())
    std::this_thread::yield();
}

bool ManualClock::notify_due() const {
  const std::lock_guard guard(mutex_);
  bool any = false;
  for (const Waiter& waiter : waiters_) {
    if (waiter.deadline > now()) continue;
    waiter.changed->notify_all();
    any = true;
  }
  return any;
}

template <class Condition>
void ManualClock::wait_for(std::unique_lock<std::mutex>& lock, const Condition& condition) const {
  if (!came_.wait_for(lock, std::chrono::seconds(10), condition))
    throw std::runtime_error("nobody waits on the manual clock, or not for this");
}

TimePoint ManualClock::await_waiters(std::size_t waiters) const {
  std::unique_lock lock(mutex_);
  wait_for(lock, [&] { return waiters_.size() >= waiters; });
  return std::ranges::min_element(waiters_, {}, &Waiter::deadline)->deadline;
}

void ManualClock::await_deadline(TimePoint deadline) const {
  std::unique_lock lock(mutex_);
  wait_for(lock, [&] { return std::ranges::count(waiters_, deadline, &Waiter::deadline) > 0; });
}

}  // namespace weir::testing
