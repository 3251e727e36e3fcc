// What does it cost to carry a token through oneTBB, and which way of doing it should the runtime lower a
// graph to?
//
// Each benchmark carries kTokens tokens through a chain of hops; bodies do three additions a record, so that
// what is seen is the carrying. All shapes share one pool of tokens, whose lock is also that of the credits
// and of the sequence, as in the engine. Graphs are constructed outside the timed part, inside the arena that
// runs them; the thread limit lives through it. Times are wall time a token; take the
// minimum of several repetitions. The figures are in docs/decisions/001-lowering-onto-tbb-flow.md.
#include <benchmark/benchmark.h>
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/spin_mutex.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace {

namespace flow = tbb::flow;

constexpr std::size_t kTokens = 4096;         // a timed run
constexpr std::size_t kCreditsPerThread = 4;  // as the engine has it

struct Token {
  std::uint64_t sequence = 0;
  std::vector<std::int64_t> records;
};

/// A stage's call. Not inlined, since a stage is reached through a virtual call in the engine too.
[[gnu::noinline]] void work(Token& token, std::int64_t hop) noexcept {
  for (std::int64_t& record : token.records)
    record = record + (record >> 3) + (record >> 5) + hop;
}

/// The tokens of a source that are not in flight. Any thread.
class TokenPool {
 public:
  TokenPool(std::size_t tokens, std::size_t records) : tokens_(tokens) {
    for (Token& token : tokens_) {
      token.records.assign(records, 1);
      free_.push_back(&token);
    }
  }

  void begin_run() {
    const tbb::spin_mutex::scoped_lock lock(mutex_);
    left_ = kTokens;
    paused_ = false;
  }

  /// A token with the next sequence number; null when the run's tokens have all been given out, and when no
  /// credit is left: then the giver of the next credit is told to wake the source.
  Token* take() {
    const tbb::spin_mutex::scoped_lock lock(mutex_);
    if (left_ == 0) return nullptr;
    if (free_.empty()) {
      paused_ = true;
      return nullptr;
    }
    Token* token = free_.back();
    free_.pop_back();
    token->sequence = kTokens - left_--;
    return token;
  }

  /// Answers whether the source had paused for want of this credit.
  bool give_back(Token* token) {
    const tbb::spin_mutex::scoped_lock lock(mutex_);
    free_.push_back(token);
    const bool wake = paused_;
    paused_ = false;
    return wake;
  }

  /// Whether every token of the run was given out and came back.
  bool run_is_complete() {
    const tbb::spin_mutex::scoped_lock lock(mutex_);
    return left_ == 0 && free_.size() == tokens_.size();
  }

 private:
  tbb::spin_mutex mutex_;
  std::vector<Token> tokens_;  // constant after construction
  std::vector<Token*> free_;   // guarded by mutex_
  std::size_t left_ = 0;       // guarded by mutex_
  bool paused_ = false;        // guarded by mutex_
};

/// What a benchmark is asked for, and the threads that it may use while it lives. `ahead`: tokens that the
/// source takes beyond the credits.
struct Setting {
  explicit Setting(const benchmark::State& state, std::size_t ahead = 0)
      : records(static_cast<std::size_t>(state.range(0))),
        hops(static_cast<std::size_t>(state.range(1))),
        threads(static_cast<int>(state.range(2))),
        credits(kCreditsPerThread * static_cast<std::size_t>(threads)),
        limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        arena(threads),
        pool(credits + ahead, records) {}

  std::size_t records;
  std::size_t hops;
  int threads;
  std::size_t credits;
  tbb::global_control limit;
  tbb::task_arena arena;
  TokenPool pool;
};

/// Times `run`, which carries kTokens tokens and returns when they have all arrived.
template <class Run>
void time_runs(benchmark::State& state, Setting& setting, Run&& run) {
  while (state.KeepRunningBatch(kTokens)) {
    setting.pool.begin_run();
    setting.arena.execute(run);
    if (!setting.pool.run_is_complete()) {
      state.SkipWithError("tokens were lost");
      break;
    }
  }
}

/// The stages of a chain, one after another: what a fused segment does with a token.
void run_fused(Token& token, std::size_t hops) noexcept {
  for (std::size_t hop = 0; hop < hops; ++hop)
    work(token, static_cast<std::int64_t>(hop));
}

// The floor: one thread, no oneTBB.
void SerialLoop(benchmark::State& state) {
  Setting setting(state);
  time_runs(state, setting, [&] {
    while (Token* token = setting.pool.take()) {
      run_fused(*token, setting.hops);
      setting.pool.give_back(token);
    }
  });
}

// input_node -> limiter_node -> one function_node a hop, with edges: the shape of oneTBB's own examples.
template <std::size_t Concurrency, class Policy>
void FlowNodes(benchmark::State& state) {
  using Hop = flow::function_node<Token*, Token*, Policy>;
  using LastHop = flow::function_node<Token*, flow::continue_msg, Policy>;
  // A function_node loses what a rejecting successor refuses, so that such hops need a queue between them.
  constexpr bool needs_queues = std::is_same_v<Policy, flow::rejecting>;

  Setting setting(state, 1);  // an input_node makes its next item before the limiter has room for it
  setting.arena.execute([&] {
    flow::graph graph;
    flow::input_node<Token*> source(graph, [&](tbb::flow_control& control) {
      Token* token = setting.pool.take();
      if (token == nullptr) control.stop();
      return token;
    });
    flow::limiter_node<Token*> limiter(graph, setting.credits);
    std::vector<std::unique_ptr<Hop>> hops;
    std::vector<std::unique_ptr<flow::queue_node<Token*>>> queues;

    flow::make_edge(source, limiter);
    flow::sender<Token*>* sender = &limiter;
    for (std::size_t hop = 0; hop + 1 < setting.hops; ++hop) {
      hops.push_back(std::make_unique<Hop>(graph, Concurrency, [hop](Token* token) noexcept {
        work(*token, static_cast<std::int64_t>(hop));
        return token;
      }));
      flow::make_edge(*sender, *hops.back());
      sender = hops.back().get();
      if constexpr (needs_queues) {
        queues.push_back(std::make_unique<flow::queue_node<Token*>>(graph));
        flow::make_edge(*sender, *queues.back());
        sender = queues.back().get();
      }
    }
    LastHop last(graph, Concurrency, [&](Token* token) noexcept {
      work(*token, static_cast<std::int64_t>(setting.hops - 1));
      setting.pool.give_back(token);
      return flow::continue_msg{};
    });
    flow::make_edge(*sender, last);
    flow::make_edge(last, limiter.decrementer());

    time_runs(state, setting, [&] {
      source.activate();
      graph.wait_for_all();
    });
  });
}

struct Turn {};
using TurnNode = flow::function_node<Turn, flow::continue_msg>;

// A source that is a task: a turn takes a token, posts the next turn, then runs the whole chain itself.
void RearmedSourceFused(benchmark::State& state) {
  Setting setting(state);
  setting.arena.execute([&] {
    flow::graph graph;
    TurnNode turns(graph, flow::unlimited, [&](Turn) noexcept {
      Token* token = setting.pool.take();
      if (token == nullptr) return;
      turns.try_put(Turn{});
      run_fused(*token, setting.hops);
      if (setting.pool.give_back(token)) turns.try_put(Turn{});
    });
    time_runs(state, setting, [&] {
      turns.try_put(Turn{});
      graph.wait_for_all();
    });
  });
}

// The same source in front of a chain that could not be fused: it runs the first hop itself, and puts the
// token to a node a further hop, by hand as the engine does it.
template <std::size_t Concurrency>
void RearmedSourceNodes(benchmark::State& state) {
  using Hop = flow::function_node<Token*, flow::continue_msg>;

  Setting setting(state);
  setting.arena.execute([&] {
    flow::graph graph;
    std::vector<std::unique_ptr<Hop>> hops;  // without the first
    TurnNode* turns_node = nullptr;
    const auto leave_hop = [&](std::size_t hop, Token* token) noexcept {
      if (hop < hops.size()) {
        hops[hop]->try_put(token);
      } else if (setting.pool.give_back(token)) {
        turns_node->try_put(Turn{});
      }
    };
    for (std::size_t hop = 1; hop < setting.hops; ++hop) {
      hops.push_back(std::make_unique<Hop>(graph, Concurrency, [&leave_hop, hop](Token* token) noexcept {
        work(*token, static_cast<std::int64_t>(hop));
        leave_hop(hop, token);
      }));
    }
    TurnNode turns(graph, flow::unlimited, [&](Turn) noexcept {
      Token* token = setting.pool.take();
      if (token == nullptr) return;
      turns.try_put(Turn{});
      work(*token, 0);
      leave_hop(0, token);
    });
    turns_node = &turns;
    time_runs(state, setting, [&] {
      turns.try_put(Turn{});
      graph.wait_for_all();
    });
  });
}

template <bool Ordered>
void ParallelPipeline(benchmark::State& state) {
  using tbb::filter_mode;
  Setting setting(state);
  constexpr filter_mode mode = Ordered ? filter_mode::serial_in_order : filter_mode::parallel;
  tbb::filter<void, Token*> chain =
      tbb::make_filter<void, Token*>(filter_mode::serial_in_order, [&](tbb::flow_control& control) {
        Token* token = setting.pool.take();
        if (token == nullptr) control.stop();
        return token;
      });
  for (std::size_t hop = 0; hop + 1 < setting.hops; ++hop) {
    chain = chain & tbb::make_filter<Token*, Token*>(mode, [hop](Token* token) noexcept {
              work(*token, static_cast<std::int64_t>(hop));
              return token;
            });
  }
  const tbb::filter<void, void> whole =
      chain & tbb::make_filter<Token*, void>(mode, [&](Token* token) noexcept {
        work(*token, static_cast<std::int64_t>(setting.hops - 1));
        setting.pool.give_back(token);
      });
  time_runs(state, setting, [&] { tbb::parallel_pipeline(setting.credits, whole); });
}

// As many tasks as threads, each of which takes tokens from the shared source and runs the fused chain until
// it ends.
void DriverPool(benchmark::State& state) {
  Setting setting(state);
  setting.arena.execute([&] {
    tbb::task_group group;
    time_runs(state, setting, [&] {
      for (int driver = 0; driver < setting.threads; ++driver) {
        group.run([&] {
          while (Token* token = setting.pool.take()) {
            run_fused(*token, setting.hops);
            setting.pool.give_back(token);
          }
        });
      }
      group.wait();
    });
  });
}

double minimum(const std::vector<double>& times) { return *std::min_element(times.begin(), times.end()); }

void grid(benchmark::internal::Benchmark* benchmark, std::vector<std::int64_t> threads) {
  benchmark->ArgNames({"records", "hops", "threads"})
      ->ArgsProduct({{1, 64, 1024}, {1, 3, 8}, std::move(threads)})
      ->ComputeStatistics("min", minimum)
      ->UseRealTime();
}
void whole_grid(benchmark::internal::Benchmark* benchmark) { grid(benchmark, {1, 2}); }
void one_thread(benchmark::internal::Benchmark* benchmark) { grid(benchmark, {1}); }

constexpr std::size_t kSerial = flow::serial;
constexpr std::size_t kUnlimited = flow::unlimited;
constexpr std::size_t kTwo = 2;

BENCHMARK(SerialLoop)->Apply(one_thread);
BENCHMARK_TEMPLATE(FlowNodes, kSerial, flow::queueing)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kUnlimited, flow::queueing)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kTwo, flow::queueing)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kSerial, flow::rejecting)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kTwo, flow::rejecting)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kSerial, flow::queueing_lightweight)->Apply(whole_grid);
BENCHMARK_TEMPLATE(FlowNodes, kUnlimited, flow::queueing_lightweight)->Apply(whole_grid);
BENCHMARK_TEMPLATE(RearmedSourceNodes, kSerial)->Apply(whole_grid);
BENCHMARK_TEMPLATE(RearmedSourceNodes, kUnlimited)->Apply(whole_grid);
BENCHMARK(RearmedSourceFused)->Apply(whole_grid);
BENCHMARK_TEMPLATE(ParallelPipeline, true)->Apply(whole_grid);
BENCHMARK_TEMPLATE(ParallelPipeline, false)->Apply(whole_grid);
BENCHMARK(DriverPool)->Apply(whole_grid);

}  // namespace
