// The permanent place of a stage in a running graph. It holds the stage's present incarnation and owns its
// state.
//
// Nodes of the flow graph cannot be exchanged while it runs, so a node stays and what its slot holds is
// replaced. The incarnation may be used between `gate().enter` and `gate().leave`; it is replaced while the
// gate is closed and empty. States are checked out for one token and checked in again, by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/call_limits.hpp"
#include "engine/runtime/gate.hpp"
#include "weir/error.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

class Slot {
 public:
  /// `gate_workers`: see Gate. `run` outlives the slot; null: there is none.
  Slot(const Graph& graph, StageIndex index, std::size_t gate_workers, const RunSignals* run = nullptr);

  // The incarnation's life. By one thread at a time, while no call is inside. Those that answer a bool give
  // what went wrong in `error` when they answer false.

  /// Makes and opens the first incarnation.
  bool open(ErrorInfo& error) noexcept;
  /// Lets go of the incarnation, but for what the next one goes on from.
  bool take_down(ErrorInfo& error) noexcept;
  /// Makes and opens the next incarnation, which goes on where the last one stood.
  bool bring_up(ErrorInfo& error) noexcept;
  /// There is no incarnation, and will be none. What arrives now is abandoned.
  void give_up() noexcept { gone_.store(true); }
  void close() noexcept;

  const StageSpec& spec() const noexcept { return spec_; }
  std::uint64_t incarnation() const noexcept { return incarnation_.load(std::memory_order_relaxed); }
  bool gone() const noexcept { return gone_.load(); }
  Gate& gate() noexcept { return gate_; }
  CallLimits& limits() noexcept { return limits_; }
  /// One an output port: whether somebody reads it.
  const std::vector<bool>& wanted() const noexcept { return wanted_; }
  /// Counts a record that went out as dead or skipped; how many that makes.
  std::uint64_t count_bad() noexcept { return bad_.fetch_add(1, std::memory_order_relaxed) + 1; }

  Source& source() const noexcept { return *source_; }
  Transform& transform() const noexcept { return *transform_; }
  Sink* sink() const noexcept { return sink_.get(); }  ///< null before open
  /// Its own share of the incarnation, for calls that may outlive it.
  std::shared_ptr<Transform> shared_transform() const;
  /// The source, whatever happens to the slot meanwhile; null where there is none. From any thread.
  std::shared_ptr<Source> source_if_any() const;

  bool stateless() const noexcept { return stateless_; }
  /// A state to process with: null for a stateless stage; the shared one once the retained inputs have ended.
  /// Give it back with check_in. False where making one throws.
  bool check_out(std::unique_ptr<State>& state, std::optional<ErrorInfo>& error) noexcept;
  void check_in(std::unique_ptr<State> state);
  State* shared_state() const noexcept { return shared_state_.get(); }

  /// Merges all states into the shared one. All of them are checked in, and no one asks for one meanwhile.
  /// Throws what the stage throws; what was merged before stays so, and it may be called again.
  void merge_states();

 private:
  const StageSpec& spec_;
  const RunSignals* const run_;
  std::vector<bool> wanted_;
  Gate gate_;
  CallLimits limits_;
  std::atomic<std::uint64_t> incarnation_{0};
  std::atomic<bool> gone_{false};
  std::atomic<std::uint64_t> bad_{0};
  std::shared_ptr<Source> source_;        ///< replaced under mutex_
  std::shared_ptr<Transform> transform_;  ///< replaced under mutex_
  std::unique_ptr<Sink> sink_;
  std::optional<std::string> position_;  ///< where the next source goes on
  bool stateless_ = true;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<State>> states_;  ///< checked in; guarded by mutex_
  std::unique_ptr<State> shared_state_;         ///< set when nobody processes; then unchanged
};

}  // namespace weir::runtime
