// The threads of a contender in raw oneTBB: an arena, and the limit without which it would have as many as
// the machine has cores. Both live as long as the contender, so through all that is timed.
#pragma once

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>

#include "weir/run.hpp"

namespace baselines {

class Arena {
 public:
  explicit Arena(std::size_t threads)
      : limit_(tbb::global_control::max_allowed_parallelism, threads), arena_(static_cast<int>(threads)) {}
  template <class Call>
  decltype(auto) execute(Call&& call) {
    return arena_.execute(call);
  }

 private:
  tbb::global_control limit_;
  tbb::task_arena arena_;
};

/// Blocks in flight: as many as weir has, by default.
inline std::size_t blocks_in_flight(std::size_t threads) { return threads * weir::kCreditsPerThread; }

}  // namespace baselines
