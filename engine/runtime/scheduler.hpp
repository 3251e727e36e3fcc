// The threads of a run: an arena, the flow graph that is bound to it, and an inbox for what other threads
// want done.
//
// Puts into a graph from foreign threads (a sink's, a signal's) can starve behind busy workers, so they go
// into the inbox, which each body looks at when it ends; an idle arena is woken besides. When it ends, since
// a worker takes the task first that was spawned last: what came by the inbox goes before the next turn of a
// source that never lets its worker go idle.
#pragma once

#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "engine/telemetry/counters.hpp"

namespace weir::runtime {

class Scheduler {
 public:
  /// In an arena of its own.
  explicit Scheduler(std::size_t threads);
  /// In the caller's arena, which has been initialised and outlives it.
  explicit Scheduler(tbb::task_arena& arena);
  /// Nothing may be under way.
  ~Scheduler();

  std::size_t threads() const noexcept { return threads_; }
  /// One more than the highest WorkerIndex of a worker.
  std::size_t worker_slots() const noexcept { return threads_ + kExtraSlots; }

  tbb::flow::graph& graph() noexcept { return *graph_; }

  /// Calls `begin`, and waits, working along, until nothing is under way. From outside of
  /// the arena, or from a task in it that is no body of a run.
  void run(const std::function<void()>& begin);

  /// Has `put` called by a worker soon. From any thread; on a worker it is called at once. A run that has
  /// come to rest takes nothing any more.
  void post(std::function<void()> put);
  /// The same, but never at once: for callers that hold a lock.
  void defer(std::function<void()> put);

  /// Whether nothing is under way any more, nor will be: what is still to be done, its caller does.
  bool at_rest() const noexcept { return at_rest_.load(); }

  /// Keeps the run from ending while something is under way outside of the graph.
  void hold() { graph_->reserve_wait(); }
  void let_go() { graph_->release_wait(); }

  /// Stands at the beginning of each node's body.
  class Body {
   public:
    explicit Body(Scheduler& scheduler);
    ~Body();
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    WorkerIndex worker() const noexcept { return worker_; }

   private:
    Scheduler* outer_;
    WorkerIndex worker_;
  };

  /// Which worker the calling thread is: inside bodies, and in what was posted.
  static WorkerIndex worker() noexcept;
  /// Whether the calling thread is inside a body of this run.
  bool on_worker() const noexcept;
  /// Whether the calling thread is inside a body of any run: there `run` must not be called.
  static bool inside_body() noexcept;

 private:
  /// oneTBB gives an arena at least two slots, whatever was asked for.
  static constexpr std::size_t kExtraSlots = 2;

  void make_graph();
  void empty_inbox();

  const std::size_t threads_;
  std::optional<tbb::task_arena> own_arena_;  ///< none: it runs in the caller's
  tbb::task_arena& arena_;
  std::unique_ptr<tbb::flow::graph> graph_;  ///< made inside the arena, which binds it
  tbb::concurrent_queue<std::function<void()>> inbox_;
  std::atomic<std::size_t> inbox_size_{0};
  std::atomic<bool> at_rest_{false};
};

}  // namespace weir::runtime
