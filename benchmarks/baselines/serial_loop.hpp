// Baseline: one loop on one thread that stores nothing in between. What the work itself takes.
#pragma once

#include "benchmarks/baselines/work.hpp"

namespace baselines {

template <class Work>
class SerialLoop {
 public:
  explicit SerialLoop(const Job<Work>& job) : job_(job) {}

  std::uint64_t run() {
    std::uint64_t sum = 0;
    for (const auto& item : job_.items)
      sum += worked_through<Work>(item.value, job_.body);
    return sum;
  }

 private:
  const Job<Work>& job_;
};

}  // namespace baselines
