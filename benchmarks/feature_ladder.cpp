// Question: what does each of a typed flow's features cost while nothing fails?
//
// Rungs, all over the same three stages on one thread: `Weir`, whose bodies are `noexcept` and so not
// guarded; `WeirUnordered`, the same with a sink that takes what comes; `WeirObserved`, with an observer of
// events; `WeirUnfused`, each stage a node of its own. In those below bodies may throw, though none does:
// `WeirMayThrow`, which would fail the run; `WeirRetry`, with retries and skipping; `WeirRestart`, with a
// callable a worker, retries, restarts and skipping: supervision as a whole; `WeirDeadLetters`, with a sink
// for dead letters a stage instead of skipping. Counters, which a report is made of, are always on.
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "benchmarks/baselines/timed.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;
using Number = Item<8>;

template <class Body>
struct Guarded {
  Body body;
  Number operator()(const Number& item) const {
    if (item.value == ~std::uint64_t{0}) throw std::runtime_error("this never comes");
    return {body(item.value, 0)};
  }
};
template <class Body>
struct Unguarded {
  Body body;
  Number operator()(const Number& item) const noexcept { return {body(item.value, 0)}; }
};

// Each rung says how its stages are made.
struct Weir {
  static auto stage(const char* name, auto body) { return weir::map(name, Unguarded<decltype(body)>{body}); }
};
struct WeirUnordered : Weir {};
struct WeirObserved : Weir {};
struct WeirUnfused : Weir {};
struct WeirMayThrow {
  static auto stage(const char* name, auto body) { return weir::map(name, Guarded<decltype(body)>{body}); }
};
struct WeirRetry {
  static auto stage(const char* name, auto body) {
    return weir::map(name, Guarded<decltype(body)>{body}).on_error(weir::retry(3).then(weir::skip()));
  }
};
struct WeirRestart {
  static auto stage(const char* name, auto body) {
    return weir::map(name, weir::per_worker([body] { return Guarded<decltype(body)>{body}; }))
        .on_error(weir::retry(3).then(weir::restart()).then(weir::skip()));
  }
};
struct WeirDeadLetters {
  static auto stage(const char* name, auto body) {
    const auto ignore = [](const weir::DeadLetter<Number>&) {};
    return weir::map(name, weir::per_worker([body] { return Guarded<decltype(body)>{body}; }))
        .on_error(weir::retry(3).then(weir::restart()).then(weir::dead_letter(ignore)));
  }
};

template <class Rung, class Work>
weir::Graph graph_of(const Job<Work>& job, std::uint64_t& sum) {
  auto stream = weir::from("items", job.items, {.chunk_items = job.batch}) | Rung::stage("first", job.body) |
                Rung::stage("second", job.body) | Rung::stage("third", job.body);
  auto sink = weir::to("sum", [&sum](std::span<const Number> results) noexcept { sum += sum_of(results); });
  if constexpr (std::is_same_v<Rung, WeirUnordered>)
    return (std::move(stream) | std::move(sink).unordered()).graph();
  else
    return (std::move(stream) | std::move(sink)).graph();
}

template <class Rung, class Body>
void time_rung(benchmark::State& state, std::size_t items) {
  const Job<Work<Number, Body, 1>> job(items, Body(state.range(0)), static_cast<std::size_t>(state.range(1)),
                                       1);
  std::uint64_t answer = 0, sum = 0;
  for (const Number& item : job.items)
    answer += job.body(job.body(job.body(item.value, 0), 0), 0);
  const weir::ThreadLimit limit(1);
  const weir::Graph graph = graph_of<Rung>(job, sum);
  weir::RunOptions options{.threads = 1, .fuse = !std::is_same_v<Rung, WeirUnfused>};
  std::uint64_t events = 0;
  if (std::is_same_v<Rung, WeirObserved>) options.observers.push_back([&](const weir::Event&) { ++events; });
  for (auto _ : state) {
    sum = 0;
    const weir::RunReport report = weir::run(graph, options);
    if (!report.succeeded() || sum != answer) state.SkipWithError("items are missing, or wrong");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(job.items.size()));
}

template <class Rung>
void climb(benchmark::State& state) {
  if (state.range(0) == 0) return time_rung<Rung, Trivial>(state, 1 << 20);
  time_rung<Rung, Spinning>(state, 10'000);
}

void cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"body_ns", "batch"})
      ->Args({0, 64})
      ->Args({0, weir::kChunkItemsMax})
      ->Args({1000, 64})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK_TEMPLATE(climb, Weir)->Name("Weir")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirUnordered)->Name("WeirUnordered")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirObserved)->Name("WeirObserved")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirUnfused)->Name("WeirUnfused")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirMayThrow)->Name("WeirMayThrow")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirRetry)->Name("WeirRetry")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirRestart)->Name("WeirRestart")->Apply(cases);
BENCHMARK_TEMPLATE(climb, WeirDeadLetters)->Name("WeirDeadLetters")->Apply(cases);

}  // namespace
