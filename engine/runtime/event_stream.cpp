#include "engine/runtime/event_stream.hpp"

namespace weir::runtime {

bool EventStream::admits(EventKind kind, StageIndex stage, std::uint64_t& left_out) {
  const std::lock_guard lock(mutex_);
  Flood& flood = floods_[{kind, stage}];
  const TimePoint now = clock_.now();
  if (flood.told == 0 || now - flood.second >= std::chrono::seconds(1)) {
    flood.second = now;
    flood.told = 0;
  }
  if (flood.told >= kRecordEventsASecondMax) {
    ++flood.left_out;
    return false;
  }
  ++flood.told;
  left_out = std::exchange(flood.left_out, 0);
  return true;
}

void EventStream::finish(Event last) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& [place, flood] : floods_) {
      const auto& [kind, stage] = place;
      const std::uint64_t left_out = std::exchange(flood.left_out, 0);
      // The last of them stands for all.
      if (left_out > 0) tell({.kind = kind, .stage = graph_.stages[stage].name, .left_out = left_out - 1});
    }
  }
  tell(std::move(last));
  delivery_.finish();
}

}  // namespace weir::runtime
