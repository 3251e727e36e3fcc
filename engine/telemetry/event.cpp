#include "weir/event.hpp"

namespace weir {

std::string_view to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::run_started:
      return "run_started";
    case EventKind::stage_started:
      return "stage_started";
    case EventKind::retried:
      return "retried";
    case EventKind::dead_lettered:
      return "dead_lettered";
    case EventKind::skipped:
      return "skipped";
    case EventKind::failed:
      return "failed";
    case EventKind::restarting:
      return "restarting";
    case EventKind::restarted:
      return "restarted";
    case EventKind::restart_failed:
      return "restart_failed";
    case EventKind::escalated:
      return "escalated";
    case EventKind::gave_up:
      return "gave_up";
    case EventKind::hang_suspected:
      return "hang_suspected";
    case EventKind::hang_ended:
      return "hang_ended";
    case EventKind::abandoned:
      return "abandoned";
    case EventKind::breaker_opened:
      return "breaker_opened";
    case EventKind::breaker_closed:
      return "breaker_closed";
    case EventKind::threshold_exceeded:
      return "threshold_exceeded";
    case EventKind::deadline_reached:
      return "deadline_reached";
    case EventKind::draining:
      return "draining";
    case EventKind::run_ended:
      break;
  }
  return "run_ended";
}

}  // namespace weir
