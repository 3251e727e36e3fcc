// One token's way through a segment: calls the steps, applies their error policies, counts, and gathers what
// leaves.
//
// What is left to do is a stack of parts, the next on top, so that a pass can stop between any two calls: it
// waits for a timer, a rebuilt stage or a thread of the stage's own without holding a worker, and goes on
// later on another. Used by one thread at a time.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/runtime/loop_emissions.hpp"
#include "engine/runtime/segment.hpp"
#include "engine/runtime/waiting.hpp"

namespace weir::runtime {

class Pass final : public Unfinished {
 public:
  Pass(Segment& segment, TokenPtr token);

  /// Takes the token's batches, to be taken through all steps.
  void begin();
  /// Takes what a breaker gave out, to be taken through the steps behind it.
  void begin_output(Emissions& given, WorkerIndex worker);

  /// Calls the steps until all is done. False: it has to wait for what `waits_for` says, and then to be run
  /// again.
  bool run(WorkerIndex worker);
  const WaitsFor& waits_for() const noexcept { return *waits_for_; }

  /// Checks in states, sends on what came out, tells who waits. Once, at the end. The last branch is answered
  /// instead of sent, where it may go on at once.
  Onward finish();

  /// The token, which carries the pass while it waits.
  TokenPtr give_token() noexcept { return std::move(token_); }
  void take_token(TokenPtr token) noexcept { token_ = std::move(token); }

 private:
  using Step = Segment::Step;

  /// What a step keeps during the pass.
  struct StepScratch {
    std::unique_ptr<State> state;
    bool has_state = false;
    std::uint32_t sub = 0;      ///< how many parts the step has been through
    std::uint32_t batches = 0;  ///< how many whole batches it has been given
    std::uint64_t records = 0;  ///< and how many records
  };

  /// What has gone wrong with a part so far.
  struct Trouble {
    std::uint32_t failures = 0;             ///< of the part, as its error policy counts
    std::uint32_t throws = 0;               ///< the same, with the calls that looked for a record to blame
    bool delayed = false;                   ///< by chaos, once
    std::vector<std::size_t> refused = {};  ///< rows, by earlier calls
    std::unique_ptr<Emissions::Items> failed_items = nullptr;  ///< of the last call, which goes on with them
  };

  /// A batch, or a part of one, on its way into a step.
  struct Part {
    std::size_t step = 0;
    Batch batch;
    std::size_t rows = 0;
    PortIndex port = 0;
    EdgeIndex edge = 0;           ///< by which it came
    std::uint32_t number = 0;     ///< of the whole batch at the step
    bool entered = false;         ///< counted as come in
    bool paid = false;            ///< for its next call, to the stage's rate
    std::uint64_t first_row = 0;  ///< its first record's place among those that the step is given
    Cursor at = 0;
    std::unique_ptr<Trouble> trouble = nullptr;  ///< null: none

    Trouble& troubled() {
      if (!trouble) trouble = std::make_unique<Trouble>();
      return *trouble;
    }
    std::uint32_t failures() const noexcept { return trouble ? trouble->failures : 0; }
    bool has_failed_item() const noexcept { return trouble && trouble->failed_items; }
    std::uint32_t throws() const noexcept { return trouble ? trouble->throws : 0; }
    std::size_t rows_refused() const noexcept { return trouble ? trouble->refused.size() : 0; }
  };

  /// The rows among which one is refused: a part's, or a batch that the stage made.
  struct Rows {
    std::size_t step = 0;
    PortIndex port = 0;
    std::uint64_t first_row = 0;
    const Batch& batch;
  };

  /// A batch that leaves the segment by an exit group.
  struct Output {
    std::size_t group;
    Batch batch;
    std::size_t rows;
  };

  void push_part(std::size_t step, Batch&& batch, std::size_t rows, PortIndex port, EdgeIndex edge);

