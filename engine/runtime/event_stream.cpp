#include "engine/runtime/event_stream.hpp"

#include "engine/runtime/guard.hpp"

namespace weir::runtime {

EventStream::EventStream(std::string pipeline, std::vector<Observer> observers, const Clock& clock)
    : pipeline_(std::move(pipeline)), observers_(std::move(observers)), clock_(clock), begun_(clock.now()) {
  if (!observers_.empty()) thread_ = std::thread([this] { call_observers(); });
}

EventStream::~EventStream() { finish(); }

void EventStream::begin() { begun_ = clock_.now(); }

void EventStream::tell(Event event) {
  if (observers_.empty()) return;
  event.at = clock_.now() - begun_;
  event.pipeline = pipeline_;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingEventsMax) {
      ++left_out_;
      return;
    }
    event.left_out += std::exchange(left_out_, 0);
    waiting_.push_back(std::move(event));
  }
  changed_.notify_one();
}

bool EventStream::admits(EventKind kind, StageIndex stage, std::uint64_t& left_out) {
  const std::lock_guard lock(mutex_);
  Flood& flood = floods_[{kind, stage}];
  const TimePoint now = clock_.now();
  if (flood.told == 0 || now - flood.second >= std::chrono::seconds(1)) {
    flood.second = now;
    flood.told = 0;
  }
  if (flood.told >= kRecordEventsASecondMax) {
    ++flood.left_out;
    return false;
  }
  ++flood.told;
  left_out = std::exchange(flood.left_out, 0);
  return true;
}

void EventStream::finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void EventStream::call_observers() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return finished_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Event event = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    for (const Observer& observer : observers_) {
      std::optional<ErrorInfo> ignored;
      guarded(ignored, [&] { observer(event); });
    }
    lock.lock();
  }
}

}  // namespace weir::runtime
