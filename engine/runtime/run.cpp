#include "weir/run.hpp"

#include <oneapi/tbb/global_control.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/runtime/execution.hpp"
#include "weir/tbb.hpp"

namespace weir {
namespace {

void refuse_inside_body() {
  if (runtime::Scheduler::inside_body())
    throw UsageError(
        "run() was called from inside a stage, where waiting would block a worker; call it from a thread of "
        "your own");
}

}  // namespace

RunReport run_in(tbb::task_arena& arena, const Graph& graph, const RunOptions& options) {
  refuse_inside_body();
  if (options.threads != 0)
    throw UsageError("run_in() runs on the arena's threads: leave RunOptions::threads at 0");
  if (options.deadline > Duration::zero())
    throw UsageError(
        "run_in() takes no deadline: a run that is given up might go on using the caller's arena; use "
        "weir::run, which makes its own");
  arena.initialize();
  return runtime::Execution(graph, options, &arena).run();
}

RunReport run_in(tbb::task_arena& arena, Flow& flow, RunOptions options) {
  arena.initialize();
  const std::size_t asked = options.threads;
  options.threads = static_cast<std::size_t>(arena.max_concurrency());  // by which the flow is checked
  const Graph graph = flow.take_graph(options);
  options.threads = asked;
  return run_in(arena, graph, options);
}

RunReport run(const Graph& graph, const RunOptions& options) {
  refuse_inside_body();
  // A run that may have to be given up must not be on the caller's thread.
  if (options.deadline > Duration::zero()) return start(graph, options).wait();
  return runtime::Execution(graph, options).run();
}

class RunHandle::Impl {
 public:
  Impl(const Graph& graph, const RunOptions& options) : running_(std::make_shared<Running>(graph, options)) {
    thread_ = std::thread([running = running_] {
      RunReport report = running->execution.run();
      const std::lock_guard lock(running->mutex);
      running->report = std::move(report);
      running->done = true;
      running->ended.notify_all();
    });
  }
  ~Impl() {
    if (!thread_.joinable()) return;
    execution().request_stop();
    end_or_give_up();
  }

  runtime::Execution& execution() noexcept { return running_->execution; }
  bool wait_for(Duration limit) const {
    std::unique_lock lock(running_->mutex);
    return running_->ended.wait_for(lock, limit, [this] { return running_->done; });
  }
  RunReport wait() {
    if (!thread_.joinable())
      throw UsageError("wait() was called twice on one run; keep the report of the first call");
    if (!end_or_give_up()) return execution().report_given_up();
    return std::move(running_->report);
  }

 private:
  /// Shared with the run's thread, which is left behind where a stage never returns.
  struct Running {
    Running(const Graph& graph, const RunOptions& options) : execution(graph, options) {}
    runtime::Execution execution;
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;  ///< guarded by mutex, as is report
    RunReport report;
  };

  /// False: the run did not end in time.
  bool end_or_give_up() {
    const runtime::Execution& its = running_->execution;
    std::unique_lock lock(running_->mutex);
    while (!running_->done) {
      const auto limit = its.given_up_at();
      if (!limit) {
        running_->ended.wait(lock);
      } else if (its.clock().now() >= *limit) {
        thread_.detach();
        return false;
      } else {
        its.clock().wait_until(lock, running_->ended, *limit);
      }
    }
    lock.unlock();
    thread_.join();
    return true;
  }

  const std::shared_ptr<Running> running_;
  std::thread thread_;
};

RunHandle::RunHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunHandle::RunHandle(RunHandle&&) noexcept = default;
RunHandle& RunHandle::operator=(RunHandle&&) noexcept = default;
RunHandle::~RunHandle() = default;

void RunHandle::request_stop() noexcept { impl_->execution().request_stop(); }
void RunHandle::stop_now() noexcept { impl_->execution().stop_now(); }
RunReport RunHandle::wait() { return impl_->wait(); }
bool RunHandle::wait_for(Duration limit) const { return impl_->wait_for(limit); }
bool RunHandle::done() const noexcept { return impl_->wait_for(Duration::zero()); }
RunReport RunHandle::snapshot() const { return impl_->execution().snapshot(); }

RunHandle start(Graph graph, RunOptions options) {
  refuse_inside_body();
  return RunHandle(std::make_unique<RunHandle::Impl>(graph, options));
}

struct ThreadLimit::Impl {
  explicit Impl(std::size_t threads) : control(tbb::global_control::max_allowed_parallelism, threads) {}
  tbb::global_control control;
};

ThreadLimit::ThreadLimit(std::size_t threads) : impl_(std::make_unique<Impl>(threads)) {}
ThreadLimit::~ThreadLimit() = default;

}  // namespace weir
