// A fixed number of threads that do jobs from a bounded queue.
//
//     weir::WorkerPool pool({.workers = 4});
//     pool.post([&] { index(page); });                          // waits while the queue is full
//     std::future<int> size = pool.submit([&] { return measure(page); });
//     std::vector<int> sizes = pool.map(pages, measure);        // in the order of `pages`
//     pool.wait_idle();
//     const weir::WorkerPoolReport report = pool.drain();       // posted = done + failed + discarded
//
// Workers may have a context each, such as a connection, which is handed to every job that they do, and is
// made anew, by the rules of weir::Supervisor, when a job throws:
//
//     weir::WorkerPoolWith<Connection> pool([] { return Connection("db"); }, {.workers = 4});
//     pool.post([](Connection& connection) { connection.ping(); });
//
// Jobs may post jobs. These never wait: they go to the worker's own, of which idle workers take a share, and
// past `max_pending` of them PoolOverflow is thrown. So workers that fill their own pool's queue cannot hang.
//
// Order: jobs from outside begin in the order in which they were posted. Those that a job posted come first,
// the newest first. What happened before a job was posted happens before it runs; what it does, before its
// future is ready, and before wait_idle() and drain() return.
//
// Failures: a job that throws ends nothing else. It is counted; the first is kept in the report; observers
// are told (`failed`, `Event::stage` being "worker 1"), whether or not a future tells too. Where workers have
// contexts, that worker's is made anew, as the policy's strategy says also others'; until then it does
// nothing, and the other workers go on. More restarts than the policy allows, and the pool gives up: it ends
// as if it had been stopped, and whoever posts is told. Observers also hear of `run_started`, `stage_started`
// (a context), `restarting`, `restarted`, `restart_failed`, `gave_up`, `draining` and `run_ended`.
//
// Threads: all may be called from any, also at the same time, but for what says that no job may. A job that
// waits for another job of its own pool holds its worker; where all workers do, nothing goes on.
// Ownership: the pool owns the jobs and lets go of each, with what it captured, once it was done.
// Memory: the queue's 64 bytes a job are allocated at once. Jobs of up to `kJobInlineBytes` are allocated
// nowhere else (weir/job.hpp); a future costs the allocation that std::promise makes.
#pragma once

#include <concepts>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/pool_calls.hpp"
#include "weir/worker_pool_core.hpp"

