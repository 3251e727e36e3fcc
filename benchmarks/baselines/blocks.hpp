// Blocks of items that tuned contenders use again and again, instead of an allocation a block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "benchmarks/baselines/work.hpp"

namespace baselines {

template <class Item>
struct Block {
  std::size_t sequence = 0;
  std::span<const Item> input;
  std::vector<Item> results;  ///< as large as `input` at least
};

/// Hands out the input of a job, block by block. Who uses it sees to it that blocks are done with in order,
/// and that no more are in flight than there are. One thread at a time.
template <class Work>
class BlockRing {
 public:
  using Item = typename Work::Item;

  BlockRing(const Job<Work>& job, std::size_t blocks) : job_(job), blocks_(blocks) {
    for (Block<Item>& block : blocks_)
      block.results.resize(job.batch);
  }
  void begin_run() { at_ = 0; }
  /// Null at the end of the input. Sequence numbers go on from run to run.
  Block<Item>* next() {
    const std::size_t count = std::min(job_.batch, job_.items.size() - at_);
    if (count == 0) return nullptr;
    Block<Item>& block = blocks_[sequence_ % blocks_.size()];
    block.sequence = sequence_++;
    block.input = {job_.items.data() + std::exchange(at_, at_ + count), count};
    return &block;
  }

 private:
  const Job<Work>& job_;
  std::vector<Block<Item>> blocks_;
  std::size_t at_ = 0;
  std::size_t sequence_ = 0;
};

template <class Item>
std::span<const Item> results_of(const Block<Item>& block) {
  return {block.results.data(), block.input.size()};
}

/// A stage's calls for a block: the first copies the input as it works on it, the others work in place.
template <std::size_t Stage, class Item, class Body>
void work_on(Block<Item>& block, const Body& body) noexcept {
  const std::size_t count = block.input.size();
  const Item* const from = block.input.data();
  Item* const results = block.results.data();
  for (std::size_t i = 0; i < count; ++i) {
    if constexpr (Stage == 0)
      results[i] = worked<0>(from[i], body);
    else
      results[i].value = body(results[i].value, Stage);
  }
}

/// The calls of all stages in one loop over a block.
template <class Work>
void work_through(Block<typename Work::Item>& block, const typename Work::Body& body) noexcept {
  const std::size_t count = block.input.size();
  const auto* const from = block.input.data();
  auto* const results = block.results.data();
  for (std::size_t i = 0; i < count; ++i) {
    auto result = from[i];
    result.value = worked_through<Work>(result.value, body);
    results[i] = result;
  }
}

}  // namespace baselines
