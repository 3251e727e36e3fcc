#include "engine/runtime/input_ends.hpp"

#include <algorithm>
#include <utility>

namespace weir::runtime {

InputEnds::InputEnds(const StageSpec& stage, const StagePlacement& placement,
                     std::function<void()> on_retained, std::function<void()> on_all)
    : on_retained_(std::move(on_retained)), on_all_(std::move(on_all)) {
  for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
    const InputPlan& input = placement.inputs[port];
    auto way_in = std::ranges::find(ways_in_, input.segment, &WayIn::segment);
    if (way_in == ways_in_.end()) {
      way_in = ways_in_.insert(
          way_in, {.segment = input.segment, .retained = stage.inputs[port].retained, .open = {}});
    }
    for (const FlowIndex flow : input.flows)
      way_in->open.try_emplace(flow);
  }
  told_retained_ = std::ranges::none_of(ways_in_, &WayIn::retained);
}

void InputEnds::processed(SegmentIndex segment, FlowIndex flow, std::uint64_t sequence) {
  Ended ended;
  {
    const std::lock_guard lock(mutex_);
    Frontier& frontier = std::ranges::find(ways_in_, segment, &WayIn::segment)->open.at(flow);
    frontier.complete(sequence);
    if (frontier.ended()) ended = close_ended();
  }
  tell(ended);
}

void InputEnds::end(FlowIndex flow, std::uint64_t end) {
  Ended ended;
  {
    const std::lock_guard lock(mutex_);
    for (WayIn& way_in : ways_in_) {
      if (const auto at = way_in.open.find(flow); at != way_in.open.end()) at->second.mark_end(end);
    }
    ended = close_ended();
  }
  tell(ended);
}

InputEnds::Ended InputEnds::close_ended() {
  for (WayIn& way_in : ways_in_)
    std::erase_if(way_in.open, [](const auto& flow) { return flow.second.ended(); });
  const auto ended = [](const WayIn& way_in) { return way_in.open.empty(); };
  Ended now;
  if (std::ranges::all_of(ways_in_, [&](const WayIn& way_in) { return !way_in.retained || ended(way_in); }))
    now.retained = !std::exchange(told_retained_, true);
  if (std::ranges::all_of(ways_in_, ended)) now.all = !std::exchange(told_all_, true);
  return now;
}

void InputEnds::tell(Ended ended) const {
  if (ended.retained) on_retained_();
  if (ended.all) on_all_();
}

}  // namespace weir::runtime
