#include "engine/supervision/child_mailbox.hpp"

#include <algorithm>
#include <utility>

namespace weir {

void ChildMailbox::post(Letter letter) noexcept {
  // Notified under the lock: the supervising thread may let go of everything but this mailbox once it has
  // seen the letter.
  const std::lock_guard lock(mutex_);
  ended_.splice(ended_.end(), letter);
  changed_.notify_one();
}

void ChildMailbox::request_stop() noexcept {
  const std::lock_guard lock(mutex_);
  stop_requested_ = true;
  changed_.notify_one();
}

bool ChildMailbox::stop_requested() const {
  const std::lock_guard lock(mutex_);
  return stop_requested_;
}

std::optional<EndedChild> ChildMailbox::next(const Clock& clock, std::optional<TimePoint> until) {
  std::unique_lock lock(mutex_);
  while (!stop_requested_ && ended_.empty()) {
    if (!until) {
      changed_.wait(lock);
    } else if (clock.now() < *until) {
      clock.wait_until(lock, changed_, *until);
    } else {
      return std::nullopt;
    }
  }
  if (stop_requested_) return std::nullopt;
  EndedChild first = std::move(ended_.front());
  ended_.pop_front();
  return first;
}

std::optional<EndedChild> ChildMailbox::end_of(ChildIndex child, std::uint64_t incarnation,
                                               const Clock& clock, TimePoint until) {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto found = std::ranges::find_if(ended_, [&](const EndedChild& ended) {
      return ended.child == child && ended.incarnation == incarnation;
    });
    if (found != ended_.end()) {
      EndedChild ended = std::move(*found);
      ended_.erase(found);
      return ended;
    }
    if (clock.now() >= until) return std::nullopt;
    clock.wait_until(lock, changed_, until);
  }
}

}  // namespace weir
