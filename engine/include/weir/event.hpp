// What happens in a run, told as it happens: to logs, metrics and live views.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/clock.hpp"
#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

enum class EventKind : unsigned char {
  run_started,
  stage_started,       ///< its first incarnation is open
  retried,             ///< a call is made again; `delay` from now
  dead_lettered,       ///< a record left by `errors`
  skipped,             ///< a record was dropped
  failed,              ///< a failure that the run does not survive
  restarting,          ///< `stages` will be rebuilt, `delay` from now, for the failure of `stage`
  restarted,           ///< it has a new incarnation
  restart_failed,      ///< building it threw; counts as a restart
  escalated,           ///< `group` had more restarts than it may; the group above decides
  gave_up,             ///< no group is left above: the run fails
  hang_suspected,      ///< a call takes longer than its timeout; `detail` says whether it spins or blocks
  hang_ended,          ///< that call came back after all
  abandoned,           ///< that call's thread was left behind
  breaker_opened,      ///< too many calls failed: none is made for `delay`
  breaker_closed,      ///< calls succeed again
  threshold_exceeded,  ///< more bad records than the run may have
  deadline_reached,
  draining,   ///< sources stop; what is in flight is finished
  run_ended,  ///< `detail` says how
};
std::string_view to_string(EventKind kind) noexcept;

/// One happening. What does not apply is empty or 0.
struct Event {
  EventKind kind = EventKind::run_started;
  Duration at{0};  ///< since the run began, by the run's clock
  std::string pipeline = {};
  std::string stage = {};
  std::uint64_t incarnation = 0;
  std::uint32_t attempts = 0;
  ErrorInfo error = {};
  Origin origin = {};
  Duration delay{0};
  std::string group = {};
  std::vector<std::string> stages = {};
  std::string detail = {};
  std::uint64_t left_out =
      0;  ///< so many of this kind and stage were not told before this one: there were too many
};

/// Told each event, in order, one at a time, on a thread of the run's own that only observers use. May take
/// its time: what comes meanwhile is kept up to a limit, then counted in `left_out`. What it throws is
/// ignored.
using Observer = std::function<void(const Event& event)>;

}  // namespace weir
