// Stages that change when things happen, and nothing else: what must hold whatever the scheduling is tested
// behind them. They never sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "weir/graph.hpp"

namespace weir::testing {

/// Passes its input on after yielding and spinning for an amount that follows from `seed` and the batch, so
/// that batches overtake each other.
StageSpec jitter(std::string name, std::uint64_t seed);

/// Holds whoever comes until it is opened.
class Gate {
 public:
  void open() noexcept { open_.store(true); }
  bool is_open() const noexcept { return open_.load(); }
  /// Waits for it, for at most ten seconds: a gate that nobody opens makes a test fail, not hang. Throws
  /// then.
  void pass();
  /// How many have come to it, whether they have passed or not.
  int came() const noexcept { return came_.load(); }

 private:
  std::atomic<bool> open_{false};
  std::atomic<int> came_{0};
};

/// Holds the batches whose first number is `held` at the gate, with the worker that brought them, and lets
/// all others through.
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

/// A little time, without sleeping: `steps` times round a loop that yields now and then.
void dawdle(std::uint64_t steps) noexcept;

}  // namespace weir::testing
