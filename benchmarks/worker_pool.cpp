// Question: what does a job cost in a worker pool that is posted singly, beside oneTBB's task_group and a
// pool by hand over tbb::concurrent_bounded_queue?
//
// One thread posts all jobs and waits for them. A job works for `body_ns` (0: nothing but to be counted a
// thread), and each side's count is checked. `Weir` has so many workers besides the thread that posts; in
// `TaskGroup` that thread works along, as oneTBB means it to, so its arena has so many threads in all.
// `ByHand` is what one writes first: threads that pop std::functions. `WeirTree` and `TaskGroupTree` post
// from within. `Submit` gives each job a future, and `PackagedTask` is what that costs without a pool.
//
// Interleave them to compare: --benchmark_enable_random_interleaving=true --benchmark_repetitions=7.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "weir/worker_pool.hpp"

namespace {

/// What jobs did, counted a thread.
class Counts {
 public:
  void add() noexcept {
    thread_local const std::size_t mine = next_++ % kThreadsMax;
    std::atomic<std::int64_t>& count = counts_[mine].value;
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  std::int64_t take() noexcept {
    std::int64_t sum = 0;
    for (Count& count : counts_)
      sum += count.value.exchange(0);
    return sum;
  }

 private:
  static constexpr std::size_t kThreadsMax = 64;
  struct alignas(128) Count {
    std::atomic<std::int64_t> value{0};
  };
  static inline std::atomic<std::size_t> next_{0};
  std::array<Count, kThreadsMax> counts_;
};

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
  explicit Work(const benchmark::State& state)
      : workers(static_cast<std::size_t>(state.range(0))),
        jobs(state.range(1) == 0 ? 1'000'000 : 200'000'000 / (1000 + 20 * state.range(1))),
        rounds(static_cast<std::int64_t>(static_cast<double>(state.range(1)) * rounds_a_ns())) {}
  std::size_t workers;
  std::int64_t jobs;
  std::int64_t rounds;  ///< a job
};

/// 16 bytes, and does what a job does.
struct Body {
  Counts* counts;
  std::int64_t rounds;
  void operator()() const {
    std::uint64_t spun = 1;
    for (std::int64_t round = 0; round < rounds; ++round)
      benchmark::DoNotOptimize(spun = spun * 6364136223846793005u + 1442695040888963407u);
    counts->add();
  }
};

void check(benchmark::State& state, const Work& work, Counts& counts) {
  if (counts.take() != work.jobs) state.SkipWithError("jobs are missing, or were done twice");
}

void Weir(benchmark::State& state) {
  const Work work(state);
  Counts counts;
  weir::WorkerPool pool({.workers = work.workers});
  for (auto _ : state) {
    for (std::int64_t job = 0; job < work.jobs; ++job)
      pool.post(Body{&counts, work.rounds});
    pool.wait_idle();
    check(state, work, counts);
  }
  state.SetItemsProcessed(state.iterations() * work.jobs);
}

void TaskGroup(benchmark::State& state) {
  const Work work(state);
  Counts counts;
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, work.workers);
  tbb::task_arena arena(static_cast<int>(work.workers));
  for (auto _ : state) {
    arena.execute([&] {
      tbb::task_group group;
      for (std::int64_t job = 0; job < work.jobs; ++job)
        group.run(Body{&counts, work.rounds});
      group.wait();
    });
    check(state, work, counts);
  }
  state.SetItemsProcessed(state.iterations() * work.jobs);
}

void ByHand(benchmark::State& state) {
  const Work work(state);
  Counts counts;
  tbb::concurrent_bounded_queue<std::function<void()>> queue;
  queue.set_capacity(weir::kPoolQueueCapacity);
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < work.workers; ++worker) {
    threads.emplace_back([&] {
      std::function<void()> job;
      while (queue.pop(job), job)
        job();
    });
  }
  for (auto _ : state) {
    std::atomic<std::int64_t> left{work.jobs};
    for (std::int64_t job = 0; job < work.jobs; ++job) {
      queue.push([&counts, &left, rounds = work.rounds] {
        Body{&counts, rounds}();
        if (left.fetch_sub(1) == 1) left.notify_one();
      });
    }
    for (std::int64_t now = left; now > 0; now = left)
      left.wait(now);
    check(state, work, counts);
  }
  for (std::size_t worker = 0; worker < work.workers; ++worker)
    queue.push({});
  for (std::thread& thread : threads)
    thread.join();
  state.SetItemsProcessed(state.iterations() * work.jobs);
}

/// Jobs that post jobs: a binary tree of about a million, from within.
constexpr int kTreeDepth = 19;
constexpr std::int64_t kTreeJobs = (std::int64_t{2} << kTreeDepth) - 1;

template <class Post>
struct TreeJob {
  Post* post;
  Counts* counts;
  int depth;
  void operator()() const {
    counts->add();
    for (int child = 0; child < 2 && depth > 0; ++child)
      (*post)(TreeJob{post, counts, depth - 1});
  }
};

template <class Post, class Wait>
void grow_trees(benchmark::State& state, Post post, Wait wait) {
  Counts counts;
  for (auto _ : state) {
    post(TreeJob<Post>{&post, &counts, kTreeDepth});
    wait();
    if (counts.take() != kTreeJobs) state.SkipWithError("jobs are missing, or were done twice");
  }
  state.SetItemsProcessed(state.iterations() * kTreeJobs);
}

void WeirTree(benchmark::State& state) {
  weir::WorkerPool pool({.workers = static_cast<std::size_t>(state.range(0))});
  grow_trees(
      state, [&](auto job) { pool.post(job); }, [&] { pool.wait_idle(); });
}

void TaskGroupTree(benchmark::State& state) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(state.range(0)));
  tbb::task_arena arena(static_cast<int>(state.range(0)));
  arena.execute([&] {
    tbb::task_group group;
    grow_trees(
        state, [&](auto job) { group.run(job); }, [&] { group.wait(); });
  });
}

void Submit(benchmark::State& state) {
  const Work work(state);
  Counts counts;
  weir::WorkerPool pool({.workers = work.workers});
  std::vector<std::future<void>> futures(static_cast<std::size_t>(work.jobs));
  for (auto _ : state) {
    for (std::future<void>& future : futures)
      future = pool.submit(Body{&counts, work.rounds});
    for (std::future<void>& future : futures)
      future.get();
    check(state, work, counts);
  }
  state.SetItemsProcessed(state.iterations() * work.jobs);
}

void PackagedTask(benchmark::State& state) {
  const Work work(state);
  Counts counts;
  for (auto _ : state) {
    for (std::int64_t job = 0; job < work.jobs; ++job) {
      std::packaged_task<void()> task(Body{&counts, work.rounds});
      std::future<void> future = task.get_future();
      task();
      future.get();
    }
    check(state, work, counts);
  }
  state.SetItemsProcessed(state.iterations() * work.jobs);
}

void with_arguments(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"workers", "body_ns"})
      ->ArgsProduct({{1, 2, 4}, {0, 1000, 10'000}})
      ->UseRealTime()
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK(Weir)->Apply(with_arguments);
BENCHMARK(TaskGroup)->Apply(with_arguments);
BENCHMARK(ByHand)->Apply(with_arguments);
BENCHMARK(WeirTree)->ArgName("workers")->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(TaskGroupTree)
    ->ArgName("workers")
    ->Arg(1)
    ->Arg(2)
    ->Arg(4)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Submit)
    ->ArgNames({"workers", "body_ns"})
    ->Args({1, 0})
    ->Args({2, 0})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(PackagedTask)
    ->ArgNames({"workers", "body_ns"})
    ->Args({1, 0})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
