// The timing stages of weir/testing/timing.hpp over numbers, and one that counts how many calls are inside.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "weir/testing/timing.hpp"

namespace weir::testing {

StageSpec jitter(std::string name, std::uint64_t seed);

/// Holds the batches whose first number is `held`.
StageSpec gated(std::string name, std::int64_t held, Gate& gate);

/// Passes its input on, and notes how many calls were inside at once.
class Occupancy {
 public:
  void enter() noexcept;
  void leave() noexcept { --inside_; }
  int most() const noexcept { return most_.load(); }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};
StageSpec counted(std::string name, Occupancy& occupancy);

}  // namespace weir::testing
