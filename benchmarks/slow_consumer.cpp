// Question: how much memory does a run take whose source never ends and is faster than its sink?
//
// The sink takes a microsecond an item, the source next to nothing. Counted is the resident memory, beyond
// that of the beginning, after each quarter of what the sink is waited for, in MiB: weir's credits hold it,
// while the flow graph of `NaiveGraph` has nothing that does.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/flow_graph.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <optional>

#include "benchmarks/baselines/arena.hpp"
#include "benchmarks/baselines/work.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;
using Record = Item<64>;

constexpr std::size_t kThreads = 2;
constexpr std::size_t kItems = 200'000;

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double size_pages = 0, resident_pages = 0;
  statm >> size_pages >> resident_pages;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// The sink: one thread at a time.
class SlowSink {
 public:
  /// Whether that was the last that is waited for.
  bool take(const Record& record) {
    benchmark::DoNotOptimize(spin(record.value, kSpinsPerMicrosecond));
    if (++taken_ % (kItems / 4) == 0) grown_mib_[taken_ / (kItems / 4) - 1] = resident_mib() - begin_mib_;
    return taken_ == kItems;
  }
  void count(benchmark::State& state) const {
    for (std::size_t quarter = 0; quarter < 4; ++quarter)
      state.counters["mib_" + std::to_string(25 * (quarter + 1))] = grown_mib_[quarter];
    if (taken_ < kItems) state.SkipWithError("items are missing");
  }

 private:
  const double begin_mib_ = resident_mib();
  std::size_t taken_ = 0;
  std::array<double, 4> grown_mib_{};
};

void Weir(benchmark::State& state) {
  const weir::ThreadLimit limit(kThreads);
  for (auto _ : state) {
    SlowSink sink;
    std::uint64_t made = 0;
    weir::Flow flow = weir::from("endless",
                                 [&made] {
                                   return std::optional(Record{made++, {}});
                                 }) |
                      weir::take("enough", kItems) |
                      weir::to("slow", [&sink](const Record& record) { sink.take(record); });
    if (!flow.run({.threads = kThreads}).succeeded()) state.SkipWithError("the run failed");
    sink.count(state);
  }
}

void NaiveGraph(benchmark::State& state) {
  namespace flow = tbb::flow;
  Arena arena(kThreads);
  for (auto _ : state) {
    SlowSink sink;
    std::uint64_t made = 0;
    std::atomic<bool> enough{false};
    arena.execute([&] {
      flow::graph graph;
      flow::input_node<Record> source(graph, [&](tbb::flow_control& control) noexcept {
        if (enough) control.stop();
        return Record{made++, {}};
      });
      flow::function_node<Record> slow(graph, flow::serial, [&](const Record& record) noexcept {
        if (enough || !sink.take(record)) return;
        enough = true;
        graph.cancel();  // what waits in between is of no use any more
      });
      flow::make_edge(source, slow);
      source.activate();
      graph.wait_for_all();
    });
    sink.count(state);
  }
}

void once(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(Weir)->Name("Weir/memory")->Apply(once);
BENCHMARK(NaiveGraph)->Name("NaiveGraph/memory")->Apply(once);

}  // namespace
