#include "weir/run.hpp"

#include <oneapi/tbb/global_control.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/runtime/execution.hpp"

namespace weir {
namespace {

void refuse_inside_body() {
  if (runtime::Scheduler::inside_body())
    throw UsageError(
        "run() was called from inside a stage, where waiting would block a worker; call it from a thread of "
        "your own");
}

}  // namespace

RunReport run(const Graph& graph, const RunOptions& options) {
  refuse_inside_body();
  return runtime::Execution(graph, options).run();
}

class RunHandle::Impl {
 public:
  Impl(const Graph& graph, const RunOptions& options)
      : execution_(graph, options), thread_([this] {
          report_ = execution_.run();
          const std::lock_guard lock(mutex_);
          done_ = true;
          ended_.notify_all();
        }) {}
  ~Impl() {
    if (!thread_.joinable()) return;
    execution_.request_stop();
    thread_.join();
  }

  runtime::Execution& execution() noexcept { return execution_; }
  bool wait_for(Duration limit) const {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, limit, [this] { return done_; });
  }
  RunReport wait() {
    if (!thread_.joinable())
      throw UsageError("wait() was called twice on one run; keep the report of the first call");
    thread_.join();
    return std::move(report_);
  }

 private:
  runtime::Execution execution_;
  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  bool done_ = false;  ///< guarded by mutex_
  RunReport report_;   ///< written by thread_, read after joining it
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
