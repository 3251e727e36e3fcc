#include "weir/run.hpp"

#include <oneapi/tbb/global_control.h>

#include <atomic>
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
          done_.store(true);
        }) {}
  ~Impl() {
    if (!thread_.joinable()) return;
    execution_.request_stop();
    thread_.join();
  }

  runtime::Execution& execution() noexcept { return execution_; }
  bool done() const noexcept { return done_.load(); }
  RunReport wait() {
    if (!thread_.joinable())
      throw UsageError("wait() was called twice on one run; keep the report of the first call");
    thread_.join();
    return std::move(report_);
  }

 private:
  runtime::Execution execution_;
  std::atomic<bool> done_{false};
  RunReport report_;  ///< written by thread_, read after joining it
  std::thread thread_;
};

RunHandle::RunHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunHandle::RunHandle(RunHandle&&) noexcept = default;
RunHandle& RunHandle::operator=(RunHandle&&) noexcept = default;
RunHandle::~RunHandle() = default;

void RunHandle::request_stop() noexcept { impl_->execution().request_stop(); }
void RunHandle::stop_now() noexcept { impl_->execution().stop_now(); }
RunReport RunHandle::wait() { return impl_->wait(); }
bool RunHandle::done() const noexcept { return impl_->done(); }
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
