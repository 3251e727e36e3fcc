// Calls things later: one thread for a run, begun with the first wait, so that no worker ever sleeps.
//
// Self-synchronised. What is called must be short and must not throw; it is called on the timers' thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "weir/clock.hpp"

namespace weir::runtime {

class Timers {
 public:
  explicit Timers(const Clock& clock) : clock_(clock) {}
  ~Timers() { stop(); }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  const Clock& clock() const noexcept { return clock_; }

  /// Calls `then` at `due`.
  void at(TimePoint due, std::function<void()> then);
  /// The same for a wait that is not worth it once the run drains: then it is over at once.
  void at_or_when_hurried(TimePoint due, std::function<void()> then);
  /// Ends these waits, those to come included.
  void hurry();
  /// Waits for the call under way, and drops what is not due yet or comes later. By the thread that made
  /// them.
  void stop();

 private:
  using Key = std::pair<TimePoint, std::uint64_t>;
  struct Timer {
    bool hurries = false;
    std::function<void()> then;
  };
  void add(TimePoint due, Timer timer);
  void fire_until_stopped();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Timer> timers_;  ///< by due time, then by order; guarded by mutex_, as is all below
  std::uint64_t added_ = 0;
  bool hurried_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace weir::runtime
