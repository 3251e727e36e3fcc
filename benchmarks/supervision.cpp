// Question: what does supervision cost while nothing fails, what do failures cost, and how soon does a
// restarted stage go on?
//
// A stage works on numbers one by one, each for `body_ns` (0: an addition), and asks the engine about each
// that threw. Per mille of the records throw at their first attempt. `NoFaults` takes its stages with `fail`
// alone, or with a whole chain (retry, restart, dead letter) in a group of its own: calls are then counted at
// a gate. `Restart` measures from a throw to the replayed call; nothing waits in between.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

#include "weir/run.hpp"

namespace {

using Values = std::vector<std::int64_t>;

class Numbers final : public weir::Payload {
 public:
  explicit Numbers(Values its_values) : values(std::move(its_values)) {}
  std::size_t rows() const noexcept override { return values.size(); }
  std::size_t bytes() const noexcept override { return values.size() * sizeof(std::int64_t); }
  weir::Batch slice(std::size_t offset, std::size_t count) const override {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(offset);
    return std::make_shared<Numbers>(Values(begin, begin + static_cast<std::ptrdiff_t>(count)));
  }
  std::shared_ptr<weir::Payload> clone() const override { return std::make_shared<Numbers>(*this); }
  std::string describe(std::size_t row) const override { return std::to_string(values[row]); }
  Values values;
};

const Values& values_of(const weir::Batch& batch) { return static_cast<const Numbers&>(*batch).values; }

class CountUp final : public weir::Source {
 public:
  CountUp(std::int64_t count, std::int64_t rows) : count_(count), rows_(rows) {}
  std::optional<weir::Work> next() override {
    if (at_ >= count_) return std::nullopt;
    Values values(static_cast<std::size_t>(std::min(rows_, count_ - at_)));
    for (std::int64_t& value : values)
      value = at_++;
    return weir::Work{std::make_shared<Numbers>(std::move(values)), {}};
  }
  std::string position() const override { return std::to_string(at_); }
  void seek(const std::string& position) override { at_ = std::stoll(position); }

 private:
  const std::int64_t count_, rows_;
  std::int64_t at_ = 0;
};

/// Adds up all that arrives, so that a lost or doubled record shows.
class Total final : public weir::Sink {
 public:
  explicit Total(std::atomic<std::int64_t>& total) : total_(total) {}
  void write(const weir::Batch& batch, weir::Emitter&) override {
    std::int64_t sum = 0;
    for (const std::int64_t value : values_of(batch))
      sum += value;
    total_ += sum;
  }

 private:
  std::atomic<std::int64_t>& total_;
};

/// How many rounds of `spin` take a nanosecond on this machine.
double rounds_a_ns() {
  static const double rounds = [] {
    constexpr std::int64_t kRounds = 20'000'000;
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t value = 1;
    for (std::int64_t round = 0; round < kRounds; ++round)
      benchmark::DoNotOptimize(value = value * 6364136223846793005u + 1442695040888963407u);
    const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(kRounds) / elapsed.count();
  }();
  return rounds;
}

struct Work {
  std::int64_t rounds = 0;     ///< a record
  std::int64_t per_mille = 0;  ///< of the records throw, once each
  std::vector<std::atomic<bool>>* thrown = nullptr;

  std::int64_t operator()(std::int64_t value) const {
    std::uint64_t spun = 1;
    for (std::int64_t round = 0; round < rounds; ++round)
      benchmark::DoNotOptimize(spun = spun * 6364136223846793005u + 1442695040888963407u);
    if (per_mille > 0 && value % 1000 < per_mille &&
        !(*thrown)[static_cast<std::size_t>(value)].exchange(true))
      throw std::runtime_error("now and then");
    return value;
  }
};

class ItemByItem final : public weir::Transform {
 public:
  explicit ItemByItem(Work work) : work_(work) {}
  weir::Cursor process(const weir::Input& input, weir::State*, weir::Emitter& out) override {
    const Values& values = values_of(input.batch);
    Values results;
    results.reserve(values.size());
    std::size_t row = 0;
    while (row < values.size()) {
      try {
        for (; row < values.size(); ++row)
          results.push_back(work_(values[row]));
      } catch (...) {
        const weir::ItemVerdict verdict = out.failed(row, weir::describe_current_exception());
        if (verdict == weir::ItemVerdict::later) break;
        row += verdict == weir::ItemVerdict::left_out;
      }
    }
    out.emit(std::make_shared<Numbers>(std::move(results)));
    return weir::kDone;
  }

