// Times calls of stages for the report, without making small calls dearer than they are.
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/telemetry/counters.hpp"

namespace weir::runtime {

/// Batches of at least this many records are timed each; of smaller ones, whose call may be shorter than
/// reading the clock, one in kTimedShare is, and counted as so many.
inline constexpr std::size_t kTimedRows = 512;
inline constexpr std::uint64_t kTimedShare = 16;

/// Adds the time until its destruction to `busy_ns`, where this call is to be timed.
class Stopwatch {
 public:
  Stopwatch(StageCounters& counters, std::size_t rows) noexcept
      : counters_(counters), share_(share_of(rows, counters.batches.get())) {
    if (share_ != 0) begin_ = std::chrono::steady_clock::now();
  }
  ~Stopwatch() {
    if (share_ == 0) return;
    const auto elapsed = std::chrono::steady_clock::now() - begin_;
    counters_.busy_ns.add(
        share_ *
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count()));
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  /// How many calls this one stands for; 0: it is not timed.
  static std::uint64_t share_of(std::size_t rows, std::uint64_t calls) noexcept {
    if (rows >= kTimedRows) return 1;
    return calls % kTimedShare == 0 ? kTimedShare : 0;
  }

  StageCounters& counters_;
  const std::uint64_t share_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace weir::runtime
