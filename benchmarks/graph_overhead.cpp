// Question: what does a token cost through 1, 3 and 8 stages that are not fused, beside the same in raw
// tbb::flow?
//
// Both sides: a source that makes a block, stages that read it and pass it on, and a sink that reads it; the
// same number of tokens in flight, the same arena, graphs constructed outside of the timed part. The raw side
// is what an expert writes: pointers to blocks, an input_node, a limiter. With `ordered`, the sink gets the
// tokens in order: a sequencer_node before a serial node on the raw side. Arguments: stages, records a token,
// threads, ordered.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "weir/run.hpp"

namespace {

constexpr std::int64_t kTokens = 100'000;

using Values = std::vector<std::int64_t>;

std::int64_t read(const Values& values) noexcept {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

struct Shape {
  explicit Shape(const benchmark::State& state)
      : stages(static_cast<std::size_t>(state.range(0))),
        records(static_cast<std::size_t>(state.range(1))),
        threads(static_cast<std::size_t>(state.range(2))),
        ordered(state.range(3) != 0) {}
  std::size_t stages, records, threads;
  bool ordered;
  std::size_t credits() const { return threads * weir::kCreditsPerThread; }
};

// --- weir ---

class Block final : public weir::Payload {
 public:
  explicit Block(std::size_t records) : values(records, 1) {}
  std::size_t rows() const noexcept override { return values.size(); }
  std::size_t bytes() const noexcept override { return values.size() * sizeof(std::int64_t); }
  weir::Batch slice(std::size_t, std::size_t count) const override { return std::make_shared<Block>(count); }
  std::shared_ptr<weir::Payload> clone() const override { return std::make_shared<Block>(*this); }
  std::string describe(std::size_t) const override { return {}; }
  Values values;
};

const Values& values_of(const weir::Batch& batch) { return static_cast<const Block&>(*batch).values; }

class Blocks final : public weir::Source {
 public:
  explicit Blocks(std::size_t records) : records_(records) {}
  std::optional<weir::Work> next() override {
    if (made_ == kTokens) return std::nullopt;
    ++made_;
    return weir::Work{std::make_shared<Block>(records_), {}};
  }
  std::string position() const override { return std::to_string(made_); }
  void seek(const std::string& position) override { made_ = std::stoll(position); }

 private:
  const std::size_t records_;
  std::int64_t made_ = 0;
};

class Pass final : public weir::Transform {
 public:
  weir::Cursor process(const weir::Input& input, weir::State*, weir::Emitter& out) override {
    benchmark::DoNotOptimize(read(values_of(input.batch)));
    out.emit(input.batch);
    return weir::kDone;
  }
};

class Drop final : public weir::Sink {
 public:
  void write(const weir::Batch& batch, weir::Emitter&) override {
    benchmark::DoNotOptimize(read(values_of(batch)));
  }
};

weir::Graph weir_graph(const Shape& shape) {
  const weir::PayloadType type{"block"};
  weir::Graph graph;
  weir::StageSpec source{
      .name = "source",
      .type = "blocks",
      .body = weir::SourceSpec{[=] { return std::make_unique<Blocks>(shape.records); }, {}}};
  source.outputs = {{.type = type}};
  weir::StageIndex last = graph.add(std::move(source));
  for (std::size_t i = 0; i < shape.stages; ++i) {
    weir::StageSpec pass{.name = "pass" + std::to_string(i),
                         .type = "pass",
                         .body = weir::TransformSpec{[] { return std::make_unique<Pass>(); }, {}}};
    pass.inputs = {{.type = type}};
    pass.outputs = {{.type = type}};
    const weir::StageIndex stage = graph.add(std::move(pass));
    graph.connect(last, stage);
    last = stage;
  }
  weir::StageSpec sink{
      .name = "sink",
      .type = "drop",
      .body = weir::SinkSpec{[] { return std::make_unique<Drop>(); }, {.ordered = shape.ordered}}};
  sink.inputs = {{.type = type}};
  graph.connect(last, graph.add(std::move(sink)));
  return graph;
}

void Weir(benchmark::State& state) {
  const Shape shape(state);
  const weir::ThreadLimit limit(shape.threads);
  const weir::Graph graph = weir_graph(shape);
  for (auto _ : state) {
    const weir::RunReport report = weir::run(graph, {.threads = shape.threads, .fuse = false});
    if (!report.succeeded()) state.SkipWithError("the run failed");
  }
  state.SetItemsProcessed(state.iterations() * kTokens);
}

// --- raw tbb::flow ---

struct RawBlock {
  std::size_t sequence;
  Values values;
};

void RawFlow(benchmark::State& state) {
  using namespace tbb::flow;
  const Shape shape(state);
  tbb::global_control control(tbb::global_control::max_allowed_parallelism, shape.threads);
  tbb::task_arena arena(static_cast<int>(shape.threads));
  arena.execute([&] {
    graph raw;
    std::int64_t made = 0;
    input_node<RawBlock*> source(raw, [&](tbb::flow_control& control) -> RawBlock* {
      if (made == kTokens) {
        control.stop();
        return nullptr;
      }
      return new RawBlock{static_cast<std::size_t>(made++), Values(shape.records, 1)};
    });
    limiter_node<RawBlock*> limiter(raw, shape.credits());
    std::vector<std::unique_ptr<function_node<RawBlock*, RawBlock*>>> stages;
    make_edge(source, limiter);
    sender<RawBlock*>* last = &limiter;
    for (std::size_t i = 0; i < shape.stages; ++i) {
      stages.push_back(
          std::make_unique<function_node<RawBlock*, RawBlock*>>(raw, unlimited, [](RawBlock* block) noexcept {
            benchmark::DoNotOptimize(read(block->values));
            return block;
          }));
      make_edge(*last, *stages.back());
      last = stages.back().get();
    }
    sequencer_node<RawBlock*> order(raw, [](RawBlock* block) { return block->sequence; });
    function_node<RawBlock*, continue_msg> sink(
        raw, shape.ordered ? std::size_t{serial} : std::size_t{unlimited}, [](RawBlock* block) noexcept {
          benchmark::DoNotOptimize(read(block->values));
          delete block;
          return continue_msg{};
        });
    if (shape.ordered) {
      make_edge(*last, order);
      make_edge(order, sink);
    } else {
      make_edge(*last, sink);
    }
    make_edge(sink, limiter.decrementer());
    for (auto _ : state) {
      made = 0;
      if (shape.ordered) {  // the sequencer goes on counting: it needs a new beginning
        state.PauseTiming();
        raw.reset();
        state.ResumeTiming();
      }
      source.activate();
      raw.wait_for_all();
    }
  });
  state.SetItemsProcessed(state.iterations() * kTokens);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"stages", "records", "threads", "ordered"})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
  for (const int ordered : {0, 1}) {
    for (const int threads : {1, 2}) {
      for (const int records : {1, 1024}) {
        for (const int stages : {1, 3, 8})
          benchmark->Args({stages, records, threads, ordered});
      }
    }
  }
}
BENCHMARK(Weir)->Apply(shapes);
BENCHMARK(RawFlow)->Apply(shapes);

}  // namespace
