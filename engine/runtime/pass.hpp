// One token's way through a segment: calls the steps, applies their error policies, counts, and gathers what
// leaves.
//
// Lives on the stack of one task.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/runtime/segment.hpp"

namespace weir::runtime {

class Pass {
 public:
  Pass(Segment& segment, TokenPtr token, WorkerIndex worker);

  /// Takes the token's batches through all steps.
  void run_token();
  /// Takes what a breaker gave out through the steps behind it.
  void run_output(Emissions& given);
  /// Checks in states, sends on what came out, tells who waits. Once, at the end. The last branch is answered
  /// instead of sent, where it may go on at once.
  Onward finish();

 private:
  using Step = Segment::Step;

  /// What a step keeps during the pass.
  struct StepScratch {
    std::unique_ptr<State> state;
    bool has_state = false;
    std::uint32_t sub = 0;  ///< how many batches the step has been given
  };

  /// A batch, or a part of one that is being bisected, on its way into a step. Borrowed from whoever holds
  /// it.
  struct Part {
    const Batch& batch;
    std::size_t rows = 0;
    PortIndex port = 0;
    std::uint64_t first_row = 0;  ///< of the batch that it is a part of
  };

  /// A batch that leaves the segment by an exit group.
  struct Output {
    std::size_t group;
    Batch batch;
    std::size_t rows;
  };

  void decode(const Batch& work);
  void enter(std::size_t step, const Batch& batch, std::size_t rows, PortIndex port, EdgeIndex edge);
  void run_part(std::size_t step, const Part& part);
  bool call(std::size_t step, const Part& part, Cursor& at, Emissions& out, std::optional<ErrorInfo>& error);
  Cursor process(std::size_t step, const Part& part, Cursor at, Emissions& out);
  bool ensure_state(std::size_t step, std::optional<ErrorInfo>& error);
  /// A call threw, for a part of which earlier calls had refused some rows.
  void refuse_part(std::size_t step, const Part& part, Cursor at, const std::vector<std::size_t>& refused,
                   ErrorInfo error);
  void bisect(std::size_t step, const Part& part);
  /// Applies the policy to rows that a call rejected.
  void settle_rejected(std::size_t step, const Part& part, Emissions& out);
  void refuse_row(std::size_t step, std::uint64_t first_row, const Batch& batch, std::size_t row,
                  ErrorInfo error);
  void route(std::size_t step, Emissions& out);
  void encode_dead_letters();
  Onward send_outputs();
  void fill(Token& branch, const Exit& exit, std::size_t group, bool last_use);
  /// `place_row`: for the order of failures; `row` of `batch`: the record to blame, where one is.
  void fail(std::size_t step, std::uint64_t place_row, ErrorInfo error, const Batch* batch = nullptr,
            std::size_t row = 0);

  StageCounters& count(const Step& step) { return counters_.stages[step.plan.stage]; }
  EdgeCounters& count_edge(EdgeIndex edge) { return counters_.edges[edge]; }

  Segment& segment_;
  RunContext& context_;
  TokenPtr token_;
  const WorkerIndex worker_;
  WorkerCounters& counters_;
  boost::container::small_vector<StepScratch, 4> scratch_;
  boost::container::small_vector<Output, 2> outputs_;             ///< in the order they were made
  std::vector<std::pair<std::size_t, DeadLetter>> dead_letters_;  ///< by step
};

}  // namespace weir::runtime
