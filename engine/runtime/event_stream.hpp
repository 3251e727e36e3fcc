// The events of a run, on their way to observers: thins floods, and leaves the rest to an EventDelivery.
//
// Of what happens to single records, a limited number a second is told for each stage and kind, and how many
// were left out. Self-synchronised. Without observers nothing is made, and nothing costs.
#pragma once

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/telemetry/event_delivery.hpp"
#include "weir/event.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

/// Of one kind, for one stage.
inline constexpr std::uint64_t kRecordEventsASecondMax = 20;

class EventStream {
 public:
  /// `graph` outlives the stream.
  EventStream(const Graph& graph, std::vector<Observer> observers, const Clock& clock)
      : graph_(graph), clock_(clock), delivery_(graph.name, std::move(observers), clock) {}

  /// Tells of something that concerns a whole stage, or the run.
  void tell(Event event) { delivery_.tell(std::move(event)); }

  /// Tells of something that happened to a record, unless there were too many: `describe()` makes the event,
  /// and is called only if it will be told.
  template <class Describe>
  void tell_of_record(EventKind kind, StageIndex stage, const Describe& describe) {
    std::uint64_t left_out = 0;
    if (!delivery_.has_observers() || !admits(kind, stage, left_out)) return;
    Event event = describe();
    event.kind = kind;
    event.left_out = left_out;
    tell(std::move(event));
  }

  /// Tells of the floods whose last events were left out, with how many they were, then `last`, and waits
  /// until all has been seen. By one thread; what is told later, nobody hears.
  void finish(Event last);

 private:
  struct Flood {
    TimePoint second{};
    std::uint64_t told = 0;
    std::uint64_t left_out = 0;
  };
  bool admits(EventKind kind, StageIndex stage, std::uint64_t& left_out);

  const Graph& graph_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<EventKind, StageIndex>, Flood> floods_;  ///< guarded by mutex_
  EventDelivery delivery_;
};

}  // namespace weir::runtime
