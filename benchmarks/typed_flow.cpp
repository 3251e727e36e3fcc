// Question: what does a typed flow cost an item, beside what one writes by hand in oneTBB, and beside the
// bare loop?
//
// Everybody reads items that stand in memory, takes each through the stages, and sums the results in order
// (`NaiveGraph`, `ParallelFor`: in any order, so that they have less to do). What a tuned contender does, its
// file in benchmarks/baselines/ says. `Weir` has `weir::map` stages and a sink that takes spans; as in all
// benchmarks of runs, its time includes what `weir::run` does before and after: the lowering of the graph, an
// arena, the report (bench_construction times it apart).
//
// Cases, not the full product but what goals name: trivial bodies by batch, by payload and by stages; bodies
// of 100 ns, 1 us and 10 us by stages, in batches as one would choose them; a body of 1 us by threads, beside
// a loop that has nothing to share. 4096 items of 8 bytes, and 256 of 256, are what weir takes by default.
#include <oneapi/tbb/parallel_for.h>

#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/baselines/block_tasks.hpp"
#include "benchmarks/baselines/naive_flow_graph.hpp"
#include "benchmarks/baselines/serial_loop.hpp"
#include "benchmarks/baselines/timed.hpp"
#include "benchmarks/baselines/tuned_flow_graph.hpp"
#include "benchmarks/baselines/tuned_pipeline.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;

/// A named type: a lambda's would have the whole stream before it in its name.
template <std::size_t Stage, class Item, class Body>
struct StageCall {
  Body body;
  Item operator()(const Item& item) const noexcept { return worked<Stage>(item, body); }
};

template <class Work>
class TypedFlow {
 public:
  explicit TypedFlow(const Job<Work>& job)
      : job_(job),
        limit_(job.threads),
        graph_((add_stages<0>(weir::from("items", std::span(job.items), {.chunk_items = job.batch})) |
                weir::to("sum", [this](std::span<const Item> items) noexcept {
                  sum_ += sum_of(items);
                })).graph()) {}

  std::uint64_t run() {
    sum_ = 0;
    const weir::RunReport report = weir::run(graph_, {.threads = job_.threads});
    return report.succeeded() ? sum_ : 0;
  }

 private:
  using Item = typename Work::Item;
  using Body = typename Work::Body;

  template <std::size_t Stage, class Stream>
  auto add_stages(Stream stream) {
    if constexpr (Stage == Work::kStages)
      return stream;
    else
      return add_stages<Stage + 1>(std::move(stream) | weir::map("stage" + std::to_string(Stage),
                                                                 StageCall<Stage, Item, Body>{job_.body}));
  }

  const Job<Work>& job_;
  weir::ThreadLimit limit_;
  std::uint64_t sum_ = 0;
  weir::Graph graph_;
};

/// As many threads, each with its share of the items from the beginning, and nothing else: how well this
/// machine's cores work beside each other.
template <class Work>
class AluLoop {
 public:
  explicit AluLoop(const Job<Work>& job) : job_(job), arena_(job.threads) {}
  std::uint64_t run() {
    std::vector<std::uint64_t> sums(job_.threads * kApart);
    arena_.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, job_.threads,
          [&](std::size_t thread) { sums[thread * kApart] = sum_of_share(thread); },
          tbb::static_partitioner());
    });
    return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
  }

 private:
  static constexpr std::size_t kApart = 16;  // no cache line of two threads

  std::uint64_t sum_of_share(std::size_t thread) const noexcept {
    const std::size_t begin = job_.items.size() * thread / job_.threads;
    const std::size_t end = job_.items.size() * (thread + 1) / job_.threads;
    std::uint64_t sum = 0;
    for (std::size_t i = begin; i < end; ++i)
      sum += worked_through<Work>(job_.items[i].value, job_.body);
    return sum;
  }

  const Job<Work>& job_;
  Arena arena_;
};

struct Case {
  std::int64_t stages, body_ns, payload, batch, threads;

