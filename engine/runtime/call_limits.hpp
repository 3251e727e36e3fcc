// What stands before each call of a stage that has a rate limit or a circuit breaker.
//
// Self-synchronised; stages without such limits pay one branch.
#pragma once

#include <mutex>
#include <optional>

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

  /// Nothing: a call with so many records has been paid for, and may be made. Else: ask again then.
  std::optional<TimePoint> pay(std::size_t records, TimePoint now) {
    if (!rate_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return rate_->wait_until(records, now);
  }

  /// Nothing: a call must be made now, and its end be told. Else: ask again then.
  std::optional<TimePoint> admit(TimePoint now) {
    if (!breaker_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return breaker_->wait_until(now);
  }

  /// How a call ended; what the breaker has become by it, where that changed.
  std::optional<CircuitBreaker::State> record(bool succeeded, TimePoint now) {
    if (!breaker_) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return breaker_->record(succeeded, now) ? std::optional(breaker_->state()) : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::optional<RateLimiter> rate_;        ///< guarded by mutex_
  std::optional<CircuitBreaker> breaker_;  ///< guarded by mutex_
};

}  // namespace weir::runtime
