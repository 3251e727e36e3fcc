#include "engine/runtime/worker_pool_impl.hpp"

#include <algorithm>
#include <utility>

#include "engine/supervision/check_policy.hpp"

namespace weir {
namespace {

/// How often a worker without work looks again before it sleeps, and lets others run in between. That takes
/// some microseconds in all, about as long as waking a thread does, and jobs come together meanwhile.
constexpr unsigned kLooksBeforeSleep = 20;

void count(std::atomic<std::uint64_t>& counted) noexcept {
  // Its thread is the only one that writes.
  counted.store(counted.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

WorkerPoolOptions checked(WorkerPoolOptions options) {
  if (options.workers == 0) throw UsageError("a worker pool needs workers: set .workers to at least 1");
  if (options.queue_capacity == 0) {
    throw UsageError("a worker pool needs a queue that holds something: set .queue_capacity to at least 1");
  }
  if (options.max_pending == 0)
    throw UsageError("a worker pool needs room for what jobs post: set .max_pending to at least 1");
  check_policy(options.policy, "the worker pool");
  return options;
}

}  // namespace

thread_local WorkerPoolCore::Impl::Here WorkerPoolCore::Impl::here_;

WorkerPoolCore::Impl::Impl(WorkerPoolOptions options, MakeContext make_context)
    : options_(checked(std::move(options))),
      clock_(options_.clock ? *options_.clock : Clock::steady()),
      events_(options_.name, options_.observers, clock_),
      contexts_(options_.workers, std::move(make_context), options_.policy, options_.seed, clock_, events_),
      queue_(options_.queue_capacity),
      room_([this] { return queue_.is_full(); }),
      idle_(options_.workers, [this] { return work_waits(); }) {
  events_.tell({.kind = EventKind::run_started});
  for (std::size_t index = 0; index < options_.workers; ++index)
    workers_.emplace_back(index, options_.max_pending);
  try {
    for (Worker& worker : workers_)
      threads_.emplace_back([this, &worker] { work(worker); });
  } catch (...) {
    request_stop();
    (void)finish();
    throw;
  }
}

WorkerPoolCore::Impl::~Impl() {
  request_stop();
  (void)finish();
}

// Posting.

bool WorkerPoolCore::Impl::post(Job& job, const Patience& patience) {
  while (!try_post(job)) {
    if (const Worker* self = this_worker()) {
      throw PoolOverflow(
          runtime::name_of_worker(self->index) + " of " + title() + " has " +
          std::to_string(options_.max_pending) +
          " jobs pending that its jobs posted: post fewer at a time, or set a greater .max_pending");
    }
    if (queue_.is_closed()) refuse();
    if (!room_.wait(clock_, patience.deadline, patience.stop)) return false;
  }
  return true;
}

bool WorkerPoolCore::Impl::try_post(Job& job) {
  if (Worker* self = this_worker()) return put_own(*self, job);
  if (!queue_.put(job)) return false;
  idle_.call();
  return true;
}

bool WorkerPoolCore::Impl::put_own(Worker& self, Job& job) {
  if (has_ended()) {
    // It would be discarded anyway, and the job that posts may finish undisturbed.
    job.reset();
    discarded_.fetch_add(1);
  } else if (self.own.put(job)) {
    idle_.call();
  } else {
    return false;
  }
  count(self.counts.posted);
  return true;
}

void WorkerPoolCore::Impl::refuse() const {
  const WorkerPoolReport how = report();
  std::string why = title() + " takes no more jobs: it ";
  switch (how.status) {
    case WorkerPoolStatus::gave_up:
      why += "gave up: " + (how.surrender ? how.surrender->message : std::string());
      break;
    case WorkerPoolStatus::stopped:
      why += "was stopped";
      break;
    default:
      why += "was drained";
  }
  throw PoolStopped(why);
}

std::string WorkerPoolCore::Impl::title() const {
  return options_.name.empty() ? "the worker pool" : "the worker pool '" + options_.name + "'";
}

// What a worker does.

void WorkerPoolCore::Impl::work(Worker& self) noexcept {
  here_ = {this, &self};
  Job job;
  while (!has_ended()) {
    if (contexts_.must_be_made(self.index)) {
      make_ready(self);
    } else if (find(self, job)) {
      do_job(self, job);
    }
  }
  discard_own(self);
  contexts_.let_go(self.index);
}

void WorkerPoolCore::Impl::make_ready(Worker& self) {
  stop_looking(self);
  idle_.begin_rest();
  const TimePoint due = contexts_.let_go(self.index);
  if (idle_.rest_until(clock_, due) && !contexts_.make(self.index)) end(WorkerPoolStatus::gave_up);
  idle_.end_rest();
}

bool WorkerPoolCore::Impl::find(Worker& self, Job& job) {
  if (take(self, job)) {
    stop_looking(self);
    return true;
  }
  if (!self.looks) self.looks = idle_.begin_to_look();
  for (unsigned look = 0; self.looks && look < kLooksBeforeSleep && !has_ended(); ++look) {
    if (take(self, job) || take_share(self, job)) {
      stop_looking(self);
      return true;
    }
    std::this_thread::yield();
  }
  self.looks = idle_.fall_asleep(self.looks);
  return false;
}

void WorkerPoolCore::Impl::stop_looking(Worker& self) noexcept {
  if (std::exchange(self.looks, false)) idle_.end_look();
}

bool WorkerPoolCore::Impl::take(Worker& self, Job& job) {
  if (self.own.take_newest(job)) return true;
  if (!queue_.take(job)) return false;
  room_.made();
  return true;
}

bool WorkerPoolCore::Impl::take_share(Worker& self, Job& job) {
  for (std::size_t step = 1; step < workers_.size(); ++step) {
    std::deque<Job> share = workers_[(self.index + step) % workers_.size()].own.take_share();
    if (share.empty()) continue;
    job = std::move(share.front());
    share.pop_front();
    if (!share.empty()) self.own.adopt(std::move(share));
    return true;
  }
  return false;
}

void WorkerPoolCore::Impl::do_job(Worker& self, Job& job) noexcept {
  try {
    job(contexts_.of(self.index));
    job.reset();
    count(self.counts.done);
  } catch (...) {
    job.reset();
    note_failure(self, describe_current_exception());
  }
}

void WorkerPoolCore::Impl::note_failure(Worker& self, const ErrorInfo& error) {
  {
    const std::lock_guard lock(mutex_);
    if (!first_failure_) first_failure_ = error;
  }
  events_.tell({.kind = EventKind::failed, .stage = runtime::name_of_worker(self.index), .error = error});
  count(self.counts.failed);
  if (!contexts_.failed(self.index, error)) end(WorkerPoolStatus::gave_up);
}

bool WorkerPoolCore::Impl::work_waits() const noexcept {
  if (!queue_.is_empty()) return true;
  return std::ranges::any_of(workers_, [](const Worker& worker) { return !worker.own.is_empty(); });
}

// How it ends.

void WorkerPoolCore::Impl::must_not_be_in_a_job(const char* call) const {
  if (this_worker() == nullptr) return;
  throw UsageError(std::string(call) + " in a job of " + title() +
                   " would wait for that job itself: call it from outside, or post what is to follow");
}

bool WorkerPoolCore::Impl::wait_idle(std::optional<TimePoint> deadline) {
  if (!idle_.wait_until_idle(clock_, deadline)) return false;
  const WorkerPoolStatus status = report().status;
  if (status == WorkerPoolStatus::stopped || status == WorkerPoolStatus::gave_up) refuse();
  return true;
}

void WorkerPoolCore::Impl::drain() {
  {
    const std::lock_guard lock(mutex_);
    if (status_ == WorkerPoolStatus::open) {
      status_ = WorkerPoolStatus::draining;
      events_.tell({.kind = EventKind::draining});
    }
  }
  queue_.close();
  room_.close();
  idle_.wait_until_idle(clock_, {});
  end(WorkerPoolStatus::drained);
}

void WorkerPoolCore::Impl::end(WorkerPoolStatus status) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (status_ != WorkerPoolStatus::open && status_ != WorkerPoolStatus::draining) return;
    status_ = status;
    ended_ = true;
  }
  queue_.close();
  room_.close();
  idle_.end();
  discard_waiting();
}

void WorkerPoolCore::Impl::discard_waiting() noexcept {
  // A poster may be about to put what it has a place for already.
  while (!queue_.is_empty()) {
    Job job;
    if (queue_.take(job)) {
      job.reset();
      discarded_.fetch_add(1);
    } else {
      std::this_thread::yield();
    }
  }
  for (Worker& worker : workers_)
    discard_own(worker);
}

void WorkerPoolCore::Impl::discard_own(Worker& worker) noexcept {
  // Let go of without a lock, as that may call what was captured.
  std::deque<Job> jobs = worker.own.take_all();
  discarded_.fetch_add(jobs.size());
}

WorkerPoolReport WorkerPoolCore::Impl::finish() {
  const std::lock_guard lock(finish_mutex_);
  for (std::thread& thread : threads_)
    thread.join();
  if (!threads_.empty()) {
    threads_.clear();
    events_.tell({.kind = EventKind::run_ended, .detail = std::string(to_string(report().status))});
    events_.finish();
  }
  return report();
}

WorkerPoolReport WorkerPoolCore::Impl::report() const {
  WorkerPoolReport report;
  // First what became of jobs, then how many there were: so there never are too few.
  report.discarded = discarded_.load();
  for (const Worker& worker : workers_) {
    report.done += worker.counts.done.load(std::memory_order_acquire);
    report.failed += worker.counts.failed.load(std::memory_order_acquire);
  }
  for (const Worker& worker : workers_)
    report.posted += worker.counts.posted.load(std::memory_order_acquire);
  report.posted += queue_.put_so_far();
  report.restarts = contexts_.restarts();
  report.surrender = contexts_.surrender();
  const std::lock_guard lock(mutex_);
  report.status = status_;
  report.first_failure = first_failure_;
  return report;
}

}  // namespace weir
