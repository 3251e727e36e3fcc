#include "engine/runtime/own_jobs.hpp"

namespace weir::runtime {

bool OwnJobs::put(Job& job) {
  const std::lock_guard lock(mutex_);
  if (jobs_.size() >= max_pending_) return false;
  jobs_.push_back(std::move(job));
  size_.store(jobs_.size());
  return true;
}

bool OwnJobs::take_newest(Job& job) {
  if (size_.load(std::memory_order_relaxed) == 0) return false;  // nobody else adds
  const std::lock_guard lock(mutex_);
  if (jobs_.empty()) return false;
  job = std::move(jobs_.back());
  jobs_.pop_back();
  size_.store(jobs_.size(), std::memory_order_release);  // who sees it late looks in vain, and no worse
  return true;
}

std::deque<Job> OwnJobs::take_oldest_half() {
  std::deque<Job> half;
  if (is_empty()) return half;
  const std::lock_guard lock(mutex_);
  for (std::size_t left = (jobs_.size() + 1) / 2; left > 0; --left) {
    half.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  size_.store(jobs_.size());
  return half;
}

void OwnJobs::adopt(std::deque<Job> jobs) {
  const std::lock_guard lock(mutex_);
  jobs_ = std::move(jobs);
  size_.store(jobs_.size());
}

std::deque<Job> OwnJobs::take_all() {
  const std::lock_guard lock(mutex_);
  size_.store(0);
  return std::exchange(jobs_, {});
}

}  // namespace weir::runtime
