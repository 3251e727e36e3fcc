#include "engine/supervision/circuit_breaker.hpp"

#include <algorithm>

#include "engine/supervision/later.hpp"

namespace weir {
namespace {

/// How long, at least, until it is worth asking again whether a call that is out has come back.
constexpr Duration kAskAgainAtLeast = std::chrono::milliseconds(1);

CircuitBreakerLimits sensible(CircuitBreakerLimits limits) {
  limits.window = std::max(limits.window, 1U);
  limits.probes = std::max(limits.probes, 1U);
  limits.open_for = std::max(limits.open_for, Duration(0));
  return limits;
}

}  // namespace

CircuitBreaker::CircuitBreaker(const CircuitBreakerLimits& limits)
    : limits_(sensible(limits)), failed_(limits_.window) {}

std::optional<TimePoint> CircuitBreaker::wait_until(TimePoint now) {
  if (state_ == State::open && now < open_until_) return open_until_;
  if (state_ != State::closed && calls_out_ > 0)
    return later(now, std::max(limits_.open_for, kAskAgainAtLeast));
  if (state_ == State::open) {
    state_ = State::half_open;
    probes_passed_ = 0;
  }
  ++calls_out_;
  return std::nullopt;
}

bool CircuitBreaker::record(bool succeeded, TimePoint now) {
  if (calls_out_ > 0) --calls_out_;
  switch (state_) {
    case State::closed:
      return record_call(succeeded, now);
    case State::half_open:
      return record_probe(succeeded, now);
    case State::open:  // the call was made before
      break;
  }
  return false;
}

bool CircuitBreaker::record_call(bool succeeded, TimePoint now) {
  failures_ -= failed_[next_outcome_];
  failures_ += !succeeded;
  failed_[next_outcome_] = !succeeded;
  next_outcome_ = (next_outcome_ + 1) % failed_.size();
  // A share of 0.29 of 100 calls is a little less than 29 to a double.
  if (failures_ <= limits_.failure_share * limits_.window + 1e-6) return false;
  open(now);
  return true;
}

bool CircuitBreaker::record_probe(bool succeeded, TimePoint now) {
  if (!succeeded) {
    open(now);
    return true;
  }
  if (++probes_passed_ < limits_.probes) return false;
  close();
  return true;
}

void CircuitBreaker::open(TimePoint now) {
  state_ = State::open;
  open_until_ = later(now, limits_.open_for);
}

void CircuitBreaker::close() {
  state_ = State::closed;
  failed_.assign(failed_.size(), false);
  failures_ = 0;
}

}  // namespace weir
