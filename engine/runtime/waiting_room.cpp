#include "engine/runtime/waiting_room.hpp"

namespace weir::runtime {

bool WaitingRoom::wake(std::size_t count) noexcept {
  // Notified under the mutex: the visit lives on its thread's stack, which goes on once it sees that it was
  // woken.
  const std::lock_guard lock(mutex_);
  for (; count > 0 && first_ != nullptr; --count) {
    Visit& visit = *first_;
    visit.unlink();
    visit.woken_ = true;
    visit.changed_.notify_one();
  }
  return first_ != nullptr;
}

WaitingRoom::Visit::Visit(WaitingRoom& room) : room_(room) {
  const std::lock_guard lock(room_.mutex_);
  previous_ = room_.last_;
  (previous_ != nullptr ? previous_->next_ : room_.first_) = this;
  room_.last_ = this;
  room_.enlisted_.fetch_add(1, std::memory_order_relaxed);
}

WaitingRoom::Visit::~Visit() {
  {
    const std::lock_guard lock(room_.mutex_);
    if (enlisted_) unlink();
  }
  if (woken_) room_.wake(1);
}

void WaitingRoom::Visit::unlink() noexcept {
  (previous_ != nullptr ? previous_->next_ : room_.first_) = next_;
  (next_ != nullptr ? next_->previous_ : room_.last_) = previous_;
  enlisted_ = false;
  room_.enlisted_.fetch_sub(1, std::memory_order_relaxed);
}

WakeReason WaitingRoom::Visit::wait(const Clock& clock, std::optional<TimePoint> deadline,
                                    const std::stop_token& stop) {
  const auto interrupt = [this] {
    const std::lock_guard lock(room_.mutex_);
    stop_requested_ = true;
    changed_.notify_one();
  };
  // Made and unmade without the mutex: it may call at once, and waits for a call under way.
  const std::stop_callback on_stop(stop, interrupt);
  std::unique_lock lock(room_.mutex_);
  while (!woken_) {
    if (stop_requested_) return WakeReason::stopped;
    if (!deadline) {
      changed_.wait(lock);
    } else if (clock.now() < *deadline) {
      clock.wait_until(lock, changed_, *deadline);
    } else {
      return WakeReason::timed_out;
    }
  }
  woken_ = false;
  return WakeReason::woken;
}

}  // namespace weir::runtime
