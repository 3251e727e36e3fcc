// A segment: fused steps that run one after another in one task, for one token at a time and many tokens at
// once.
//
// All wiring is done before the graph starts and is constant then.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/runtime/emissions.hpp"
#include "engine/runtime/input_ends.hpp"
#include "engine/runtime/run_context.hpp"
#include "engine/runtime/token.hpp"

namespace weir::runtime {

class Segment;

/// Where tokens go: the entry of a segment, or the writer of a sink.
class Receiver {
 public:
  virtual ~Receiver() = default;
  /// Takes a token, and sees to it that it is processed, now or later. On a worker.
  virtual void receive(TokenPtr token, WorkerIndex worker) = 0;
  /// The same for a piece of work of which nothing comes by this way. False: it must be told by a token.
  virtual bool receive_nothing(FlowIndex /*flow*/, std::uint64_t /*sequence*/, WorkerIndex /*worker*/) {
    return false;
  }
  /// The segment, where a token may run through it at once on any worker; else null.
  virtual Segment* direct() noexcept { return nullptr; }
};

/// An edge that leaves the segment, or the way from a sink's encode to its writer (which is no edge of the
/// graph).
struct Exit {
  static constexpr EdgeIndex kToWriter = static_cast<EdgeIndex>(-1);
  EdgeIndex edge = kToWriter;
  PortIndex port = 0;  ///< the input port at the other end
  Receiver* receiver = nullptr;
};

/// What leaves a step by one of its ports, to one or more receivers: each gets one token for each token that
/// came in.
struct ExitGroup {
  std::size_t step = 0;
  PortIndex port = 0;
  std::vector<Exit> exits;
};

/// A token and the segment that it goes on into; none: null.
struct Onward {
  Segment* segment = nullptr;
  TokenPtr token = nullptr;
};

/// The port by which a sink's encode step reaches its writer.
inline PortIndex writer_port(const StageSpec& sink) { return sink.outputs.size() + 1; }

class Pass;

class Segment {
 public:
  Segment(RunContext& context, SegmentIndex index);

  /// Wiring. `ends` is told when a step's input has been processed; null where nobody waits for it.
  void add_exit(std::size_t step, PortIndex port, Exit exit);
  void watch(std::size_t step, InputEnds& ends);

  /// How a token comes in again that had to wait: by `run`, on a worker, once whoever lets tokens in has room
  /// for it.
  void on_resume(std::function<void(TokenPtr)> resume) { resume_ = std::move(resume); }

  const SegmentPlan& plan() const noexcept { return plan_; }
  /// The writer of the sink that is all there is in the segment; null: there is something else.
  Receiver* sole_writer() const noexcept;

  /// Runs a token through all steps and sends on what comes out. Of the branches, the last goes on at once
  /// where it may, as oneTBB's nodes do: its data is still in the cache, and no task is made. On a worker.
  /// False: the token has to wait, and will come in again.
  bool run(TokenPtr token, WorkerIndex worker);
  /// The same for what a breaker gave out: the token's batches stand in `given`, the first step is done.
  void run_output(TokenPtr token, Emissions& given, WorkerIndex worker);

 private:
  friend class Pass;
  static constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

  /// Takes one token as far as it gets here; false where it has to wait.
  bool run_here(TokenPtr token, WorkerIndex worker, Onward& onward);
  bool carry_on(Pass& pass, WorkerIndex worker, Onward& onward);
  static void run_on(Onward onward, WorkerIndex worker);

  void find_loops();

  struct Step {
    StepPlan plan;
    Slot* slot = nullptr;
    InputEnds* ends = nullptr;
    IoThreads* io = nullptr;          ///< null: it is called by the worker
    const FusedLoop* loop = nullptr;  ///< that begins with this step, where it can be used; else null
    bool always_open = false;  ///< nothing can stand before its calls: no limits, no restarts, no chaos
    bool passes_on = false;    ///< nothing is called: what comes in goes on as it is
    bool watched = false;      ///< it has a timeout
    bool limited = false;      ///< it has a rate or a breaker; those of a sink are its writer's
    std::vector<bool> wanted;  ///< one for each port that a call may emit on, whether somebody reads it
    EdgeIndex fused_edge = 0;  ///< by which the batches of a fused step come
    std::vector<std::size_t>
        groups;  ///< one a port, then errors, then the sink's writer: index into groups_, or kNoGroup
    std::vector<std::uint32_t> flow_rank;  ///< one a flow of the run: Place::source
  };

  RunContext& context_;
  const SegmentIndex index_;
  const SegmentPlan& plan_;
  std::vector<Step> steps_;
  std::vector<ExitGroup> groups_;
  std::function<void(TokenPtr)> resume_;
};

}  // namespace weir::runtime
