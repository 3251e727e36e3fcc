// Question: what does it cost to send items three ways and to bring the results together again, beside a flow
// graph of oneTBB that is written for it?
//
// All three branches see every item, and work on it; the results come together in order and are summed. The
// flow graph passes one block through all branches and waits for the last; weir merges three streams of
// chunks. An item here is one that went three ways.
#include "benchmarks/baselines/fan_out_graph.hpp"

#include <span>
#include <string>
#include <utility>

#include "benchmarks/baselines/timed.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;

template <class Work>
class TypedFlow {
 public:
  explicit TypedFlow(const Job<Work>& job) : job_(job), limit_(job.threads), graph_(made()) {}

  std::uint64_t run() {
    sum_ = 0;
    const weir::RunReport report = weir::run(graph_, {.threads = job_.threads});
    return report.succeeded() ? sum_ : 0;
  }

 private:
  using Item = typename Work::Item;

  template <std::size_t Branch>
  auto branch() const {
    return weir::map("branch" + std::to_string(Branch),
                     [body = job_.body](const Item& item) noexcept { return worked<Branch>(item, body); });
  }
  weir::Graph made() {
    auto [first, second, third] = weir::from("items", std::span(job_.items), {.chunk_items = job_.batch}) |
                                  weir::broadcast<kBranches>();
    return (weir::merge(std::move(first) | branch<0>(), std::move(second) | branch<1>(),
                        std::move(third) | branch<2>()) |
            weir::to("sum", [this](std::span<const Item> items) noexcept { sum_ += sum_of(items); }))
        .graph();
  }

  const Job<Work>& job_;
  weir::ThreadLimit limit_;
  std::uint64_t sum_ = 0;
  weir::Graph graph_;
};

template <template <class> class Contender, class Body>
void time_case(benchmark::State& state) {
  const std::int64_t body_ns = state.range(0);
  const std::int64_t items = body_ns > 0 ? 20'000'000 / body_ns : std::int64_t{1} << 21;
  Job<Work<Item<8>, Body, 1>> job(static_cast<std::size_t>(items), Body(body_ns),
                                  static_cast<std::size_t>(state.range(1)),
                                  static_cast<std::size_t>(state.range(2)));
  job.answer = answer_of_branches(job);
  time_runs<Contender>(state, job);
}

template <template <class> class Contender>
void contend(benchmark::State& state) {
  if (state.range(0) == 0) return time_case<Contender, Trivial>(state);
  time_case<Contender, Spinning>(state);
}

void cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"body_ns", "batch", "threads"})->UseRealTime()->Unit(benchmark::kMillisecond);
  for (const std::int64_t threads : {1, 2}) {
    benchmark->Args({0, weir::kChunkItemsMax, threads});
    benchmark->Args({0, 1024, threads});
    benchmark->Args({100, 1024, threads});
  }
}
BENCHMARK_TEMPLATE(contend, TypedFlow)->Name("Weir")->Apply(cases);
BENCHMARK_TEMPLATE(contend, FanOutGraph)->Name("FlowGraph")->Apply(cases);

}  // namespace
