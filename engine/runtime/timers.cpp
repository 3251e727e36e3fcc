#include "engine/runtime/timers.hpp"

namespace weir::runtime {

void Timers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Timers::at(TimePoint due, std::function<void()> then) {
  add(due, {.hurries = false, .then = std::move(then)});
}

void Timers::at_or_when_hurried(TimePoint due, std::function<void()> then) {
  add(due, {.hurries = true, .then = std::move(then)});
}

void Timers::add(TimePoint due, Timer timer) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  if (hurried_ && timer.hurries) due = TimePoint::min();
  timers_.emplace(Key{due, added_++}, std::move(timer));
  if (!thread_.joinable()) thread_ = std::thread([this] { fire_until_stopped(); });
  changed_.notify_all();
}

void Timers::hurry() {
  const std::lock_guard lock(mutex_);
  hurried_ = true;
  std::map<Key, Timer> later;
  for (auto& [key, timer] : timers_)
    later.emplace(timer.hurries ? Key{TimePoint::min(), key.second} : key, std::move(timer));
  timers_ = std::move(later);
  changed_.notify_all();
}

void Timers::fire_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (timers_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = timers_.begin();
    if (first->first.first > clock_.now()) {
      const TimePoint due = first->first.first;
      clock_.wait_until(lock, changed_, due);
      continue;
    }
    std::function<void()> then = std::move(first->second.then);
    timers_.erase(first);
    lock.unlock();
    then();
    then = nullptr;  // what it holds may add timers when it goes
    lock.lock();
  }
}

}  // namespace weir::runtime
