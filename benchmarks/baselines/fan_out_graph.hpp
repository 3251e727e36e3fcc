// Baseline: fan-out to three and fan-in, as a tbb::flow graph over blocks: a block goes to all three
// branches, each of which has a buffer of its own in it, and the last to be done passes it on.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/work.hpp"

namespace baselines {

inline constexpr std::size_t kBranches = 3;

/// What all branches do with the items comes out once each: `answer` of a job is of one branch only.
template <class Work>
std::uint64_t answer_of_branches(const Job<Work>& job) {
  std::uint64_t sum = 0;
  for (const auto& item : job.items) {
    for (std::size_t branch = 0; branch < kBranches; ++branch)
      sum += job.body(item.value, branch);
  }
  return sum;
}

template <class Work>
class FanOutGraph {
 public:
  explicit FanOutGraph(const Job<Work>& job) : arena_(job.threads) {
    arena_.execute([&] { graph_ = std::make_unique<Graph>(job); });
  }

  std::uint64_t run() {
    return arena_.execute([this] { return graph_->run(); });
  }

 private:
  using Item = typename Work::Item;

  struct Block {
    std::size_t sequence = 0;
    std::span<const Item> input;
    std::array<std::vector<Item>, kBranches> results;
    std::atomic<std::size_t> branches_left{0};
  };
  using Branch = tbb::flow::multifunction_node<Block*, std::tuple<Block*>>;

  /// Made inside of the arena that runs it.
  struct Graph {
    explicit Graph(const Job<Work>& its_job)
        : job(its_job),
          blocks(blocks_in_flight(its_job.threads) + 1),  // the input_node makes one ahead
          source(graph, [this](tbb::flow_control& control) noexcept { return next(control); }),
          limiter(graph, blocks_in_flight(its_job.threads)),
          order(graph, [](Block* block) noexcept { return block->sequence; }),
          sink(graph, tbb::flow::serial, [this](Block* block) noexcept {
            for (const std::vector<Item>& results : block->results)
              sum += sum_of(std::span(results.data(), block->input.size()));
            return tbb::flow::continue_msg();
          }) {
      for (Block& block : blocks) {
        for (std::vector<Item>& results : block.results)
          results.resize(job.batch);
      }
      tbb::flow::make_edge(source, limiter);
      add_branches(std::make_index_sequence<kBranches>());
      tbb::flow::make_edge(order, sink);
      tbb::flow::make_edge(sink, limiter.decrementer());
    }

    std::uint64_t run() {
      at = 0;
      sum = 0;
      source.activate();
      graph.wait_for_all();
      return sum;
    }

    Block* next(tbb::flow_control& control) noexcept {
      const std::size_t count = std::min(job.batch, job.items.size() - at);
      if (count == 0) {
        control.stop();
        return nullptr;
      }
      Block& block = blocks[sequence % blocks.size()];
      block.sequence = sequence++;
      block.input = {job.items.data() + std::exchange(at, at + count), count};
      block.branches_left.store(kBranches, std::memory_order_relaxed);
      return &block;
    }

    template <std::size_t... I>
    void add_branches(std::index_sequence<I...>) {
      (add_branch<I>(), ...);
    }
    template <std::size_t I>
    void add_branch() {
      branches[I] = std::make_unique<Branch>(graph, tbb::flow::unlimited,
                                             [body = job.body](Block* block, auto& ports) noexcept {
                                               Item* const to = block->results[I].data();
                                               for (std::size_t i = 0; i < block->input.size(); ++i)
                                                 to[i] = worked<I>(block->input[i], body);
                                               if (block->branches_left.fetch_sub(1) == 1)
                                                 std::get<0>(ports).try_put(block);
                                             });
      tbb::flow::make_edge(limiter, *branches[I]);
      tbb::flow::make_edge(tbb::flow::output_port<0>(*branches[I]), order);
    }

    const Job<Work>& job;
    std::vector<Block> blocks;
    tbb::flow::graph graph;
    tbb::flow::input_node<Block*> source;
    tbb::flow::limiter_node<Block*> limiter;
    std::array<std::unique_ptr<Branch>, kBranches> branches;
    tbb::flow::sequencer_node<Block*> order;
    tbb::flow::function_node<Block*, tbb::flow::continue_msg> sink;
    std::size_t at = 0;
    std::size_t sequence = 0;
    std::uint64_t sum = 0;
  };

  Arena arena_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace baselines