  static Case of(const benchmark::State& state) {
    return {state.range(0), state.range(1), state.range(2), state.range(3), state.range(4)};
  }
  /// So many that a run takes some tens of milliseconds, of which the beginning and the end are a small part.
  std::size_t items() const {
    constexpr std::int64_t kMostBytes = std::int64_t{16} << 20;  // half of what the last cache holds here
    if (body_ns > 0) return static_cast<std::size_t>(60'000'000 / (body_ns * stages));
    return static_cast<std::size_t>(std::min(kMostBytes / payload, batch == 1 ? 200'000 : kMostBytes));
  }
};

template <template <class> class Contender, class Item, class Body, std::size_t Stages>
void time_case(benchmark::State& state, const Case& its) {
  const Job<Work<Item, Body, Stages>> job(its.items(), Body(its.body_ns), static_cast<std::size_t>(its.batch),
                                          static_cast<std::size_t>(its.threads));
  time_runs<Contender>(state, job);
}

/// Finds the work that was compiled for the case.
template <template <class> class Contender>
void contend(benchmark::State& state) {
  const Case its = Case::of(state);
  const auto with_stages = [&]<class Item, class Body>(Item, const Body&) {
    if (its.stages == 1) return time_case<Contender, Item, Body, 1>(state, its);
    if (its.stages == 3) return time_case<Contender, Item, Body, 3>(state, its);
    time_case<Contender, Item, Body, 8>(state, its);
  };
  if (its.payload == 256) return time_case<Contender, Item<256>, Trivial, 3>(state, its);
  if (its.body_ns == 0) return with_stages(Item<8>(), Trivial(0));
  with_stages(Item<8>(), Spinning(0));
}

constexpr std::int64_t kDefault8 = weir::kChunkItemsMax;
constexpr std::int64_t kDefault256 = weir::kChunkBytes / 256;

using Benchmark = benchmark::internal::Benchmark;

void with_names(Benchmark* benchmark) {
  benchmark->ArgNames({"stages", "body_ns", "payload", "batch", "threads"})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}
void one_by_one(Benchmark* benchmark, std::int64_t threads) { benchmark->Args({3, 0, 8, 1, threads}); }
void trivial(Benchmark* benchmark, std::int64_t threads) {
  benchmark->ArgsProduct({{1, 3, 8}, {0}, {8}, {kDefault8}, {threads}});
  benchmark->Args({3, 0, 256, kDefault256, threads});
}
void other_batches(Benchmark* benchmark, std::int64_t threads) {
  benchmark->ArgsProduct({{3}, {0}, {8}, {64, 1024}, {threads}});
}
void grains(Benchmark* benchmark, std::int64_t threads) {
  benchmark->ArgsProduct({{1, 3, 8}, {100}, {8}, {1024}, {threads}});
  benchmark->ArgsProduct({{1, 3, 8}, {1000}, {8}, {64}, {threads}});
  benchmark->ArgsProduct({{1, 3, 8}, {10'000}, {8}, {1}, {threads}});
}
void by_threads(Benchmark* benchmark, std::int64_t first) {
  for (const std::int64_t threads : thread_counts()) {
    if (threads >= first) benchmark->Args({3, 1000, 8, 64, threads});
  }
}

void everything(Benchmark* benchmark) {
  with_names(benchmark);
  for (const std::int64_t threads : {1, 2}) {
    one_by_one(benchmark, threads);
    other_batches(benchmark, threads);
    trivial(benchmark, threads);
    grains(benchmark, threads);
  }
  by_threads(benchmark, 4);
}
void without_batches(Benchmark* benchmark) {
  with_names(benchmark);
  for (const std::int64_t threads : {1, 2}) {
    trivial(benchmark, threads);
    grains(benchmark, threads);
  }
}
void on_one_thread(Benchmark* benchmark) {
  with_names(benchmark);
  trivial(benchmark, 1);
  grains(benchmark, 1);
}
void item_by_item(Benchmark* benchmark) {
  with_names(benchmark);
  for (const std::int64_t threads : {1, 2})
    one_by_one(benchmark, threads);
}
void scaling(Benchmark* benchmark) {
  with_names(benchmark);
  by_threads(benchmark, 1);
}

BENCHMARK_TEMPLATE(contend, TypedFlow)->Name("Weir")->Apply(everything);
BENCHMARK_TEMPLATE(contend, PipelineByStage)->Name("Pipeline")->Apply(everything);
BENCHMARK_TEMPLATE(contend, PipelineFused)->Name("PipelineFused")->Apply(without_batches);
BENCHMARK_TEMPLATE(contend, TunedFlowGraph)->Name("FlowGraph")->Apply(everything);
BENCHMARK_TEMPLATE(contend, NaiveFlowGraph)->Name("NaiveGraph")->Apply(item_by_item);
BENCHMARK_TEMPLATE(contend, BlockTasks)->Name("ParallelFor")->Apply(without_batches);
BENCHMARK_TEMPLATE(contend, SerialLoop)->Name("SerialLoop")->Apply(on_one_thread);
BENCHMARK_TEMPLATE(contend, AluLoop)->Name("AluLoop")->Apply(scaling);

}  // namespace
