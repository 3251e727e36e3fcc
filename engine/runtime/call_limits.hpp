// What stands before each call of a stage that has a rate limit or a circuit breaker.
//
// Self-synchronised; stages without such limits pay one branch.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "engine/supervision/circuit_breaker.hpp"
#include "engine/supervision/rate_limiter.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

class CallLimits {
 public:
  explicit CallLimits(const StageSpec& spec) {
    if (spec.rate.records > 0) rate_.emplace(spec.rate);
    if (spec.circuit_breaker) breaker_.emplace(*spec.circuit_breaker);
  }

  bool exist() const noexcept { return rate_ || breaker_; }

  /// When a call with so many records may be made. It has its turn then, and need not ask again.
  TimePoint reserve(std::size_t records, TimePoint now) {
    if (!rate_) return now;
    const std::lock_guard lock(mutex_);
    return rate_->reserve(records, now);
  }

  /// Nothing: a call must be made now, and its end be told. Else: ask again then, or when `changed` is
  /// called.
  std::optional<TimePoint> admit(TimePoint now) {
    if (!breaker_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return breaker_->wait_until(now);
  }

  /// How a call ended; what the breaker has become by it, where that changed.
  std::optional<CircuitBreaker::State> record(bool succeeded, TimePoint now) {
    if (!breaker_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (!breaker_->record(succeeded, now)) return std::nullopt;
    if (breaker_->state() == CircuitBreaker::State::closed) {
      for (const auto& go_on : std::exchange(waiting_, {}))
        go_on();
    }
    return breaker_->state();
  }

  /// Calls `go_on` when the breaker closes; it must be short.
  void when_closed(std::function<void()> go_on) {
    const std::lock_guard lock(mutex_);
    if (breaker_->state() == CircuitBreaker::State::closed) return go_on();
    waiting_.push_back(std::move(go_on));
  }

 private:
  std::mutex mutex_;
  std::optional<RateLimiter> rate_;             ///< guarded by mutex_
  std::optional<CircuitBreaker> breaker_;       ///< guarded by mutex_
  std::vector<std::function<void()>> waiting_;  ///< for the breaker to close; guarded by mutex_
};

}  // namespace weir::runtime
