// The bounded queue of a worker pool: jobs in the order in which they came, from many threads to many.
//
// Each place in the ring says whose turn it is, so that a job is put and taken with one atomic operation that
// other threads write too, and nobody waits for anybody; whoever wants to wait does that elsewhere. After
// D. Vyukov, "Bounded MPMC queue" (1024cores.net, 2010), with turns that let the capacity be any number, and
// an end after which nothing comes. Self-synchronised. Memory is what `capacity` says, from the beginning.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "weir/job.hpp"

namespace weir::runtime {

/// What one thread writes and others do not lies so far from what they write: two cache lines, as they are
/// fetched in pairs.
inline constexpr std::size_t kApartBytes = 128;

class JobRing {
 public:
  /// Requires at least 1.
  explicit JobRing(std::size_t capacity);
  /// Nobody may be at work with it. Jobs that were left are let go of.
  ~JobRing() = default;
  JobRing(const JobRing&) = delete;
  JobRing& operator=(const JobRing&) = delete;

  /// False, and the job stays where it is: it is full, or closed.
  bool put(Job& job) noexcept;
  /// Requires that `job` is empty. False: nothing there, or nothing that has been put completely.
  bool take(Job& job) noexcept;

  /// From here on nothing can be put; what was is still to be taken.
  void close() noexcept;
  bool is_closed() const noexcept { return end_.load() % 2 != 0; }

  /// In the one order that all atomic operations of this kind have, together with what `put` and `take` did:
  /// so one who said that it waits, and then still finds the ring full (empty), is seen by whoever takes
  /// (puts) later.
  bool is_full() const noexcept {
    const std::uint64_t begin = begin_.load();  // first, as it never passes the end
    return end() - begin >= capacity_;
  }
  bool is_empty() const noexcept { return end() == begin_.load(); }
  /// How many were put.
  std::uint64_t put_so_far() const noexcept { return end(); }

 private:
  /// A cache line. `turn` is twice the position that may be put here, or that and one once it can be taken.
  struct alignas(64) Place {
    std::atomic<std::uint64_t> turn{0};
    Job job;
  };
  static constexpr std::uint64_t free_for(std::uint64_t position) noexcept { return 2 * position; }
  static constexpr std::uint64_t filled_at(std::uint64_t position) noexcept { return 2 * position + 1; }

  Place& place(std::uint64_t position) noexcept {
    // A division is as dear as the rest together.
    return places_[is_power_of_two_ ? position & (capacity_ - 1) : position % capacity_];
  }
  std::uint64_t end() const noexcept { return end_.load() / 2; }

  const std::size_t capacity_;
  const bool is_power_of_two_;
  const std::unique_ptr<Place[]> places_;
  alignas(kApartBytes) std::atomic<std::uint64_t> end_{
      0};  ///< twice the next position to put, and one: closed
  alignas(kApartBytes) std::atomic<std::uint64_t> begin_{0};  ///< the next position to take
};

}  // namespace weir::runtime
