// Baseline: tbb::parallel_pipeline over blocks that are used again, with a filter a stage; or, `Fused`, with
// one filter for all of them, as one writes it who knows all stages and has nobody to look at each.
#pragma once

#include <oneapi/tbb/parallel_pipeline.h>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/blocks.hpp"

namespace baselines {

template <class Work, bool Fused>
class TunedPipeline {
 public:
  explicit TunedPipeline(const Job<Work>& job)
      : job_(job),
        arena_(job.threads),
        ring_(job, blocks_in_flight(job.threads)),
        filters_(source() & stages() & sink()) {}

  std::uint64_t run() {
    ring_.begin_run();
    sum_ = 0;
    arena_.execute([&] { tbb::parallel_pipeline(blocks_in_flight(job_.threads), filters_); });
    return sum_;
  }

 private:
  using BlockOf = Block<typename Work::Item>;

  auto source() {
    return tbb::make_filter<void, BlockOf*>(tbb::filter_mode::serial_in_order,
                                            [this](tbb::flow_control& control) noexcept {
                                              BlockOf* const block = ring_.next();
                                              if (block == nullptr) control.stop();
                                              return block;
                                            });
  }
  template <std::size_t Stage = 0>
  auto stages() {
    const auto filter = tbb::make_filter<BlockOf*, BlockOf*>(tbb::filter_mode::parallel,
                                                             [body = job_.body](BlockOf* block) noexcept {
                                                               if constexpr (Fused)
                                                                 work_through<Work>(*block, body);
                                                               else
                                                                 work_on<Stage>(*block, body);
                                                               return block;
                                                             });
    if constexpr (Fused || Stage + 1 == Work::kStages)
      return filter;
    else
      return filter & stages<Stage + 1>();
  }
  auto sink() {
    return tbb::make_filter<BlockOf*, void>(
        tbb::filter_mode::serial_in_order,
        [this](BlockOf* block) noexcept { sum_ += sum_of(results_of(*block)); });
  }

  const Job<Work>& job_;
  Arena arena_;
  BlockRing<Work> ring_;  ///< tokens end in order, so that the oldest block is the next to be free
  tbb::filter<void, void> filters_;
  std::uint64_t sum_ = 0;
};

template <class Work>
using PipelineByStage = TunedPipeline<Work, false>;
template <class Work>
using PipelineFused = TunedPipeline<Work, true>;

}  // namespace baselines
