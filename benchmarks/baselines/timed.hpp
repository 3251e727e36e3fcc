// How contenders are timed: each is constructed outside of the timed part, and each run's answer is checked.
//
// A benchmark is named contender/case; the case is its arguments. scripts/bench compares the contenders of a
// case by it.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

#include "benchmarks/baselines/work.hpp"

namespace baselines {

/// Runs `Contender`, which is made of a job.
template <template <class> class Contender, class Work>
void time_runs(benchmark::State& state, const Job<Work>& job) {
  Contender<Work> contender(job);
  for (auto _ : state) {
    if (contender.run() != job.answer) state.SkipWithError("items are missing, or wrong");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(job.items.size()));
}

/// Thread counts to look at: 1, 2 and on, to as many cores as there are, but 16.
inline std::vector<std::int64_t> thread_counts() {
  const std::int64_t cores = std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 2, 16);
  std::vector<std::int64_t> counts;
  for (std::int64_t threads = 1; threads <= cores; threads *= 2)
    counts.push_back(threads);
  return counts;
}

}  // namespace baselines
