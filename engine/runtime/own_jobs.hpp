// The jobs that a pool's worker posted itself, while it did one: its own, until somebody idle takes a share.
//
// The owner puts and takes the newest, so that what grows like a tree goes into depth and stays small; others
// take the oldest half, from which most is still to come. Self-synchronised.
#pragma once

#include <oneapi/tbb/spin_mutex.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <utility>

#include "engine/runtime/job_ring.hpp"
#include "weir/job.hpp"

namespace weir::runtime {

/// Jobs that change hands at once, at most: so that the lock, for which others spin, is held for a moment
/// only.
inline constexpr std::size_t kShareMax = 256;

class OwnJobs {
 public:
  explicit OwnJobs(std::size_t max_pending) : max_pending_(max_pending) {}

  /// By the owner. False, and the job stays where it is: there are `max_pending` already.
  bool put(Job& job);
  /// By the owner.
  bool take_newest(Job& job);
  /// By others: the half, rounded up, but no more than kShareMax.
  std::deque<Job> take_share();
  /// By the owner, which has none: what it took from another.
  void adopt(std::deque<Job> jobs);
  /// By anybody.
  std::deque<Job> take_all();

  /// In the one order that all atomic operations of this kind have.
  bool is_empty() const noexcept { return size_.load() == 0; }

 private:
  const std::size_t max_pending_;
  tbb::spin_mutex mutex_;
  std::deque<Job> jobs_;  ///< the newest last; guarded by mutex_
  /// Of jobs_: written with mutex_ held, so that who looks for nothing in vain need not lock.
  alignas(kApartBytes) std::atomic<std::size_t> size_{0};
};

}  // namespace weir::runtime
