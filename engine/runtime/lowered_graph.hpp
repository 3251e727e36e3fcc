// A planned graph as it runs: segments, the entries and writers between them, and the flows that feed them.
//
// Construction wires everything; nothing moves before `begin`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/runtime/flow.hpp"
#include "engine/runtime/segment_entry.hpp"
#include "engine/runtime/sink_writer.hpp"

namespace weir::runtime {

class LoweredGraph {
 public:
  explicit LoweredGraph(RunContext& context);

  /// Starts the flows that wait for nothing.
  void begin();
  /// Wakes sources that wait for something outside: all, or the one of that stage.
  void wake_sources(std::optional<StageIndex> stage);
  /// After the run has come to rest: writes and counts what was left over.
  void finish();
  /// After a stage could not be opened: removes what sinks have begun.
  void abort_sinks() noexcept;

  /// After `finish`: a stage that did not give out everything, as its input was cut short or it still had to
  /// wait for another. Nothing: all was done.
  std::optional<StageIndex> unfinished_stage() const;
  const std::vector<std::unique_ptr<Flow>>& flows() const noexcept { return flows_; }
  const std::vector<std::unique_ptr<SinkWriter>>& writers() const noexcept { return writers_; }

 private:
  void make_segments();
  void make_writers();
  void make_flows();
  void connect_steps();
  void connect_edges(SegmentIndex segment, std::size_t step);
  void watch_inputs();
  void wire_flow_ends();
  void retained_ended(StageIndex stage);
  void input_ended(StageIndex stage);
  void let_probes_in(StageIndex stage);
  /// Merges the states of a stage whose input has ended, and then calls `then`.
  void merge_states(StageIndex stage, std::function<void()> then);
  /// Makes a call by which a stage finishes, as its error policy says, and then calls `then`. On a worker.
  void call_finishing(StageIndex stage, const char* during, std::function<void()> call,
                      std::function<void()> then, std::uint32_t failures = 0);

  RunContext& context_;
  std::vector<std::unique_ptr<Segment>> segments_;
  std::vector<std::unique_ptr<SegmentEntry>>
      entries_;  ///< one a segment; null for those that begin with a flow
  std::vector<std::unique_ptr<SinkWriter>> writers_;
  std::vector<SinkWriter*> writer_of_stage_;
  std::vector<std::unique_ptr<InputEnds>> ends_;  ///< one a stage; null where nobody waits
  std::vector<std::unique_ptr<Flow>> flows_;
  std::optional<StageIndex> left_behind_;  ///< a stage that never took in some of its input; set by `finish`
};

}  // namespace weir::runtime
