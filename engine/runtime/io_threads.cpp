#include "engine/runtime/io_threads.hpp"

#include <oneapi/tbb/concurrent_queue.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/runtime/watchdog.hpp"

namespace weir::runtime {

/// What the threads use. A thread that was left behind keeps it alive.
struct IoThreads::Shared : std::enable_shared_from_this<IoThreads::Shared> {
  tbb::concurrent_bounded_queue<std::shared_ptr<IoCall>> calls;
  const StageIndex stage;
  Watchdog* const watchdog;  ///< not touched by a thread after its call was abandoned
  std::mutex mutex;
  std::vector<std::thread> threads;  ///< guarded by mutex, as is stopped
  bool stopped = false;
  std::atomic<int> under_way{0};

  Shared(StageIndex its_stage, Watchdog* its_watchdog) : stage(its_stage), watchdog(its_watchdog) {}

  void add_thread() {
    const std::lock_guard lock(mutex);
    if (!stopped) threads.emplace_back([self = shared_from_this()] { self->serve(); });
  }

  void serve() {
    std::shared_ptr<IoCall> call;
    while (calls.pop(call), call != nullptr) {
      std::uint64_t watch = 0;
      if (watchdog) {
        watch = watchdog->begin_call(
            stage, call,
            [self = shared_from_this(), id = std::this_thread::get_id()] { self->leave_behind(id); });
      }
      under_way.fetch_add(1);
      const bool wanted = call->make([&] {
        if (watchdog) watchdog->end_call(watch);
      });
      under_way.fetch_sub(1);
      if (!wanted) return;  // it was abandoned, and with it this thread
      call.reset();
    }
  }

  /// Lets go of a thread, and begins another in its place.
  void leave_behind(std::thread::id id) {
    {
      const std::lock_guard lock(mutex);
      for (auto thread = threads.begin(); thread != threads.end(); ++thread) {
        if (thread->get_id() != id) continue;
        thread->detach();
        threads.erase(thread);
        break;
      }
    }
    add_thread();
  }

  void stop() {
    std::vector<std::thread> last;
    {
      const std::lock_guard lock(mutex);
      stopped = true;
      last = std::move(threads);
    }
    for (std::size_t i = 0; i < last.size(); ++i)
      calls.push(nullptr);
    for (std::thread& thread : last)
      thread.join();
  }
};

IoThreads::IoThreads(const StageSpec& spec, std::vector<bool> wanted, StageIndex index, Watchdog* watchdog)
    : stage_(std::make_shared<const IoCall::Stage>(std::move(wanted), spec.on_error)),
      shared_(std::make_shared<Shared>(index, watchdog)) {
  for (std::size_t i = 0; i < spec.io_threads; ++i)
    shared_->add_thread();
}

IoThreads::~IoThreads() { shared_->stop(); }

bool IoThreads::is_busy() const noexcept { return shared_->under_way.load() > 0; }

void IoThreads::submit(std::shared_ptr<IoCall> call) { shared_->calls.push(std::move(call)); }

}  // namespace weir::runtime
