// Baseline: a tbb::flow graph as one writes it first: a message an item, nothing that bounds how many there
// are, and no order.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <memory>
#include <utility>
#include <vector>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/work.hpp"

namespace baselines {

template <class Work>
class NaiveFlowGraph {
 public:
  explicit NaiveFlowGraph(const Job<Work>& job) : job_(job), arena_(job.threads) {
    arena_.execute([this] { graph_ = std::make_unique<Graph>(job_); });
  }

  std::uint64_t run() {
    return arena_.execute([this] { return graph_->run(); });
  }

 private:
  using Item = typename Work::Item;
  using Stage = tbb::flow::function_node<Item, Item>;

  /// Made inside of the arena that runs it.
  struct Graph {
    explicit Graph(const Job<Work>& its_job)
        : job(its_job),
          source(graph,
                 [this](tbb::flow_control& control) noexcept {
                   if (at < job.items.size()) return job.items[at++];
                   control.stop();
                   return Item{};
                 }),
          sink(graph, tbb::flow::serial, [this](const Item& item) noexcept {
            sum += item.value;
            return tbb::flow::continue_msg();
          }) {
      add_stages(std::make_index_sequence<Work::kStages>());
      tbb::flow::make_edge(*stages.back(), sink);
    }

    std::uint64_t run() {
      at = 0;
      sum = 0;
      source.activate();
      graph.wait_for_all();
      return sum;
    }

    template <std::size_t... I>
    void add_stages(std::index_sequence<I...>) {
      tbb::flow::sender<Item>* last = &source;
      const auto add = [&](auto body) {
        stages.push_back(std::make_unique<Stage>(graph, tbb::flow::unlimited, body));
        tbb::flow::make_edge(*last, *stages.back());
        last = stages.back().get();
      };
      (add([body = job.body](const Item& item) noexcept { return worked<I>(item, body); }), ...);
    }

    const Job<Work>& job;
    tbb::flow::graph graph;
    tbb::flow::input_node<Item> source;
    std::vector<std::unique_ptr<Stage>> stages;
    tbb::flow::function_node<Item, tbb::flow::continue_msg> sink;
    std::size_t at = 0;
    std::uint64_t sum = 0;
  };

  const Job<Work>& job_;
  Arena arena_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace baselines
