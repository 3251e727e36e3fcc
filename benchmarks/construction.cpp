// Question: what does a run take before its first item and after its last?
//
// `WeirFlow` builds a typed flow and its graph; `WeirRun` runs a graph over no items: it is checked, planned
// and lowered onto oneTBB, an arena is made, and a report. `FlowGraph` and `Pipeline` construct what the
// tuned baselines have, arena and buffers included, and run it over no items. Stages add nothing to a number.
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/baselines/timed.hpp"
#include "benchmarks/baselines/tuned_flow_graph.hpp"
#include "benchmarks/baselines/tuned_pipeline.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;

template <std::size_t Stages>
using Empty = Work<Item<8>, Trivial, Stages>;

struct SameItem {
  Item<8> operator()(const Item<8>& item) const noexcept { return item; }
};

template <std::size_t Stage, class Stream>
weir::Flow with_stages(Stream stream) {
  if constexpr (Stage == 0) {
    return std::move(stream) | weir::to("out", [](std::span<const Item<8>>) noexcept {});
  } else {
    return with_stages<Stage - 1>(std::move(stream) | weir::map("stage" + std::to_string(Stage), SameItem()));
  }
}
template <std::size_t Stages>
weir::Graph graph_of(const std::vector<Item<8>>& items) {
  return with_stages<Stages>(weir::from("items", items)).graph();
}

template <std::size_t Stages>
void build_flow(benchmark::State& state) {
  const std::vector<Item<8>> none;
  for (auto _ : state)
    benchmark::DoNotOptimize(graph_of<Stages>(none));
}

template <std::size_t Stages>
void run_flow(benchmark::State& state) {
  const std::vector<Item<8>> none;
  const weir::Graph graph = graph_of<Stages>(none);
  const weir::ThreadLimit limit(2);
  for (auto _ : state) {
    if (!weir::run(graph, {.threads = 2}).succeeded()) state.SkipWithError("the run failed");
  }
}

template <template <class> class Contender, std::size_t Stages>
void construct_and_run(benchmark::State& state) {
  const Job<Empty<Stages>> job(0, Trivial(0), weir::kChunkItemsMax, 2);
  for (auto _ : state) {
    Contender<Empty<Stages>> contender(job);
    benchmark::DoNotOptimize(contender.run());
  }
}

void timed(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_TEMPLATE(build_flow, 1)->Name("WeirFlow/stages:1")->Apply(timed);
BENCHMARK_TEMPLATE(build_flow, 8)->Name("WeirFlow/stages:8")->Apply(timed);
BENCHMARK_TEMPLATE(run_flow, 1)->Name("WeirRun/stages:1")->Apply(timed);
BENCHMARK_TEMPLATE(run_flow, 8)->Name("WeirRun/stages:8")->Apply(timed);
BENCHMARK_TEMPLATE(construct_and_run, TunedFlowGraph, 1)->Name("FlowGraph/stages:1")->Apply(timed);
BENCHMARK_TEMPLATE(construct_and_run, TunedFlowGraph, 8)->Name("FlowGraph/stages:8")->Apply(timed);
BENCHMARK_TEMPLATE(construct_and_run, PipelineByStage, 1)->Name("Pipeline/stages:1")->Apply(timed);
BENCHMARK_TEMPLATE(construct_and_run, PipelineByStage, 8)->Name("Pipeline/stages:8")->Apply(timed);

}  // namespace
