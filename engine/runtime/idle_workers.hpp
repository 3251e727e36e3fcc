// Which workers of a pool have nothing to do: who of them looks for work, who sleeps, who rests.
//
// One looks at a time: whoever has put work calls a sleeper only where nobody looks, and who finds work calls
// the next. So a thousand jobs wake each worker once, and not one of them a job. No wake-up is lost: a poster
// puts, then looks whether somebody sleeps; a worker says that it sleeps, then looks whether work waits; both
// in the one order that sequentially consistent operations have. Self-synchronised. The rule is that of Go's
// scheduler (its "spinning" threads).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "weir/clock.hpp"

namespace weir::runtime {

class IdleWorkers {
 public:
  /// `work_waits`: whether any job waits to be taken; is called with a lock held, and must read what posters
  /// write in that one order.
  IdleWorkers(std::size_t workers, std::function<bool()> work_waits)
      : workers_(workers), work_waits_(std::move(work_waits)) {}

  /// Work was put where all can take it. From any thread.
  void call() noexcept {
    if (needs_call(state_.load())) wake_one();
  }

  /// A worker without work asks whether it may look for some. False: another does.
  bool begin_to_look() noexcept;
  /// One who looks has found work, or must do something else. Where more waits, another is called.
  void end_look() noexcept;

  /// A worker, which looks or does not, found nothing. True: it looks, as it was called or as there is work
  /// after all. False: the pool has ended.
  bool fall_asleep(bool looks);

  /// A worker that cannot work rests: it counts as idle. Requires that it does not look.
  void begin_rest();
  void end_rest();
  /// It waits until `due` meanwhile. False: the pool has ended.
  bool rest_until(const Clock& clock, TimePoint due);

  /// Waits until no job waits and no worker does one, or the pool has ended: true; or until `deadline`.
  bool wait_until_idle(const Clock& clock, std::optional<TimePoint> deadline);

  /// Wakes everybody, for good.
  void end() noexcept;

 private:
  /// Two counts in one, so that a poster sees both at a glance.
  static constexpr std::uint64_t kOneLooks = 1;
  static constexpr std::uint64_t kOneSleeps = std::uint64_t{1} << 32;
  static constexpr std::uint64_t look(std::uint64_t state) noexcept { return state % kOneSleeps; }
  static constexpr std::uint64_t sleep_in(std::uint64_t state) noexcept { return state / kOneSleeps; }
  static bool needs_call(std::uint64_t state) noexcept { return look(state) == 0 && sleep_in(state) > 0; }

  void wake_one() noexcept;
  bool all_are_idle() const;

  const std::size_t workers_;
  const std::function<bool()> work_waits_;
  std::mutex mutex_;
  std::condition_variable called_;  ///< for sleepers
  std::condition_variable rested_;  ///< for those who rest
  std::condition_variable all_idle_;
  std::size_t calls_ = 0;  ///< made, and not yet heard; guarded by mutex_, as are the next two
  std::size_t resting_ = 0;
  bool ended_ = false;
  alignas(128) std::atomic<std::uint64_t> state_{0};  ///< who sleeps changes with mutex_ held only
};

}  // namespace weir::runtime
