// A worker pool at work: its threads, what they take up next, and how it comes to an end.
//
// See weir/worker_pool.hpp for what it promises. A worker takes its own jobs first, then those of the queue,
// then a share of another worker's. What is counted for each job is counted a worker, so that workers share
// nothing but the queue.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/idle_workers.hpp"
#include "engine/runtime/job_ring.hpp"
#include "engine/runtime/own_jobs.hpp"
#include "engine/runtime/room.hpp"
#include "engine/runtime/worker_contexts.hpp"
#include "engine/telemetry/event_delivery.hpp"
#include "weir/worker_pool_core.hpp"

namespace weir {

class WorkerPoolCore::Impl {
 public:
  Impl(WorkerPoolOptions options, MakeContext make_context);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// How long a poster waits for a place in the queue.
  struct Patience {
    std::optional<TimePoint> deadline = {};
    std::stop_token stop = {};
  };
  /// False where patience ended. Throws PoolStopped, PoolOverflow.
  bool post(Job& job, const Patience& patience);
  bool try_post(Job& job);

  bool wait_idle(std::optional<TimePoint> deadline);
  void must_not_be_in_a_job(const char* call) const;

  /// Takes no more from outside, and ends once nothing is left to do.
  void drain();
  void request_stop() noexcept { end(WorkerPoolStatus::stopped); }
  /// Waits for the threads of a pool that has ended.
  WorkerPoolReport finish();
  WorkerPoolReport report() const;
  const Clock& clock() const noexcept { return clock_; }

 private:
  /// Counted by its thread, read by any.
  struct Counts {
    std::atomic<std::uint64_t> posted{0}, done{0}, failed{0};
  };
  struct alignas(runtime::kApartBytes) Worker {
    Worker(std::size_t its_index, std::size_t max_pending) : index(its_index), own(max_pending) {}
    const std::size_t index;
    runtime::OwnJobs own;
    Counts counts;
    bool looks = false;  ///< what IdleWorkers thinks of it, too; its own thread's
  };
  /// Whose thread this is.
  struct Here {
    const Impl* pool = nullptr;
    Worker* worker = nullptr;
  };
  static thread_local Here here_;
  Worker* this_worker() const noexcept { return here_.pool == this ? here_.worker : nullptr; }

  void work(Worker& self) noexcept;
  /// Makes its context anew, when that is due.
  void make_ready(Worker& self);
  /// Whether there is something to do; else it has slept until there may be.
  bool find(Worker& self, Job& job);
  void stop_looking(Worker& self) noexcept;
  bool take(Worker& self, Job& job);
  bool take_share(Worker& self, Job& job);
  void do_job(Worker& self, Job& job) noexcept;
  void note_failure(Worker& self, const ErrorInfo& error);

  bool put_own(Worker& self, Job& job);
  bool work_waits() const noexcept;
  /// Ends the pool, unless it has ended: workers go, what has not begun is discarded.
  void end(WorkerPoolStatus status) noexcept;
  void discard_waiting() noexcept;
  void discard_own(Worker& worker) noexcept;
  [[noreturn]] void refuse() const;
  std::string title() const;
  bool has_ended() const noexcept { return ended_.load(std::memory_order_relaxed); }

  const WorkerPoolOptions options_;
  const Clock& clock_;
  EventDelivery events_;  ///< this and those below are self-synchronised
  runtime::WorkerContexts contexts_;
  runtime::JobRing queue_;
  runtime::Room room_;
  std::deque<Worker> workers_;
  runtime::IdleWorkers idle_;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> discarded_{0};
  mutable std::mutex mutex_;
  WorkerPoolStatus status_ = WorkerPoolStatus::open;  ///< guarded by mutex_, as is the next
  std::optional<ErrorInfo> first_failure_;
  std::mutex finish_mutex_;
  std::vector<std::thread> threads_;  ///< guarded by finish_mutex_ once all have begun
};

}  // namespace weir
