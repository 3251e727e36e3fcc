// A circuit breaker: stops calling what keeps failing, and looks now and then whether it works again.
//
// Pure: times are handed in. Not synchronised: the owner guards it. After M. Nygard, "Release It!", and the
// counting window of Resilience4j.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "weir/stage_limits.hpp"

namespace weir {

/// While closed it keeps the outcomes of the last `window` calls, and opens once more than `failure_share` of
/// `window` are failures: as soon as that is certain, but not because the first of a few calls failed. A
/// probe is let out when no other call is, as the outcome of a call that was made before the breaker opened,
/// and came back late, could else be taken for the probe's.
class CircuitBreaker {
 public:
  /// Fewer than one call in the window, or one probe, is read as one.
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
  bool record_call(bool succeeded, TimePoint now);
  bool record_probe(bool succeeded, TimePoint now);

  const CircuitBreakerLimits limits_;
  State state_ = State::closed;
  std::vector<bool> failed_;  ///< the last calls while closed, as a ring; those not yet made have not failed
  std::size_t next_outcome_ = 0;
  std::uint32_t failures_ = 0;   ///< in failed_
  std::uint64_t calls_out_ = 0;  ///< let through, and not come back
  TimePoint open_until_{};       ///< meaningful while open
  std::uint32_t probes_passed_ = 0;
};

}  // namespace weir
