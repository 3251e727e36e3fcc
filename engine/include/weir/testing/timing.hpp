// Stages that change when things happen, and nothing else: what must hold whatever the scheduling is tested
// behind them. They pass on payloads of any type.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "weir/clock.hpp"
#include "weir/graph.hpp"

namespace weir::testing {

/// For how long, by the machine's clock, a test waits for what should come: it is to fail, not to hang.
inline constexpr Duration kTestPatience = std::chrono::seconds(10);

/// Passes its input on after yielding and spinning for an amount that follows from `seed` and the batch's
/// place, so that batches overtake each other. `type`: of its input and output.
StageSpec jitter(std::string name, std::uint64_t seed, PayloadType type);

/// Holds whoever comes until it is opened. From any thread.
class Gate {
 public:
  /// Lets through whoever waits and whoever comes. For good.
  void open() noexcept;
  bool is_open() const noexcept;

  /// Waits until it is opened. Throws std::runtime_error after kTestPatience.
  void pass();
  /// How many have come to it, whether they have passed or not.
  std::size_t came() const noexcept;
  /// Waits until `count` have come. Throws std::runtime_error after kTestPatience.
  void await(std::size_t count = 1) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool open_ = false;  ///< guarded by mutex_, as is the next
  std::size_t came_ = 0;
};

/// Holds the batches that `held` says, with the worker that brought them, at a gate that outlives the run,
/// and lets all others through. `held` is called from any thread.
StageSpec gated(std::string name, std::function<bool(const Payload&)> held, Gate& gate, PayloadType type);

/// A little time, without sleeping: `steps` times round a loop that yields now and then.
void dawdle(std::uint64_t steps) noexcept;

}  // namespace weir::testing