  // Each of these works on the part on top. False: the pass has to wait.
  bool advance();
  bool make_call(const Step& step, Part& part);
  /// Enters the stage's gate, as far as its limits let it.
  bool may_call(const Step& step, Part& part);
  bool call_elsewhere(const Step& step, Part& part);
  bool settle_call(const Step& step, Cursor at, Emissions& out, std::optional<ErrorInfo>& error);
  bool settle_return(Cursor at, Emissions& out);
  /// The call threw; nothing of it counts.
  bool settle_throw(ErrorInfo error);
  /// Tries again, as the decision says. Requires a retry or restart.
  bool recover(const Decision& decision, std::uint32_t failures, ErrorInfo error);
  bool wait(WaitsFor what);

  void enter();
  void drop_top() { todo_.pop_back(); }
  void abandon_top();
  void bisect_top();
  /// A call stopped at a record that must be waited for: what comes before it is done, the rest is the part
  /// from now on.
  bool stop_at_failed_item(Emissions& out);
  /// Where rejected records are to be tried again: true when the call's result is void and that was arranged.
  bool try_rejected_again(Emissions& out, bool& goes_on);

  bool call(const Step& step, const Part& part, Cursor& at, Emissions& out, std::optional<ErrorInfo>& error);
  Cursor process(const Step& step, const Part& part, Cursor at, Emissions& out);

  /// Takes the part on top through the stages of the loop that begins with its step, as far as it gets.
  /// Nothing: they must be called one by one.
  std::optional<bool> run_loop(const Step& step);
  bool enter_loop(std::size_t first, std::size_t stages);
  void leave_loop(std::size_t first, std::size_t stages);
  bool settle_loop(std::size_t first, std::size_t stages, LoopEmissions& done);
  /// The place of a record that a loop left among those that its stage is given.
  std::uint64_t place_in_stage(std::size_t first, const LoopEmissions& done,
                               const LoopEmissions::Left& left) const;
  void count_loop(std::size_t first, std::size_t stages, const LoopEmissions& done);
  /// The loop stopped at a record that must be waited for: its stage goes on with it, and then the loop with
  /// the rest.
  bool stop_loop(std::size_t first, LoopEmissions& done);
  Chaos::Records records_of(const Part& part) const;
  Place place_at(const Step& step, const Part& part) const;
  bool ensure_state(const Part& part, std::optional<ErrorInfo>& error);

  /// Applies the policy to rows that a call rejected. `input`: what the call was given.
  void settle_rejected(const Rows& input, Emissions& out);
  void refuse_row(const Rows& rows, std::size_t row, std::uint32_t attempts, ErrorInfo error);
  Origin origin_of_row(const Batch& batch, std::size_t row) const;
  void route(std::size_t step, Emissions& out);
  /// Takes the part on top through a step that does nothing.
  void pass_on(const Step& step);
  bool goes_to_next(std::size_t step, PortIndex port) const noexcept {
    return port == kMainPort && step + 1 < segment_->steps_.size();
  }
  /// Sends on what came out of a step: to the next, or out of the segment.
  void send_on(std::size_t step, Batch&& batch, std::size_t rows, PortIndex port);
  void encode_dead_letters();
  Onward send_outputs();
  void fill(Token& branch, const Exit& exit, std::size_t group, bool last_use);
  /// `place_row`: for the order of failures; `row` of `batch`: the record to blame, where one is.
  void fail(std::size_t step, std::uint64_t place_row, std::uint32_t attempts, ErrorInfo error,
            const Batch* batch = nullptr, std::size_t row = 0);

  StageCounters& count(const Step& step) { return counters_->stages[step.plan.stage]; }
  EdgeCounters& count_edge(EdgeIndex edge) { return counters_->edges[edge]; }

  Segment* segment_;
  RunContext* context_;
  TokenPtr token_;
  WorkerIndex worker_ = 0;                ///< that runs the pass now
  WorkerCounters* counters_ = nullptr;    ///< its
  std::uint64_t called_incarnation_ = 0;  ///< by the last call
  std::unique_ptr<WaitsFor> waits_for_;   ///< null: nothing yet
  std::shared_ptr<IoCall> io_call_;       ///< that the part on top waits for
  boost::container::small_vector<StepScratch, 2> scratch_;
  boost::container::small_vector<Part, 1> todo_;
  boost::container::small_vector<Output, 1> outputs_;                    ///< in the order they were made
  std::vector<std::pair<std::size_t, DeadLetter<Batch>>> dead_letters_;  ///< by step
};

}  // namespace weir::runtime
