// A flow: puts numbered tokens into its first segment, as its credits allow.
//
// A flow takes turns. A turn acquires a credit, pulls a piece of work, posts the next turn (which another
// worker may steal) and then runs the piece through the segment itself: the next turn's pull follows this
// one's, so that pulling is serial without a lock, while segments run in parallel and work stays on the core
// that pulled it. Without a credit the flow goes to sleep until one comes back.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/runtime/credit_pool.hpp"
#include "engine/runtime/segment.hpp"
#include "engine/runtime/waiting.hpp"

namespace weir::runtime {

class Flow {
 public:
  /// `waits`: how often `one_wait_less` must be called before the flow begins; 0: `begin` does it.
  Flow(RunContext& context, FlowIndex index, Segment& segment, std::size_t waits);
  virtual ~Flow() = default;
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  /// Wiring: told, on a worker, when the flow has ended, with the number of its pieces, whether it was cut
  /// short or not.
  std::vector<std::function<void(std::uint64_t end)>> on_end;

  /// Starts it where it has nothing to wait for from the first. On a worker or before any runs.
  void begin();
  /// Something that it waits for has ended. From any thread.
  void one_wait_less();
  /// Called when the run drains, or nobody needs the flow any more. From any thread.
  virtual void wake() {}

  const CreditPool& credits() const noexcept { return credits_; }
  StageIndex stage() const noexcept { return stage_; }
  /// It came to the end of its input, or nobody needed more of it.
  bool complete() const noexcept { return complete_.load(); }

 protected:
  /// One turn. On a worker.
  virtual void turn(WorkerIndex worker);
  /// Pulls the next piece under the credit that the turn took, and runs it. Answers by take_next_turn and
  /// finish.
  virtual void pull(WorkerIndex worker) = 0;
  virtual void start() { take_next_turn(); }
  virtual void credit_came_back() { take_next_turn(); }

  /// What became of a call that was to give the next piece.
  enum class Called : unsigned char {
    returned,
    failed,  ///< for good, which has been told
    waits,   ///< for `waits_for_`, and is to be made again then
  };
  /// Makes such a call, as the stage's error policy says. `worker`: whose counters.
  template <class Call>
  Called call_stage(WorkerIndex worker, Chaos::Call kind, const char* during, const Call& call);
  /// Decides about a call that failed: `failed` or `waits`.
  Called recover(WorkerIndex worker, const char* during, std::uint64_t incarnation, ErrorInfo error);

  TokenPtr make_token(Origin origin);
  void give_back_unused_credit() noexcept { credits_.release(); }
  void take_next_turn() { put(nullptr); }
  void put(TokenPtr token);
  /// No more pieces. `complete`: the input ended by itself.
  void finish(bool complete);
  void fail(const char* during, ErrorInfo error);
  /// No more pieces are to be pulled: the run drains, or nobody needs them.
  virtual bool must_end() const noexcept { return context_.draining() || context_.unneeded(stage_); }

  RunContext& context_;
  const FlowIndex index_;
  const StageIndex stage_;
  Segment& segment_;
  CreditPool credits_;
  std::uint64_t next_sequence_ = 0;  ///< touched by the turn alone, as is all below
  std::uint32_t failures_ = 0;       ///< of the call that is being tried
  WaitsFor waits_for_;

 private:
  const bool begins_at_once_;
  std::atomic<std::size_t> waits_;
  std::atomic<bool> complete_{false};
  bool finished_ = false;                  ///< touched by the turn alone
  tbb::flow::function_node<Token*> node_;  ///< null: a turn; else a token that comes into the segment
};

/// The flow of a source whose `next` does not wait for anything.
class SourceFlow : public Flow {
 public:
  using Flow::Flow;

 protected:
  void pull(WorkerIndex worker) override;
  /// The next piece, under the credit that was taken, which is given back where there is none. Null and
  /// `returned`: the input has ended.
  Called next_token(WorkerIndex worker, TokenPtr& token);
};

/// The flow of a source that may wait: its turns are taken by a thread of its own.
class ThreadedSourceFlow final : public SourceFlow {
 public:
  using SourceFlow::SourceFlow;
  ~ThreadedSourceFlow() override;
  void wake() override;

 protected:
  void start() override;
  void credit_came_back() override;

 private:
  /// Reads to the end; whether the input ended by itself.
  bool read();
  bool wait_for_credit();
  void wait_here(const WaitsFor& what);

  std::mutex mutex_;
  std::condition_variable credit_or_end_;
  bool woken_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

/// The output side of a breaker: begins when its input has ended.
class BreakerFlow final : public Flow {
 public:
  using Flow::Flow;

 protected:
  void pull(WorkerIndex worker) override;
  /// That the breaker has had enough input does not end its output.
  bool must_end() const noexcept override;

 private:
  Cursor at_ = 0;  ///< touched by the turn alone
};

}  // namespace weir::runtime
