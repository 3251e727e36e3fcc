// The serial half of a sink: puts tokens in order, writes them one at a time, and publishes at the end.
//
// Sinks on regular files are written by whichever worker is free; those that may wait have a thread, and a
// queue that holds all tokens that can reach it, so that a push never waits: its bound are their credits, and
// what was kept without one until its turn came.
#pragma once

#include <oneapi/tbb/concurrent_queue.h>

#include <memory>
#include <optional>
#include <thread>

#include "engine/runtime/reorder_buffer.hpp"
#include "engine/runtime/segment.hpp"
#include "engine/runtime/serial_line.hpp"
#include "engine/runtime/waiting.hpp"

namespace weir::runtime {

class SinkWriter final : public Receiver {
 public:
  SinkWriter(RunContext& context, StageIndex stage);
  ~SinkWriter() override;

  void receive(TokenPtr token, WorkerIndex worker) override;
  bool receive_nothing(FlowIndex flow, std::uint64_t sequence, WorkerIndex worker) override;
  /// A flow that reaches the sink has ended. On a worker.
  void flow_ended(FlowIndex flow, std::uint64_t end, WorkerIndex worker);

  // After the run has come to rest, by the thread that waited for it:

  /// Writes what still waits for its turn and stops the thread.
  void finish();
  /// See Sink. False where that threw; then the run has failed.
  bool prepare();
  bool commit();
  void abort() noexcept;
  bool always_commits() const noexcept { return traits_.always_commits; }

 private:
  void pass_on(TokenPtr token);
  /// Writes what the token brings. False: it has to wait for `waits_for_`, and goes on with `next_item_`
  /// then.
  bool write(const Token& token, WorkerIndex worker);
  bool write_batch(const Token& token, const TokenItem& item, WorkerIndex worker);
  /// The same by a thread that may wait.
  void write_waiting(const Token& token, WorkerIndex worker);
  void fail(const char* during, std::uint64_t phase, const Token* token, ErrorInfo error);
  void write_queued();

  RunContext& context_;
  const StageIndex stage_;
  const SinkTraits traits_;
  std::optional<ReorderBuffer> order_;
  SerialLine line_;
  bool broken_ = false;         ///< touched by whoever writes, one at a time, as is all down to `waits_for_`
  std::size_t next_item_ = 0;   ///< of the token that is being written
  std::uint32_t failures_ = 0;  ///< of that item
  bool paid_ = false;           ///< for it, to the stage's rate
  WaitsFor waits_for_;
  bool finishing_ = false;  ///< the graph is at rest: the waiting thread writes
  tbb::concurrent_bounded_queue<Token*> queue_;
  std::thread thread_;
};

}  // namespace weir::runtime
