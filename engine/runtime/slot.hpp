// The permanent place of a stage in a running graph. It holds the stage's present incarnation and owns its
// state.
//
// Nodes of the flow graph cannot be exchanged while it runs, so a node stays and what its slot holds is
// replaced. States are checked out for one token and checked in again, by any thread; all else is set up
// before the graph starts.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "weir/error.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

class Slot {
 public:
  Slot(const StageSpec& spec, const Graph& graph, StageIndex index);

  /// Makes and opens an incarnation. False, and what went wrong in `error`, where that throws.
  bool open(ErrorInfo& error) noexcept;

  const StageSpec& spec() const noexcept { return spec_; }
  std::uint64_t incarnation() const noexcept { return incarnation_; }
  /// One an output port: whether somebody reads it.
  const std::vector<bool>& wanted() const noexcept { return wanted_; }

  Source& source() const noexcept { return *source_; }
  Transform& transform() const noexcept { return *transform_; }
  Sink* sink() const noexcept { return sink_.get(); }  ///< null before open

  bool stateless() const noexcept { return stateless_; }
  /// A state to process with: null for a stateless stage; the shared one once the retained inputs have ended.
  /// Give it back with check_in. False where making one throws.
  bool check_out(std::unique_ptr<State>& state, std::optional<ErrorInfo>& error) noexcept;
  void check_in(std::unique_ptr<State> state);
  State* shared_state() const noexcept { return shared_state_.get(); }

  /// Merges all states into the shared one. All of them are checked in, and no one asks for one meanwhile.
  bool merge_states(ErrorInfo& error) noexcept;

 private:
  const StageSpec& spec_;
  std::vector<bool> wanted_;
  std::uint64_t incarnation_ = 0;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Transform> transform_;
  std::unique_ptr<Sink> sink_;
  bool stateless_ = true;

  std::mutex mutex_;
  std::vector<std::unique_ptr<State>> states_;  ///< checked in; guarded by mutex_
  std::unique_ptr<State> shared_state_;         ///< set when nobody processes; then unchanged
};

}  // namespace weir::runtime
