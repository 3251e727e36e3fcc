#include "engine/runtime/room.hpp"

#include <thread>

namespace weir::runtime {
namespace {

/// How often a poster looks again before it sleeps, and lets others run in between: for some microseconds in
/// all, in which workers do what waking it would cost.
constexpr unsigned kLooksBeforeSleep = 20;

}  // namespace

void Room::let_one_go_on() noexcept {
  const std::lock_guard lock(mutex_);
  if (waiting_.load() == 0) return;
  waiting_.fetch_sub(1);
  ++may_go_on_;
  changed_.notify_one();  // whoever wakes takes the place, also one whose deadline has come meanwhile
}

bool Room::wait(const Clock& clock, std::optional<TimePoint> deadline, const std::stop_token& stop) {
  for (unsigned look = 0; look < kLooksBeforeSleep; ++look) {
    std::this_thread::yield();
    if (!is_full_()) return true;
  }
  // Gone only after the lock: who requests the stop may just be waiting for it.
  const std::stop_callback wake(stop, [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  waiting_.fetch_add(1);
  if (!is_full_()) {
    waiting_.fetch_sub(1);
    return true;
  }
  while (may_go_on_ == 0 && !closed_ && !stop.stop_requested() && !(deadline && clock.now() >= *deadline)) {
    if (deadline) {
      clock.wait_until(lock, changed_, *deadline);
    } else {
      changed_.wait(lock);
    }
  }
  if (may_go_on_ > 0) {
    --may_go_on_;
    return true;
  }
  waiting_.fetch_sub(1);
  return closed_;
}

void Room::close() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace weir::runtime
