// Question: what do items that throw cost, when each is tried again and then works?
//
// Per mille of the items throw at their first attempt. `Weir` has `.on_error(weir::retry(3))`; `ByHand` is
// the tuned tbb::parallel_pipeline with a try block in its body, so that what a throw and a catch take is in
// both. A body's own work is an addition or a microsecond. With 0 per mille the same question is asked of
// each item.
#include <span>
#include <stdexcept>

#include "benchmarks/baselines/timed.hpp"
#include "benchmarks/baselines/tuned_pipeline.hpp"
#include "weir/flow.hpp"

namespace {

using namespace baselines;

class Faulty {
 public:
  Faulty(std::uint64_t per_mille, std::int64_t body_ns) : per_mille_(per_mille), work_(body_ns) {}

  std::uint64_t attempt(std::uint64_t value, std::uint32_t attempt) const {
    if (value % 1000 < per_mille_ && attempt == 1) throw std::runtime_error("now and then");
    return work_(value, 0);
  }
  /// Tries again until it works.
  std::uint64_t operator()(std::uint64_t value, std::uint64_t) const noexcept {
    for (std::uint32_t tries = 1;; ++tries) {
      try {
        return attempt(value, tries);
      } catch (const std::exception& error) {
        benchmark::DoNotOptimize(error.what());
      }
    }
  }

 private:
  const std::uint64_t per_mille_;
  const Spinning work_;
};

template <class Work>
class TypedFlow {
 public:
  using Item = typename Work::Item;

  explicit TypedFlow(const Job<Work>& job)
      : job_(job),
        limit_(job.threads),
        graph_((weir::from("items", std::span(job.items), {.chunk_items = job.batch}) |
                weir::map("work",
                          [body = job.body](const Item& item, weir::Context& context) {
                            return Item{body.attempt(item.value, context.attempt())};
                          })
                    .on_error(weir::retry(3)) |
                weir::to("sum", [this](std::span<const Item> items) noexcept {
                  sum_ += sum_of(items);
                })).graph()) {}

  std::uint64_t run() {
    sum_ = 0;
    const weir::RunReport report = weir::run(graph_, {.threads = job_.threads});
    return report.succeeded() && report.imbalances().empty() ? sum_ : 0;
  }

 private:
  const Job<Work>& job_;
  weir::ThreadLimit limit_;
  std::uint64_t sum_ = 0;
  weir::Graph graph_;
};

template <template <class> class Contender>
void contend(benchmark::State& state) {
  const std::int64_t body_ns = state.range(1);
  const std::size_t items = body_ns > 0 ? 40'000 : 1'000'000;
  const Job<Work<Item<8>, Faulty, 1>> job(items, Faulty(static_cast<std::uint64_t>(state.range(0)), body_ns),
                                          static_cast<std::size_t>(state.range(2)), 1);
  time_runs<Contender>(state, job);
}

void cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"per_mille", "body_ns", "batch"})
      ->ArgsProduct({{0, 1, 10}, {0}, {weir::kChunkItemsMax}})
      ->ArgsProduct({{0, 1, 10}, {1000}, {64}})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK_TEMPLATE(contend, TypedFlow)->Name("Weir")->Apply(cases);
BENCHMARK_TEMPLATE(contend, PipelineFused)->Name("ByHand")->Apply(cases);

}  // namespace
