// Brings events to observers, on a thread of their own: an observer may write to a pipe that nobody reads,
// and no worker must wait for it.
//
// Floods are thinned: of what happens to single records, a limited number a second is told for each stage and
// kind, and how many were left out. Self-synchronised. Without observers nothing is made, and nothing costs.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "weir/event.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

/// Of one kind, for one stage.
inline constexpr std::uint64_t kRecordEventsASecondMax = 20;
/// Events that wait for observers; what comes then is left out, and counted.
inline constexpr std::size_t kWaitingEventsMax = 4096;

class EventStream {
 public:
  EventStream(std::string pipeline, std::vector<Observer> observers, const Clock& clock);
  /// Tells what still waits.
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// From here on `Event::at` counts.
  void begin();

  /// Tells of something that concerns a whole stage, or the run.
  void tell(Event event);

  /// Tells of something that happened to a record, unless there were too many: `describe()` makes the event,
  /// and is called only if it will be told.
  template <class Describe>
  void tell_of_record(EventKind kind, StageIndex stage, const Describe& describe) {
    std::uint64_t left_out = 0;
    if (observers_.empty() || !admits(kind, stage, left_out)) return;
    Event event = describe();
    event.kind = kind;
    event.left_out = left_out;
    tell(std::move(event));
  }

  /// Waits until all that was told has been seen. By one thread, once nothing more is told.
  void finish();

 private:
  struct Flood {
    TimePoint second{};
    std::uint64_t told = 0;
    std::uint64_t left_out = 0;
  };
  bool admits(EventKind kind, StageIndex stage, std::uint64_t& left_out);
  void call_observers();

  const std::string pipeline_;
  const std::vector<Observer> observers_;
  const Clock& clock_;
  TimePoint begun_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<EventKind, StageIndex>, Flood> floods_;  ///< guarded by mutex_, as is all below
  std::deque<Event> waiting_;
  std::uint64_t left_out_ = 0;  ///< since the last that was taken up
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace weir::runtime
