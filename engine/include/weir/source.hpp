// The contract of a stage that brings data in.
//
// A source is split so that reading is parallel: `next` hands out pieces of work, one after another and
// cheaply (a range of a file, not its parsed rows); `decode` turns a piece into records, on many threads at
// once.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "weir/emitter.hpp"
#include "weir/payload.hpp"
#include "weir/run_signals.hpp"

namespace weir {

/// Where a pulled step goes on. 0 begins; what other values mean is the stage's own; `kDone` ends.
/// A step is a pure function of its input and cursor, so that it can be tried again.
using Cursor = std::uint64_t;
inline constexpr Cursor kDone = std::numeric_limits<Cursor>::max();

/// A piece of work from a source: what `decode` will read, and where it came from.
struct Work {
  Batch payload;
  Origin origin;
};

/// How far a source is; `total_bytes` is 0 where nobody knows.
struct SourceProgress {
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;
};

/// One incarnation of a source. Owned and called by the engine, as each method says.
class Source {
 public:
  virtual ~Source() = default;

  /// The run that it reads for, told before `open`. Outlives the incarnation; whole once `next` is called.
  virtual void set_run(const RunSignals& /*run*/) {}

  /// Acquires what it reads from. Called once, before anything else, on one thread. Throws what went wrong.
  /// After a restart it is followed by `seek` with the predecessor's position.
  virtual void open() {}

  /// The next piece of work, or nothing when the input has ended. Never called twice at once. Leaves the
  /// position as it was when it throws. The piece's place in the sequence follows from the position alone:
  /// the same position always gives the same piece.
  virtual std::optional<Work> next() = 0;

  /// Turns a piece of work into records. Called from many threads at once, each with its own work; each call
  /// gives out one batch or so and answers with the cursor of the next call. By default the payload is the
  /// batch.
  virtual Cursor decode(const Batch& work, Cursor at, Emitter& out) const;

  /// What `seek` takes to go on from here: opaque bytes. Between calls of `next`, on the same thread.
  virtual std::string position() const = 0;
  /// Goes on from what `position` answered, perhaps in an earlier incarnation. After `open`.
  virtual void seek(const std::string& position) = 0;

  /// Asks a `next` that waits (for a pipe, a queue) to return nothing soon. From any thread, at any time.
  virtual void stop() noexcept {}

  /// From any thread, at any time.
  virtual SourceProgress progress() const noexcept { return {}; }
};

/// What the engine must know of a source before it makes one.
struct SourceTraits {
  bool bounded = true;    ///< it ends by itself
  bool blocking = false;  ///< `next` may wait for something outside: it gets a thread of its own
  bool decodes = true;    ///< it has a `decode` of its own; else that is not called: the work is the batch
};

}  // namespace weir
