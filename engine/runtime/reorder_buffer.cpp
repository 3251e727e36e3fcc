#include "engine/runtime/reorder_buffer.hpp"

#include <utility>

namespace weir::runtime {

ReorderBuffer::ReorderBuffer(std::vector<FlowIndex> flows, bool across_flows, bool keeps_early,
                             std::function<void(TokenPtr)> release)
    : across_flows_(across_flows), keeps_early_(keeps_early), release_(std::move(release)) {
  for (const FlowIndex flow : flows)
    lanes_.push_back(Lane{.flow = flow, .waiting = {}});
}

std::size_t ReorderBuffer::lane_of(FlowIndex flow) const noexcept {
  std::size_t lane = 0;
  while (lanes_[lane].flow != flow)
    ++lane;
  return lane;
}

void ReorderBuffer::arrive(TokenPtr token) {
  const std::lock_guard lock(mutex_);
  const std::size_t lane = lane_of(token->flow());
  if (keeps_early_ && lane > current_) token->give_up_credit();
  Lane& its = lanes_[lane];
  const std::uint64_t sequence = token->sequence();
  if (sequence == its.out.position() && has_turn(lane)) {
    release_(std::move(token));  // the usual case, without a detour through the map
    its.out.complete(sequence);
  } else {
    its.waiting.emplace(sequence, std::move(token));
  }
  advance(lane);
}

void ReorderBuffer::pass_over(FlowIndex flow, std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  const std::size_t lane = lane_of(flow);
  lanes_[lane].out.complete(sequence);
  advance(lane);
}

void ReorderBuffer::end(FlowIndex flow, std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  const std::size_t lane = lane_of(flow);
  lanes_[lane].out.mark_end(end);
  advance(lane);
}

void ReorderBuffer::advance(std::size_t lane) {
  if (!across_flows_) return release_ready(lanes_[lane]);
  while (current_ < lanes_.size()) {
    release_ready(lanes_[current_]);
    if (!lanes_[current_].out.ended()) return;
    ++current_;
  }
}

void ReorderBuffer::release_ready(Lane& lane) {
  while (!lane.waiting.empty() && lane.waiting.begin()->first == lane.out.position()) {
    const std::uint64_t sequence = lane.waiting.begin()->first;
    release_(std::move(lane.waiting.begin()->second));
    lane.waiting.erase(lane.waiting.begin());
    lane.out.complete(sequence);
  }
}

void ReorderBuffer::flush() {
  const std::lock_guard lock(mutex_);
  for (Lane& lane : lanes_) {
    for (auto& [sequence, token] : lane.waiting)
      release_(std::move(token));
    lane.waiting.clear();
  }
}

}  // namespace weir::runtime
