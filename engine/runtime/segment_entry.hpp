// The way into a segment whose tokens arrive by edges: merges branches, parks, restores order, as the plan
// asks, and then hands tokens to the segment's node.
//
// Wired before the graph starts; `receive` on any worker.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <optional>

#include "engine/runtime/merge_buffer.hpp"
#include "engine/runtime/parking_lot.hpp"
#include "engine/runtime/reorder_buffer.hpp"
#include "engine/runtime/segment.hpp"
#include "engine/runtime/serial_line.hpp"

namespace weir::runtime {

class SegmentEntry final : public Receiver {
 public:
  SegmentEntry(RunContext& context, Segment& segment);

  void receive(TokenPtr token, WorkerIndex worker) override;
  bool receive_nothing(FlowIndex flow, std::uint64_t sequence, WorkerIndex worker) override;
  Segment* direct() noexcept override { return direct_ ? &segment_ : nullptr; }
  StageIndex stage() const noexcept { return segment_.plan().steps.front().stage; }
  /// A flow that arrives here has ended. On a worker.
  void flow_ended(FlowIndex flow, std::uint64_t end, WorkerIndex worker);
  /// The retained inputs of the segment's stage have ended: what is parked may go in.
  void open();
  /// After the run has come to rest: counts what never got in as abandoned. Whether there was any.
  bool abandon_rest();

 private:
  void put_in_order(TokenPtr token);
  void abandon(const Token& token);

  RunContext& context_;
  Segment& segment_;
  std::optional<MergeBuffer> merge_;
  std::optional<ParkingLot> parking_;
  std::vector<FlowIndex> parked_flows_;
  std::optional<ReorderBuffer>
      order_;  ///< for a segment whose tokens enter in order, one at a time: then line_ too
  SerialLine line_;
  bool direct_ = false;  ///< nothing stands between a token and the segment
  tbb::flow::function_node<Token*> node_;
  bool at_rest_ = false;    ///< set by the thread that waited for the run, as is the next
  bool abandoned_ = false;  ///< a token
};

}  // namespace weir::runtime
