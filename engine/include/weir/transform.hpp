// The contract of a stage between sources and sinks.
//
// The object is the *incarnation*: compiled expressions, connections, caches; a restart makes a new one. What
// must survive a restart is the *state*: an object that the engine owns, hands in, and moves between
// incarnations.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/emitter.hpp"
#include "weir/payload.hpp"
#include "weir/run_signals.hpp"
#include "weir/source.hpp"

namespace weir {

/// A batch's place in the order of a run. Comparing places gives the order in which one thread would have
/// seen the batches, whatever the scheduling was. `source` ranks the sources as the stage's inputs list them.
struct Place {
  std::uint32_t source = 0;
  std::uint32_t sub = 0;  ///< which of the batches that were made of one piece of work
  std::uint64_t sequence = 0;

  friend bool operator==(const Place&, const Place&) = default;
  friend auto operator<=>(const Place& a, const Place& b) noexcept {
    if (auto order = a.source <=> b.source; order != 0) return order;
    if (auto order = a.sequence <=> b.sequence; order != 0) return order;
    return a.sub <=> b.sub;
  }
};

/// What `process` is given. Borrowed: valid during the call, unchanged whatever the call does.
struct Input {
  const Batch& batch;
  PortIndex port = 0;  ///< the input port, as the stage's spec lists them
  Place place;
  Cursor at = 0;                    ///< 0, or what the last call for this batch answered
  std::uint32_t failures = 0;       ///< how often the first record has failed before
  const RunSignals* run = nullptr;  ///< of the run that calls; null in tests that have none
};

/// What a stage remembers between batches. Owned by the engine; used by one thread at a time.
class State {
 public:
  virtual ~State() = default;
  /// The bytes it holds, for the run's memory account.
  virtual std::size_t bytes() const noexcept { return 0; }
  /// Appends itself to `out` in a form that `load` takes, for checkpoints. Throws UsageError where
  /// unsupported.
  virtual void save(std::string& out) const;
  /// Becomes what was saved. Throws UsageError where unsupported.
  virtual void load(const std::string& in);
};

/// How a transform may be called.
enum class Concurrency : unsigned char {
  stateless,   ///< one shared incarnation, any number of threads, no state
  replicated,  ///< several states, each checked out by a worker for one token; `absorb` merges them at the
               ///< end
  serial,      ///< one state, one call at a time, batches in order
};

/// What a call of `process` that throws has done to the state.
enum class StateAfterThrow : unsigned char {
  kept,    ///< nothing: the call can be made again
  cache,   ///< something, but the state is a cache: it is made anew
  spoilt,  ///< something: the run fails
};

/// What the engine must know of a transform before it makes one.
struct TransformTraits {
  Concurrency concurrency = Concurrency::stateless;
  /// A batch that fails may be cut in halves and tried again, to find the record that does it.
  bool splittable = true;
  StateAfterThrow state_after_throw = StateAfterThrow::kept;
  /// `absorb` and `end_of_input` leave their states as they were when they throw, so that the error policy
  /// may have them called again. Otherwise what they throw fails the run.
  bool finish_can_be_repeated = false;
  /// Each input record is emitted once, rejected, or counted by `filtered`. The ledger then checks it.
  bool maps_records = false;
  /// It gives out batches from `next_output` once its input has ended.
  bool breaker = false;
  /// Of a breaker: it also gives out while its input comes, and from `next_output` what it has kept for the
  /// end.
  bool gives_meanwhile = false;
  /// Of a serial stage with an input port for each flow: the flows come side by side, each in its own order.
  bool side_by_side = false;
};

/// One incarnation of a transform. Owned and called by the engine, as each method says.
class Transform {
 public:
  virtual ~Transform() = default;

  /// Acquires what it needs. Called once, before anything else, on one thread. Throws what went wrong.
  virtual void open() {}

  /// A fresh state; null for a stateless stage.
  virtual std::unique_ptr<State> make_state() const { return nullptr; }

  /// Processes one batch. Answers `kDone`, or, where a batch makes much output, the cursor with which to be
  /// called again for the same batch: each call is an atomic step. Threads and `state` as the traits say.
  virtual Cursor process(const Input& input, State* state, Emitter& out) = 0;

  /// Moves what `other` knows into `into`. The result must not depend on the order of such calls.
  virtual void absorb(State& into, State& other);

  /// All batches of a *retained* input port have been processed and absorbed (a join's build side). After it,
  /// `state` is shared by all workers and must not change. Once a port.
  virtual void end_of_input(PortIndex port, State* state);

  /// All input has ended and, for a breaker, gives out one batch or so a call until it answers `kDone`.
  /// One call at a time.
  virtual Cursor next_output(State* state, Cursor at, Emitter& out);
};

}  // namespace weir
