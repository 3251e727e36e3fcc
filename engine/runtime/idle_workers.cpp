#include "engine/runtime/idle_workers.hpp"

namespace weir::runtime {

bool IdleWorkers::begin_to_look() noexcept {
  std::uint64_t state = state_.load();
  while (look(state) == 0) {
    if (state_.compare_exchange_weak(state, state + kOneLooks)) return true;
  }
  return false;
}

void IdleWorkers::end_look() noexcept {
  const std::uint64_t state = state_.fetch_sub(kOneLooks) - kOneLooks;
  // Posters that came while this one looked have called nobody.
  if (needs_call(state) && work_waits_()) wake_one();
}

void IdleWorkers::wake_one() noexcept {
  const std::lock_guard lock(mutex_);
  if (!needs_call(state_.load())) return;
  // It counts as looking from now on: until it has woken, others need not call.
  state_.fetch_add(kOneLooks - kOneSleeps);
  ++calls_;
  called_.notify_one();
}

bool IdleWorkers::fall_asleep(bool looks) {
  std::unique_lock lock(mutex_);
  state_.fetch_add(kOneSleeps - (looks ? kOneLooks : 0));
  if (!ended_ && work_waits_()) {
    state_.fetch_add(kOneLooks - kOneSleeps);
    return true;
  }
  if (all_are_idle()) all_idle_.notify_all();
  called_.wait(lock, [this] { return calls_ > 0 || ended_; });
  if (ended_) return false;
  --calls_;
  return true;
}

void IdleWorkers::begin_rest() {
  const std::lock_guard lock(mutex_);
  ++resting_;
  if (all_are_idle()) all_idle_.notify_all();
}

void IdleWorkers::end_rest() {
  const std::lock_guard lock(mutex_);
  --resting_;
}

bool IdleWorkers::rest_until(const Clock& clock, TimePoint due) {
  std::unique_lock lock(mutex_);
  while (!ended_ && clock.now() < due)
    clock.wait_until(lock, rested_, due);
  return !ended_;
}

bool IdleWorkers::wait_until_idle(const Clock& clock, std::optional<TimePoint> deadline) {
  std::unique_lock lock(mutex_);
  while (!ended_ && !all_are_idle()) {
    if (!deadline) {
      all_idle_.wait(lock);
    } else if (clock.now() < *deadline) {
      clock.wait_until(lock, all_idle_, *deadline);
    } else {
      return false;
    }
  }
  return true;
}

void IdleWorkers::end() noexcept {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  called_.notify_all();
  rested_.notify_all();
  all_idle_.notify_all();
}

bool IdleWorkers::all_are_idle() const {
  return sleep_in(state_.load()) + resting_ == workers_ && !work_waits_();
}

}  // namespace weir::runtime
