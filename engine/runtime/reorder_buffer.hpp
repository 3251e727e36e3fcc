// Gives tokens out in the order of their flows and sequence numbers, whatever the order they arrive in.
//
// Tokens wait here with their credits, which cannot deadlock: the token that the others wait for took its
// credit before them and is on its way. Only tokens of a later flow, whose turn may be far off, give their
// credit up. Self-synchronised; `release` is called under the lock, so that what it puts into a queue is
// in order there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "engine/runtime/frontier.hpp"
#include "engine/runtime/token.hpp"

namespace weir::runtime {

class ReorderBuffer {
 public:
  /// `flows` in the order in which they are to come out. With `across_flows`, one flow after another; else
  /// each in its own order, interleaved as they come. With `keeps_early`, tokens of later flows wait without
  /// their credit.
  ReorderBuffer(std::vector<FlowIndex> flows, bool across_flows, bool keeps_early,
                std::function<void(TokenPtr)> release);

  void arrive(TokenPtr token);
  /// No token of this sequence number will arrive. Such numbers are kept as runs between those that are
  /// missing, so that their memory is bounded by the flow's credits.
  void pass_over(FlowIndex flow, std::uint64_t sequence);
  /// The flow has ended: it has no sequence number from `end` on.
  void end(FlowIndex flow, std::uint64_t end);
  /// Gives out what still waits, in order, gaps and all: after a run that was cut short.
  void flush();

 private:
  struct Lane {
    FlowIndex flow;
    Frontier out = {};  ///< what has come out or was passed over
    std::map<std::uint64_t, TokenPtr> waiting;
  };
  std::size_t lane_of(FlowIndex flow) const noexcept;
  bool has_turn(std::size_t lane) const noexcept { return !across_flows_ || lane == current_; }
  void advance(std::size_t lane);
  void release_ready(Lane& lane);

  const bool across_flows_;
  const bool keeps_early_;
  const std::function<void(TokenPtr)> release_;
  std::mutex mutex_;
  std::vector<Lane> lanes_;  ///< guarded by mutex_, as is all below
  std::size_t current_ = 0;  ///< the lane whose turn it is, across flows
};

}  // namespace weir::runtime
