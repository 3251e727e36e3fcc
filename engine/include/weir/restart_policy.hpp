// How often, how soon and together with whom a failed stage or thread is begun again.
//
// Policies are plain data. Everything that is decided by them is a pure function of policy, history and time:
// nothing here reads a clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/clock.hpp"

namespace weir {

/// A delay that doubles: min(max, initial * 2^n), times a jitter in [1 - jitter, 1 + jitter], then capped at
/// `max`.
struct Backoff {
  Duration initial{0};
  Duration max{std::chrono::seconds(10)};
  double jitter = 0;  ///< from 0 to 1

  /// The delay for `n` (from 0). The same seed gives the same delay. Zero where `initial` is.
  Duration delay(std::uint32_t n, std::uint64_t seed) const noexcept;

  friend bool operator==(const Backoff&, const Backoff&) = default;
};

/// Whether a child is begun again once it has ended.
enum class RestartType : unsigned char {
  permanent,  ///< always
  transient,  ///< only when it failed
  temporary,  ///< never
};
std::string_view to_string(RestartType type) noexcept;

/// Whom the failure of one concerns.
enum class Strategy : unsigned char {
  one_for_one,   ///< the failed child alone
  rest_for_one,  ///< it, and all of its group that come after it: downstream of a stage, started after a
                 ///< thread
  one_for_all,   ///< all of its group
};
std::string_view to_string(Strategy strategy) noexcept;

/// The rules of one group. The first restart is immediate; the next wait as `backoff` says, from n = 0 on;
/// after `healthy_after` without a failure the count begins anew. More than `max_restarts` within `within` is
/// given up to the group above; in the topmost, the run fails. A cascade counts as one restart.
struct RestartPolicy {
  Strategy strategy = Strategy::one_for_one;
  std::uint32_t max_restarts = 5;
  Duration within{std::chrono::seconds(30)};
  Backoff backoff{std::chrono::milliseconds(100), std::chrono::seconds(10), 0.2};
  Duration healthy_after{std::chrono::seconds(60)};

  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

/// A group below the topmost one. Groups nest by name.
struct SupervisionGroup {
  std::string name;
  std::string parent = {};  ///< empty: the topmost
  RestartPolicy policy = {};
};

}  // namespace weir
