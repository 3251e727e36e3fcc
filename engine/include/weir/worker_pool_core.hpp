// What a weir::WorkerPool is told and tells, and the part of it that is no template. Use
// weir/worker_pool.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "weir/clock.hpp"
#include "weir/error.hpp"
#include "weir/event.hpp"
#include "weir/job.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

/// Jobs that may wait in a pool's queue: at 64 bytes each, what a second-level cache holds.
inline constexpr std::size_t kPoolQueueCapacity = 4096;
/// Jobs that one worker may have posted from within jobs, and that nobody has begun.
inline constexpr std::size_t kPoolPendingMax = 65536;
/// How a pool is to be.
struct WorkerPoolOptions {
  /// Threads of the pool's own, at least 1.
  std::size_t workers = std::max(1u, std::thread::hardware_concurrency());
  /// Jobs from outside that may wait, at least 1; more make `post` wait.
  std::size_t queue_capacity = kPoolQueueCapacity;
  /// Jobs from within that may wait, of one worker, at least 1; more throw PoolOverflow.
  std::size_t max_pending = kPoolPendingMax;
  std::string name = {};      ///< `Event::pipeline`, and in messages
  RestartPolicy policy = {};  ///< of the workers' contexts; unused where they have none
  std::vector<Observer> observers = {};
  std::uint64_t seed = 1;        ///< of the jitter of delays
  const Clock* clock = nullptr;  ///< null: the machine's; else it must outlive the pool
};

enum class WorkerPoolStatus : unsigned char {
  open,      ///< takes jobs
  draining,  ///< finishes what it has, and takes none from outside
  drained,   ///< nothing was discarded
  stopped,   ///< by stop() or request_stop(); jobs that had not begun were discarded
  gave_up,   ///< contexts failed more often than the policy allows; as if stopped
};
std::string_view to_string(WorkerPoolStatus status) noexcept;

/// Once the pool has ended, posted = done + failed + discarded; before, the rest waits or is being done.
struct [[nodiscard]] WorkerPoolReport {
  WorkerPoolStatus status = WorkerPoolStatus::open;
  std::uint64_t posted = 0;                     ///< jobs that the pool took, in whatever way
  std::uint64_t done = 0;                       ///< that returned
  std::uint64_t failed = 0;                     ///< that threw, also where a future tells of it
  std::uint64_t discarded = 0;                  ///< that never began
  std::uint64_t restarts = 0;                   ///< of workers' contexts
  std::optional<ErrorInfo> first_failure = {};  ///< the first that a job threw
  std::optional<ErrorInfo> surrender = {};      ///< what was one too many, where it gave up

  std::uint64_t unfinished() const noexcept { return posted - done - failed - discarded; }
};

/// The pool has ended, or drains: it takes no more jobs. Says why.
class PoolStopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A job posted more than `max_pending` others. Says the mend.
class PoolOverflow : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the future of a job says that never began, as its pool was stopped.
class JobDiscarded : public std::runtime_error {
 public:
  JobDiscarded();
};

/// A pool over jobs whose types are forgotten. What WorkerPool promises holds here.
class WorkerPoolCore {
 public:
  /// Makes the context of one worker; on its thread, and for several at once.
  using MakeContext = std::function<std::shared_ptr<void>()>;

  WorkerPoolCore(WorkerPoolOptions options, MakeContext make_context);
  ~WorkerPoolCore();
  WorkerPoolCore(const WorkerPoolCore&) = delete;
  WorkerPoolCore& operator=(const WorkerPoolCore&) = delete;

  void post(Job job);
  /// False: it was not taken, and is let go of.
  bool try_post(Job job);
  bool post(Job job, const std::stop_token& stop);
  bool post_for(Job job, Duration patience);

  void wait_idle();
  bool wait_idle_for(Duration patience);
  /// Throws UsageError in a job of this pool: `call` would wait for the job that makes it.
  void must_not_be_in_a_job(const char* call) const;

  WorkerPoolReport drain();
  WorkerPoolReport stop();
  void request_stop() noexcept;
  WorkerPoolReport report() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
