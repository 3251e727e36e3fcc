#include "weir/restart_policy.hpp"

#include <algorithm>

namespace weir {
namespace {

/// The finaliser of splitmix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
/// generators", 2014): neighbouring inputs give unrelated outputs.
std::uint64_t scramble(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// From 0 to just below 1.
double fraction(std::uint64_t n, std::uint64_t seed) noexcept {
  return static_cast<double>(scramble(scramble(seed) + n) >> 11) * 0x1p-53;
}

/// min(most, initial * 2^n) for positive `initial` and `most`.
Duration doubled(Duration initial, Duration most, std::uint32_t n) noexcept {
  const bool too_much = n >= 63 || initial.count() > (most.count() >> n);
  return too_much ? most : Duration(initial.count() << n);
}

}  // namespace

Duration Backoff::delay(std::uint32_t n, std::uint64_t seed) const noexcept {
  if (initial <= Duration(0) || max <= Duration(0)) return Duration(0);
  const Duration steady = doubled(initial, max, n);
  if (!(jitter > 0)) return steady;
  const double spread = std::min(jitter, 1.0);
  const double jittered = static_cast<double>(steady.count()) * (1 - spread + 2 * spread * fraction(n, seed));
  // Compared before it is converted: what is not below `max` may be more than a Duration holds.
  if (jittered >= static_cast<double>(max.count())) return max;
  return Duration(static_cast<Duration::rep>(jittered));
}

std::string_view to_string(RestartType type) noexcept {
  switch (type) {
    case RestartType::permanent:
      return "permanent";
    case RestartType::transient:
      return "transient";
    case RestartType::temporary:
      break;
  }
  return "temporary";
}

std::string_view to_string(Strategy strategy) noexcept {
  switch (strategy) {
    case Strategy::one_for_one:
      return "one_for_one";
    case Strategy::rest_for_one:
      return "rest_for_one";
    case Strategy::one_for_all:
      break;
  }
  return "one_for_all";
}

}  // namespace weir
