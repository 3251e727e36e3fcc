// How a validated graph will run: which stages are fused into which segment, where order must be restored,
// what must have ended before a source starts. Plain data, made by one pure function; `runtime/` turns it
// into nodes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "weir/graph.hpp"

namespace weir {

using FlowIndex = std::size_t;
using SegmentIndex = std::size_t;

/// A numbered stream of work that enters the running graph: a source's, or the output side of a breaker. All
/// tokens that are made of one piece of work keep its flow and sequence number.
struct FlowPlan {
  StageIndex stage = 0;
  bool from_breaker = false;
  SegmentIndex segment = 0;  ///< where its tokens begin; the segment's first step is the stage itself
  std::vector<FlowIndex> after_flows = {};    ///< must have ended first, for the order of what both feed
  std::vector<StageIndex> after_builds = {};  ///< stages whose retained inputs must have ended first
};

/// How many tokens of one sequence number of a flow arrive at a segment: several where branches of it meet
/// again. They are merged into one before the segment runs.
struct ArrivalPlan {
  FlowIndex flow = 0;
  std::size_t tokens = 1;
};

/// One call in a segment.
struct StepPlan {
  enum class Kind : unsigned char {
    decode,   ///< a source's work into records
    process,  ///< a transform's batch, on input port `input`
    output,   ///< what a breaker gave out when its input had ended
    encode,   ///< a sink's batch into what it writes
  };
  Kind kind = Kind::process;
  StageIndex stage = 0;
  PortIndex input = 0;
};

/// Steps that run one after another in one task: one node of the flow graph. Each step's main output is the
/// next one's input; other ports, and the last step's, leave by edges.
struct SegmentPlan {
  std::vector<StepPlan> steps;
  std::optional<FlowIndex> flow =
      std::nullopt;  ///< it begins with this flow's work; otherwise tokens arrive by edges
  std::vector<ArrivalPlan> arrivals = {};  ///< of each flow that arrives by edges
  bool merge_keeps_early = false;  ///< a branch may be parked upstream: the others wait for it without credit
  std::size_t concurrency = 0;     ///< at most so many tokens at once; 0: no limit
  bool ordered = false;            ///< tokens enter in order, one at a time
};

/// What is particular about an input port of a stage.
struct InputPlan {
  SegmentIndex segment = 0;       ///< that has the step of this port
  bool fused = false;             ///< its batches come from the step before, not by a token
  std::vector<FlowIndex> flows;   ///< that reach it, in order of its edges
  std::vector<FlowIndex> parked;  ///< flows whose tokens must be kept until the retained inputs have ended
};

struct StagePlacement {
  std::vector<InputPlan> inputs;  ///< one a port
  std::vector<FlowIndex> flows;   ///< that reach it by any port, in order: their index is `Place::source`
  std::optional<FlowIndex> output_flow;  ///< of a breaker
  bool across_flows = true;  ///< where order is restored: flows one after another, not interleaved
  bool keeps_early =
      false;  ///< flows could not be started one after another: early tokens are kept without credit
};

struct ExecutionPlan {
  std::vector<FlowPlan> flows;
  std::vector<SegmentPlan> segments;
  std::vector<StagePlacement> stages;  ///< one a stage of the graph
};

/// Requires a graph that validates. Without `fuse`, every step has a segment of its own.
ExecutionPlan plan_execution(const Graph& graph, bool fuse = true);

}  // namespace weir
