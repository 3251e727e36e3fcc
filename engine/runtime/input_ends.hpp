// Notices when the input of a stage has ended: when the frontier of every flow that reaches a port has passed
// the mark of its end. For stages that wait for it: breakers, and stages with retained ports.
// Self-synchronised.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "engine/graph/plan.hpp"
#include "engine/runtime/frontier.hpp"

namespace weir::runtime {

class InputEnds {
 public:
  /// `on_retained` is called once when all retained ports have ended (never when there are none), `on_all`
  /// once when every port has; both without a lock, by the thread that brought the last piece.
  InputEnds(const StageSpec& stage, const StagePlacement& placement, std::function<void()> on_retained,
            std::function<void()> on_all);

  /// A token of this flow and sequence number has been processed by the stage's step in this segment.
  void processed(SegmentIndex segment, FlowIndex flow, std::uint64_t sequence);
  /// The flow has ended; it has no sequence number from `end` on.
  void end(FlowIndex flow, std::uint64_t end);

 private:
  /// A port, or several streamed ones that share a segment.
  struct WayIn {
    SegmentIndex segment = 0;
    bool retained = false;
    std::map<FlowIndex, Frontier> open;  ///< flows that have not ended here
  };
  /// What has just ended, to be told after the lock is released.
  struct Ended {
    bool retained = false;
    bool all = false;
  };
  Ended close_ended();
  void tell(Ended ended) const;

  const std::function<void()> on_retained_;
  const std::function<void()> on_all_;
  std::mutex mutex_;
  std::vector<WayIn> ways_in_;  ///< guarded by mutex_, as are the next two
  bool told_retained_ = false;
  bool told_all_ = false;
};

}  // namespace weir::runtime
