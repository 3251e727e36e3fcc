// Hands events to observers, on a thread that only they use: an observer may take its time, and nobody waits
// for it until the end.
//
// tell() from any thread; made and destroyed by one. Without observers there is no thread, and nothing is
// kept.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "weir/event.hpp"

namespace weir {

/// Events that may wait for observers. What comes then, the end of a run excepted, is left out, and counted
/// in the next that is told.
inline constexpr std::size_t kWaitingEventsMax = 4096;

class EventDelivery {
 public:
  /// Times count from here.
  EventDelivery(std::string pipeline, std::vector<Observer> observers, const Clock& clock);
  ~EventDelivery() { finish(); }
  EventDelivery(const EventDelivery&) = delete;
  EventDelivery& operator=(const EventDelivery&) = delete;

  bool has_observers() const noexcept { return !observers_.empty(); }
  void tell(Event event);
  /// Waits until the observers have seen all that was told. What is told later, nobody hears. By the thread
  /// that made it.
  void finish();

 private:
  void deliver();

  const std::string pipeline_;
  const std::vector<Observer> observers_;
  const Clock& clock_;
  const TimePoint begun_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> waiting_;  ///< guarded by mutex_, as are those below
  std::uint64_t left_out_ = 0;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace weir