 private:
  const Work work_;
};

weir::StageSpec transform(std::string name, std::function<std::unique_ptr<weir::Transform>()> make) {
  weir::StageSpec spec{
      .name = std::move(name), .type = "work", .body = weir::TransformSpec{std::move(make), {}}};
  spec.inputs = {{.type = {"numbers"}}};
  spec.outputs = {{.type = {"numbers"}}};
  return spec;
}

weir::Graph chain(std::int64_t count, std::int64_t rows, std::vector<weir::StageSpec> stages,
                  std::atomic<std::int64_t>& total) {
  weir::Graph graph;
  weir::StageSpec source{
      .name = "source",
      .type = "count_up",
      .body = weir::SourceSpec{[=] { return std::make_unique<CountUp>(count, rows); }, {}}};
  source.outputs = {{.type = {"numbers"}}};
  weir::StageIndex last = graph.add(std::move(source));
  for (weir::StageSpec& stage : stages) {
    const weir::StageIndex added = graph.add(std::move(stage));
    graph.connect(last, added);
    last = added;
  }
  weir::StageSpec sink{.name = "sink",
                       .type = "total",
                       .body = weir::SinkSpec{[&total] { return std::make_unique<Total>(total); }, {}}};
  sink.inputs = {{.type = {"numbers"}}};
  graph.connect(last, graph.add(std::move(sink)));
  return graph;
}

void check(benchmark::State& state, const weir::RunReport& report, std::int64_t count, std::int64_t total) {
  if (!report.succeeded()) state.SkipWithError("the run failed");
  if (!report.imbalances().empty()) state.SkipWithError("the ledger does not balance");
  if (total != count * (count - 1) / 2) state.SkipWithError("records are missing or there twice");
}

// Arguments: supervised (0, 1), stages, records a batch, body_ns.
void NoFaults(benchmark::State& state) {
  const bool supervised = state.range(0) != 0;
  const std::int64_t rows = state.range(2);
  const std::int64_t body_ns = state.range(3);
  const std::int64_t count = (body_ns > 0 ? 100'000 : 2'000'000) * (rows == 1 && body_ns == 0 ? 1 : 5) / 5;
  const weir::ThreadLimit limit(1);
  std::atomic<std::int64_t> total{0};
  const Work work{.rounds = static_cast<std::int64_t>(static_cast<double>(body_ns) * rounds_a_ns())};
  std::vector<weir::StageSpec> stages;
  for (std::int64_t i = 0; i < state.range(1); ++i) {
    weir::StageSpec stage =
        transform("stage" + std::to_string(i), [work] { return std::make_unique<ItemByItem>(work); });
    if (supervised)
      stage.on_error =
          weir::ErrorPolicy::always({{weir::retry(3), weir::restart()}, weir::FailureAction::skip});
    stages.push_back(std::move(stage));
  }
  const weir::Graph graph = chain(count, rows, std::move(stages), total);
  for (auto _ : state) {
    total = 0;
    const weir::RunReport report = weir::run(graph, {.threads = 1});
    check(state, report, count, total);
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(NoFaults)
    ->ArgNames({"supervised", "stages", "records", "body_ns"})
    ->ArgsProduct({{0, 1}, {1, 3}, {1, 64, 1024}, {0}})
    ->ArgsProduct({{0, 1}, {1}, {1024}, {1000}})
    ->Unit(benchmark::kMillisecond);

// Arguments: per mille that throw, body_ns, thousands of records.
void Faults(benchmark::State& state) {
  const std::int64_t per_mille = state.range(0);
  const std::int64_t count = state.range(2) * 1000;
  const weir::ThreadLimit limit(1);
  std::atomic<std::int64_t> total{0};
  std::vector<std::atomic<bool>> thrown(static_cast<std::size_t>(count));
  const Work work{.rounds = static_cast<std::int64_t>(static_cast<double>(state.range(1)) * rounds_a_ns()),
                  .per_mille = per_mille,
                  .thrown = &thrown};
  weir::StageSpec stage = transform("stage", [work] { return std::make_unique<ItemByItem>(work); });
  stage.on_error = weir::ErrorPolicy::always({{weir::retry(3)}, weir::FailureAction::fail});
  const weir::Graph graph = chain(count, 1024, {std::move(stage)}, total);
  std::uint64_t retried = 0;
  for (auto _ : state) {
    state.PauseTiming();
    total = 0;
    for (auto& each : thrown)
      each.store(false, std::memory_order_relaxed);
    state.ResumeTiming();
    const weir::RunReport report = weir::run(graph, {.threads = 1});
    check(state, report, count, total);
    retried = report.stages[1].retried;
  }
  state.counters["retried"] = static_cast<double>(retried);
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(Faults)
    ->ArgNames({"per_mille", "body_ns", "thousands"})
    ->ArgsProduct({{0, 1, 10}, {0}, {2'000}})
    ->ArgsProduct({{0, 1, 10}, {1000}, {200}})
    ->Args({10, 0, 10'000})
    ->Unit(benchmark::kMillisecond);

using Instant = std::chrono::steady_clock::time_point;

/// Breaks at every hundredth batch; only a new incarnation works again.
class Fragile final : public weir::Transform {
 public:
  Fragile(Instant& broke, std::vector<double>& recovered_us) : broke_(broke), recovered_us_(recovered_us) {}
  weir::Cursor process(const weir::Input& input, weir::State*, weir::Emitter& out) override {
    if (broke_ != Instant()) {
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - broke_;
      recovered_us_.push_back(took.count());
      broke_ = Instant();
    } else if (++calls_ == 100) {
      broke_ = std::chrono::steady_clock::now();
      throw std::runtime_error("worn out");
    }
    out.emit(input.batch);
    return weir::kDone;
  }

 private:
  Instant& broke_;
  std::vector<double>& recovered_us_;
  int calls_ = 0;
};

void Restart(benchmark::State& state) {
  constexpr std::int64_t kBatches = 100'000;
  const auto threads = static_cast<std::size_t>(state.range(0));
  const weir::ThreadLimit limit(threads);
  std::atomic<std::int64_t> total{0};
  Instant broke;
  std::vector<double> recovered_us;
  weir::StageSpec stage = transform("stage", [&] { return std::make_unique<Fragile>(broke, recovered_us); });
  stage.on_error = weir::ErrorPolicy::always({{weir::restart()}, weir::FailureAction::fail});
  stage.workers = 1;
  weir::Graph graph = chain(kBatches, 1, {std::move(stage)}, total);
  graph.supervisor.backoff = {};
  graph.supervisor.max_restarts = 1'000'000;
  for (auto _ : state) {
    total = 0;
    broke = {};
    const weir::RunReport report = weir::run(graph, {.threads = threads});
    check(state, report, kBatches, total);
  }
  std::ranges::sort(recovered_us);
  const auto percentile = [&](double share) {
    return recovered_us[static_cast<std::size_t>(share * static_cast<double>(recovered_us.size() - 1))];
  };
  state.counters["restarts"] = static_cast<double>(recovered_us.size());
  state.counters["p50_us"] = percentile(0.5);
  state.counters["p99_us"] = percentile(0.99);
  state.counters["max_us"] = percentile(1);
}
BENCHMARK(Restart)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
