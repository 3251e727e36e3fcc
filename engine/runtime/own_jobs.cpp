#include "engine/runtime/own_jobs.hpp"

#include <algorithm>

namespace weir::runtime {

bool OwnJobs::put(Job& job) {
  const tbb::spin_mutex::scoped_lock lock(mutex_);
  if (jobs_.size() >= max_pending_) return false;
  jobs_.push_back(std::move(job));
  size_.store(jobs_.size());
  return true;
}

bool OwnJobs::take_newest(Job& job) {
  if (size_.load(std::memory_order_relaxed) == 0) return false;  // nobody else adds
  const tbb::spin_mutex::scoped_lock lock(mutex_);
  if (jobs_.empty()) return false;
  job = std::move(jobs_.back());
  jobs_.pop_back();
  size_.store(jobs_.size(), std::memory_order_release);  // who sees it late looks in vain, and no worse
  return true;
}

std::deque<Job> OwnJobs::take_share() {
  std::deque<Job> share;
  if (is_empty()) return share;
  const tbb::spin_mutex::scoped_lock lock(mutex_);
  for (std::size_t left = std::min((jobs_.size() + 1) / 2, kShareMax); left > 0; --left) {
    share.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  size_.store(jobs_.size());
  return share;
}

void OwnJobs::adopt(std::deque<Job> jobs) {
  const tbb::spin_mutex::scoped_lock lock(mutex_);
  jobs_ = std::move(jobs);
  size_.store(jobs_.size());
}

std::deque<Job> OwnJobs::take_all() {
  const tbb::spin_mutex::scoped_lock lock(mutex_);
  size_.store(0);
  return std::exchange(jobs_, {});
}

}  // namespace weir::runtime
