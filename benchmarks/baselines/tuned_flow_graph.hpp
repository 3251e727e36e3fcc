// Baseline: a tbb::flow graph as an expert writes it: messages are pointers to blocks that are used again, a
// limiter bounds them, a sequencer brings them into order.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <memory>
#include <utility>
#include <vector>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/blocks.hpp"

namespace baselines {

template <class Work>
class TunedFlowGraph {
 public:
  explicit TunedFlowGraph(const Job<Work>& job) : job_(job), arena_(job.threads) {
    arena_.execute([this] { graph_ = std::make_unique<Graph>(job_); });
  }

  std::uint64_t run() {
    return arena_.execute([this] { return graph_->run(); });
  }

 private:
  using BlockOf = Block<typename Work::Item>;
  using Stage = tbb::flow::function_node<BlockOf*, BlockOf*>;

  /// Made inside of the arena that runs it.
  struct Graph {
    explicit Graph(const Job<Work>& its_job)
        : job(its_job),
          ring(its_job, blocks_in_flight(its_job.threads) + 1),  // the input_node makes one ahead
          source(graph,
                 [this](tbb::flow_control& control) noexcept {
                   BlockOf* const block = ring.next();
                   if (block == nullptr) control.stop();
                   return block;
                 }),
          limiter(graph, blocks_in_flight(its_job.threads)),
          order(graph, [](BlockOf* block) noexcept { return block->sequence; }),
          sink(graph, tbb::flow::serial, [this](BlockOf* block) noexcept {
            sum += sum_of(results_of(*block));
            return tbb::flow::continue_msg();
          }) {
      tbb::flow::make_edge(source, limiter);
      add_stages(std::make_index_sequence<Work::kStages>());
      tbb::flow::make_edge(*stages.back(), order);
      tbb::flow::make_edge(order, sink);
      tbb::flow::make_edge(sink, limiter.decrementer());
    }

    std::uint64_t run() {
      ring.begin_run();
      sum = 0;
      source.activate();
      graph.wait_for_all();
      return sum;
    }

    template <std::size_t... I>
    void add_stages(std::index_sequence<I...>) {
      tbb::flow::sender<BlockOf*>* last = &limiter;
      const auto add = [&](auto body) {
        stages.push_back(std::make_unique<Stage>(graph, tbb::flow::unlimited, body));
        tbb::flow::make_edge(*last, *stages.back());
        last = stages.back().get();
      };
      (add([body = job.body](BlockOf* block) noexcept {
         work_on<I>(*block, body);
         return block;
       }),
       ...);
    }

    const Job<Work>& job;
    BlockRing<Work> ring;
    tbb::flow::graph graph;
    tbb::flow::input_node<BlockOf*> source;
    tbb::flow::limiter_node<BlockOf*> limiter;
    std::vector<std::unique_ptr<Stage>> stages;
    tbb::flow::sequencer_node<BlockOf*> order;
    tbb::flow::function_node<BlockOf*, tbb::flow::continue_msg> sink;
    std::uint64_t sum = 0;
  };

  const Job<Work>& job_;
  Arena arena_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace baselines
