#include "engine/telemetry/event_delivery.hpp"

#include <utility>

namespace weir {

EventDelivery::EventDelivery(std::string pipeline, std::vector<Observer> observers, const Clock& clock)
    : pipeline_(std::move(pipeline)), observers_(std::move(observers)), clock_(clock), begun_(clock.now()) {
  if (has_observers()) thread_ = std::thread([this] { deliver(); });
}

void EventDelivery::finish() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void EventDelivery::tell(Event event) {
  if (!has_observers()) return;
  event.pipeline = pipeline_;
  {
    const std::lock_guard lock(mutex_);
    event.at = clock_.now() - begun_;  // under the lock, so that times never go back
    if (ends_) return;
    // The end is always told: whoever looks on waits for it.
    if (waiting_.size() >= kWaitingEventsMax && event.kind != EventKind::run_ended) {
      left_out_ += 1 + event.left_out;
      return;
    }
    event.left_out += std::exchange(left_out_, 0);
    waiting_.push_back(std::move(event));
  }
  changed_.notify_one();
}

void EventDelivery::deliver() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Event event = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    for (const Observer& observer : observers_) {
      try {
        observer(event);
      } catch (...) {
        // Whoever looks on does not decide.
      }
    }
    lock.lock();
  }
}

}  // namespace weir
