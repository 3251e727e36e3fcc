// The contract of a stage that takes data out.
//
// Split as a source is: `encode` turns a batch into bytes on many threads; `write` puts them out in order.
// What was written becomes visible at `commit`, which the engine calls when the whole run has succeeded.
#pragma once

#include <cstdint>

#include "weir/emitter.hpp"
#include "weir/payload.hpp"

namespace weir {

/// One incarnation of a sink. Owned and called by the engine, as each method says.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Acquires what it writes to, under a temporary name. Called once, before anything else.
  virtual void open() {}

  /// In place of `open`, after a restart: goes on where `failed` stood, with all that its calls of `write`
  /// that returned have written. When it throws, `failed` must be able to be adopted again. By default it
  /// opens: right for sinks whose writes are seen at once.
  virtual void adopt(Sink& failed);

  /// Turns a batch into what `write` takes. Pure, from many threads at once. By default the batch itself.
  /// Rows that cannot be encoded are rejected on `out`.
  virtual Batch encode(const Batch& batch, Emitter& out) const;

  /// Puts out what `encode` made. One call at a time, in order where the spec says so. Answers nothing; says
  /// `out.enough()` when it needs no more. When it throws it may be called with the same batch again, and
  /// must then write none of it twice.
  virtual void write(const Batch& encoded, Emitter& out) = 0;

  /// Everything has been written and will be seen or not seen: flush, close, check. Nothing is visible yet.
  virtual void prepare() {}
  /// Makes what was written visible. After every sink of the run has prepared.
  virtual void commit() {}
  /// Removes what was written. Called instead of commit, also before prepare; must be safe to call twice.
  virtual void abort() noexcept {}
};

/// What the engine must know of a sink before it makes one.
struct SinkTraits {
  bool ordered = true;    ///< batches arrive at `write` in the order of the input
  bool blocking = false;  ///< `write` may wait for something outside (a pipe, a terminal): it gets a thread
  bool always_commits = false;  ///< publishes also when the run failed: sinks of dead letters
  bool encodes = true;  ///< it has an `encode` of its own; else that is not called: it writes the batch
};

}  // namespace weir
