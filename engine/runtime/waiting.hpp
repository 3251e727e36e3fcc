// What something that cannot go on may wait for. No thread waits with it: it says what it waits for, and is
// called when that has come.
#pragma once

#include <memory>
#include <variant>

#include "engine/runtime/io_threads.hpp"
#include "weir/clock.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

/// A time; at once where the run drains.
struct UntilTime {
  TimePoint due{};
};
/// The stage's circuit breaker closes, or is worth asking again.
struct UntilClosed {
  StageIndex stage = 0;
  TimePoint due{};
};
/// The stage is not being rebuilt.
struct UntilRebuilt {
  StageIndex stage = 0;
};
/// A call on a thread of the stage's own has ended, or was abandoned.
struct UntilReturned {
  std::shared_ptr<IoCall> call;
  IoThreads* threads = nullptr;  ///< that make it
};
using WaitsFor = std::variant<UntilTime, UntilClosed, UntilRebuilt, UntilReturned>;

}  // namespace weir::runtime
