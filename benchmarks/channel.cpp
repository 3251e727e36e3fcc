// Question: what does an item cost from one thread to another, through a weir::Channel, beside a raw
// tbb::concurrent_bounded_queue? And what does a round trip cost, where nothing can travel together?
//
// Both sides: producers that send numbers one by one, and consumers that receive them one by one and add them
// up; queues are made outside of the timed part, threads inside. Arguments: producers, consumers, capacity.
// benchmarks/go/channel.go is the same in Go.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/concurrent_queue.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "weir/channel.hpp"

namespace {

constexpr std::int64_t kItems = 1'000'000;
constexpr std::int64_t kRoundTrips = 20'000;
constexpr std::int64_t kEnd = -1;  ///< what tells a consumer of a raw queue that nothing follows

struct Shape {
  explicit Shape(const benchmark::State& state)
      : producers(state.range(0)), consumers(state.range(1)), capacity(state.range(2)) {}
  std::int64_t producers, consumers, capacity;
};

using Channel = weir::Channel<std::int64_t>;
using RawQueue = tbb::concurrent_bounded_queue<std::int64_t>;

template <class Produce, class Consume>
void run(const Shape& shape, const Produce& produce, const Consume& consume) {
  std::vector<std::jthread> threads;
  for (std::int64_t i = 0; i < shape.producers; ++i)
    threads.emplace_back(produce);
  for (std::int64_t i = 0; i < shape.consumers; ++i)
    threads.emplace_back(consume);
}

// --- weir ---

template <class Produce, class Consume>
void through_channel(benchmark::State& state, const Produce& produce, const Consume& consume) {
  const Shape shape(state);
  for (auto _ : state) {
    state.PauseTiming();
    Channel channel({.capacity = static_cast<std::size_t>(shape.capacity)});
    state.ResumeTiming();
    std::atomic<std::int64_t> producing{shape.producers};
    const auto produce_all = [&] {
      produce(channel, kItems / shape.producers);
      if (--producing == 0) channel.close();
    };
    run(shape, produce_all, [&] { benchmark::DoNotOptimize(consume(channel)); });
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void WeirItems(benchmark::State& state) {
  through_channel(
      state,
      [](Channel& channel, std::int64_t items) {
        for (std::int64_t i = 0; i < items; ++i)
          (void)channel.send(i);
      },
      [](Channel& channel) {
        std::int64_t sum = 0;
        while (const auto item = channel.receive())
          sum += *item;
        return sum;
      });
}

void WeirBlocks(benchmark::State& state) {
  through_channel(
      state,
      [](Channel& channel, std::int64_t items) {
        std::vector<std::int64_t> block(200);
        for (std::int64_t i = 0; i < items; i += static_cast<std::int64_t>(block.size()))
          channel.send_all(block);
      },
      [](Channel& channel) {
        std::int64_t sum = 0;
        for (auto block = channel.receive_block(); !block.empty(); block = channel.receive_block()) {
          for (const std::int64_t item : block)
            sum += item;
        }
        return sum;
      });
}

void WeirRoundTrips(benchmark::State& state) {
  Channel there({.capacity = 1}), back({.capacity = 1});
  std::jthread echo([&] {
    for (const std::int64_t item : there)
      (void)back.send(item);
  });
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kRoundTrips; ++i) {
      (void)there.send(i);
      benchmark::DoNotOptimize(back.receive());
    }
  }
  there.close();
  state.SetItemsProcessed(state.iterations() * kRoundTrips);
}

// --- raw oneTBB ---

void RawItems(benchmark::State& state) {
  const Shape shape(state);
  for (auto _ : state) {
    state.PauseTiming();
    RawQueue queue;
    queue.set_capacity(shape.capacity);
    state.ResumeTiming();
    std::atomic<std::int64_t> producing{shape.producers};
    run(
        shape,
        [&] {
          for (std::int64_t i = 0; i < kItems / shape.producers; ++i)
            queue.push(i);
          if (--producing != 0) return;
          for (std::int64_t i = 0; i < shape.consumers; ++i)
            queue.push(kEnd);
        },
        [&] {
          std::int64_t sum = 0, item = 0;
          for (queue.pop(item); item != kEnd; queue.pop(item))
            sum += item;
          benchmark::DoNotOptimize(sum);
        });
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void RawRoundTrips(benchmark::State& state) {
  RawQueue there, back;
  there.set_capacity(1);
  back.set_capacity(1);
  std::jthread echo([&] {
    std::int64_t item = 0;
    for (there.pop(item); item != kEnd; there.pop(item))
      back.push(item);
  });
  for (auto _ : state) {
    for (std::int64_t i = 0; i < kRoundTrips; ++i) {
      std::int64_t item = 0;
      there.push(i);
      back.pop(item);
      benchmark::DoNotOptimize(item);
    }
  }
  there.push(kEnd);
  state.SetItemsProcessed(state.iterations() * kRoundTrips);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"producers", "consumers", "capacity"})
      ->MeasureProcessCPUTime()
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
  for (const int threads : {1, 2, 4}) {
    for (const int capacity : {64, 1024, 16384})
      benchmark->Args({threads, threads, capacity});
  }
}
BENCHMARK(WeirItems)->Apply(shapes);
BENCHMARK(RawItems)->Apply(shapes);
BENCHMARK(WeirBlocks)->Apply(shapes);
BENCHMARK(WeirRoundTrips)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(RawRoundTrips)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
