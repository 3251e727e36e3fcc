// Neighbouring stages as one loop.
//
// Stages that are known together when they are compiled need not hand batches on to each other: one loop
// takes each record through all of them, and nothing is stored in between. They stay stages of the graph all
// the same, with names, counters, error policies and incarnations of their own. The engine runs the loop
// where nothing stands between them, and calls each by itself where something does: a stage is being rebuilt,
// faults are injected, a record is tried again.
#pragma once

#include <cstddef>
#include <span>

#include "weir/emitter.hpp"
#include "weir/payload.hpp"
#include "weir/transform.hpp"

namespace weir {

/// How a loop tells what it did. Used by the calling thread only, during the call. Stages are numbered from
/// 0, the first of the loop; rows are those of the batch that the loop was given.
class LoopOutput {
 public:
  virtual ~LoopOutput() = default;

  /// The loop is about to take records away from its input, which cannot be repeated any more: what it throws
  /// from now on fails the run. One that leaves its input as it is never says it.
  virtual void consumes_input() = 0;

  /// What came out of the last stage. At most once.
  virtual void emit(Batch batch) = 0;

  /// Stage `stage` was given so many records in all, those that threw and were not tried again included.
  virtual void given(std::size_t stage, std::size_t records) = 0;

  /// Stage `stage` has thrown `error`, once more, for what row `row` had become. After any verdict but
  /// `again`, `leave` follows.
  virtual ItemVerdict failed(std::size_t stage, std::size_t row, ErrorInfo error) = 0;

  /// The record that failed, as the stage was given it: a batch of one row. `place`: how many records the
  /// stage was given before it, in this call.
  virtual void leave(Batch record, std::size_t place) = 0;
};
/// Several stages as one loop; see above.
class FusedLoop {
 public:
  virtual ~FusedLoop() = default;

  /// How many stages it stands for: the one that has it, and those added to the graph after it, each a
  /// stateless transform that reads the main output of the one before.
  virtual std::size_t stages() const noexcept = 0;

  /// Takes the batch through all stages. `incarnations`: theirs, as their factories made them. From many
  /// threads at once. What it throws is no stage's failure: the batch is taken through the stages one by one
  /// then, and each says what it has to say; save where the loop consumes its input.
  virtual void run(const Input& input, std::span<Transform* const> incarnations, LoopOutput& out) const = 0;
};

}  // namespace weir
