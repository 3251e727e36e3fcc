// Baseline: where the order does not matter and a pool would do, blocks as tasks of a tbb::parallel_reduce,
// each of them the fused loop. It does less than the others: nothing is handed on, and nothing comes out in
// order.
#pragma once

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/partitioner.h>

#include <functional>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/work.hpp"

namespace baselines {

template <class Work>
class BlockTasks {
 public:
  explicit BlockTasks(const Job<Work>& job) : job_(job), arena_(job.threads) {}

  std::uint64_t run() {
    using Range = tbb::blocked_range<const typename Work::Item*>;
    const auto* const begin = job_.items.data();
    const Range all(begin, begin + job_.items.size(), job_.batch);
    const auto sum_more = [this](const Range& items, std::uint64_t sum) noexcept {
      for (const auto& item : items)
        sum += worked_through<Work>(item.value, job_.body);
      return sum;
    };
    return arena_.execute([&] {
      return tbb::parallel_reduce(all, std::uint64_t{0}, sum_more, std::plus<>(), tbb::simple_partitioner());
    });
  }

 private:
  const Job<Work>& job_;
  Arena arena_;
};

}  // namespace baselines
