// A circuit breaker: stops calling what keeps failing, and looks now and then whether it works again.
//
// Pure: times are handed in. Not synchronised: the owner guards it. After M. Nygard, "Release It!", and the
// counting window of Resilience4j.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/stage_limits.hpp"

namespace weir {

class CircuitBreaker {
 public:
  explicit CircuitBreaker(const CircuitBreakerLimits& limits);

  enum class State : unsigned char { closed, open, half_open };

  /// Whether a call may be made at `now`. Nothing: yes, and its outcome must be told. Else: ask again then,
  /// or when an outcome has been told, whichever is first.
  std::optional<TimePoint> wait_until(TimePoint now);
  /// How a call that was let through ended. Whether the state changed by it.
  bool record(bool succeeded, TimePoint now);

  State state() const noexcept { return state_; }
  /// When it lets a probe through, while it is open.
  TimePoint open_until() const noexcept { return open_until_; }

 private:
  void open(TimePoint now);
  void close();

  const CircuitBreakerLimits limits_;
  State state_ = State::closed;
  std::vector<bool> outcomes_;  ///< of the last calls while closed, as a ring: whether they failed
  std::size_t next_outcome_ = 0;
  std::uint32_t counted_ = 0, failed_ = 0;
  TimePoint open_until_{};
  std::uint32_t probes_out_ = 0, probes_passed_ = 0;
};

}  // namespace weir