namespace weir {

/// Jobs are called with `Context&`: with nothing, or with one, the worker's.
template <class... Context>
requires(sizeof...(Context) <= 1) class BasicWorkerPool {
 public:
  /// Begins the workers. Throws UsageError for options that cannot be, std::system_error where no thread can
  /// be had.
  explicit BasicWorkerPool(WorkerPoolOptions options = {}) requires(sizeof...(Context) == 0)
      : core_(std::move(options), nullptr) {}
  /// The same with contexts: what `make_context()` returns. Each worker calls it before its first job, so it
  /// is called on several threads at once.
  template <class MakeContext>
  requires(sizeof...(Context) == 1 &&
           std::invocable<MakeContext&>) explicit BasicWorkerPool(MakeContext make_context,
                                                                  WorkerPoolOptions options = {})
      : core_(std::move(options), calls::makes_shared<Context...>(std::move(make_context))) {}
  /// Stops, as stop() does. To finish what is queued, drain() first. Not by a job.
  ~BasicWorkerPool() = default;

  /// Has `job` done. Waits while the queue is full. Throws PoolStopped once the pool was stopped, drains or
  /// gave up, also while it waits; in a job, PoolOverflow. A job of a stopped pool may still post: that is
  /// discarded, and counted.
  template <class F>
  void post(F&& job) {
    core_.post(job_of(std::forward<F>(job)));
  }
  /// The same, but gives up waiting when `stop` is requested: false.
  template <class F>
  bool post(F&& job, const std::stop_token& stop) {
    return core_.post(job_of(std::forward<F>(job)), stop);
  }
  /// The same, but waits no longer than `patience`: then false.
  template <class F>
  bool post_for(F&& job, Duration patience) {
    return core_.post_for(job_of(std::forward<F>(job)), patience);
  }
  /// The same without waiting. False where `post` would wait or throw.
  template <class F>
  bool try_post(F&& job) {
    return core_.try_post(job_of(std::forward<F>(job)));
  }

  /// Has `f(context..., args...)` called, with copies that the job owns, and gives its result, or what it
  /// threw, to the future; JobDiscarded where it never began. Waits and throws as `post` does.
  template <class F, class... Args>
  auto submit(F&& f, Args&&... args) {
    auto call = promised(std::forward<F>(f), std::forward<Args>(args)...);
    auto future = call.future();
    post(std::move(call));
    return future;
  }
  /// The same without waiting. Nothing where `post` would wait or throw.
  template <class F, class... Args>
  auto try_submit(F&& f, Args&&... args) {
    auto call = promised(std::forward<F>(f), std::forward<Args>(args)...);
    auto future = std::optional(call.future());
    if (!try_post(std::move(call))) future.reset();
    return future;
  }

  /// Calls `f(context..., element)` for each element, a job each, and gives the results in the order of the
  /// range. Waits for all, also when some fail; then throws what the first of these in that order threw.
  /// `f` is called by several workers at once. The calling thread only posts and waits, as it has no context;
  /// so a job must not call it (UsageError). Elements of less than a microsecond are better mapped in parts.
  template <std::ranges::forward_range Range, class F>
  auto map(Range&& range, F f) {
    core_.must_not_be_in_a_job("map()");
    using Element = std::ranges::range_reference_t<Range>;
    using Result = std::decay_t<std::invoke_result_t<F&, Context&..., Element>>;
    static_assert(!std::is_void_v<Result>, "map() gathers results; post() calls that have none");
    return calls::map<Result, Context...>(core_, std::forward<Range>(range), f);
  }

  /// Waits until no job waits and none is being done. Throws PoolStopped where the pool was stopped or gave
  /// up, as jobs may have been discarded; UsageError in a job.
  void wait_idle() { core_.wait_idle(); }
  /// The same, but no longer than `patience`: then false.
  bool wait_idle_for(Duration patience) { return core_.wait_idle_for(patience); }

  /// Takes no more from outside, finishes what is queued and what that posts, and ends. Throws UsageError in
  /// a job.
  WorkerPoolReport drain() { return core_.drain(); }
  /// Finishes what is being done, discards what has not begun, and ends. Throws UsageError in a job.
  WorkerPoolReport stop() { return core_.stop(); }
  /// The same without waiting: also from a job. stop() or drain() then give the report.
  void request_stop() noexcept { core_.request_stop(); }

  /// How it stands, or has ended. Counts of an instant at which workers go on, until it has ended.
  WorkerPoolReport report() const { return core_.report(); }

 private:
  template <class F>
  requires std::invocable < std::decay_t<F>
  &, Context&... > static Job job_of(F&& job) {
    return Job(
        [job = std::forward<F>(job)](void* context) mutable { calls::with<Context...>(job, context); });
  }

  template <class F, class... Args>
  static auto promised(F&& f, Args&&... args) {
    using Result = std::invoke_result_t<std::decay_t<F>&, Context&..., std::decay_t<Args>...>;
    if constexpr (sizeof...(Args) == 0) {
      return calls::Promised<Result, std::decay_t<F>>(std::forward<F>(f));
    } else {
      auto bound = [f = std::forward<F>(f), args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(
                                                args)...)](Context&... context) mutable -> Result {
        return std::apply(
            [&](auto&... each) -> Result { return std::invoke(f, context..., std::move(each)...); }, args);
      };
      return calls::Promised<Result, decltype(bound)>(std::move(bound));
    }
  }

  WorkerPoolCore core_;
};

using WorkerPool = BasicWorkerPool<>;
template <class Context>
using WorkerPoolWith = BasicWorkerPool<Context>;

}  // namespace weir
