#include "engine/runtime/input_ends.hpp"

#include <algorithm>
#include <utility>

namespace weir::runtime {

InputEnds::InputEnds(const StageSpec& stage, const StagePlacement& placement,
                     std::function<void()> on_retained, std::function<void()> on_all)
    : on_retained_(std::move(on_retained)), on_all_(std::move(on_all)) {
  for (PortIndex port = 0; port < placement.inputs.size(); ++port) {
    Port its{.retained = stage.inputs[port].retained, .open = {}};
    for (const FlowIndex flow : placement.inputs[port].flows)
      its.open.try_emplace(flow);
    ports_.push_back(std::move(its));
  }
  told_retained_ = std::ranges::none_of(ports_, &Port::retained);
}

void InputEnds::processed(PortIndex port, FlowIndex flow, std::uint64_t sequence) {
  Ended ended;
  {
    const std::lock_guard lock(mutex_);
    Frontier& frontier = ports_[port].open.at(flow);
    frontier.complete(sequence);
    if (frontier.ended()) ended = close_ended();
  }
  tell(ended);
}

void InputEnds::end(FlowIndex flow, std::uint64_t end) {
  Ended ended;
  {
    const std::lock_guard lock(mutex_);
    for (Port& port : ports_) {
      if (const auto at = port.open.find(flow); at != port.open.end()) at->second.mark_end(end);
    }
    ended = close_ended();
  }
  tell(ended);
}

InputEnds::Ended InputEnds::close_ended() {
  for (Port& port : ports_)
    std::erase_if(port.open, [](const auto& flow) { return flow.second.ended(); });
  const auto ended = [](const Port& port) { return port.open.empty(); };
  Ended now;
  if (std::ranges::all_of(ports_, [&](const Port& port) { return !port.retained || ended(port); }))
    now.retained = !std::exchange(told_retained_, true);
  if (std::ranges::all_of(ports_, ended)) now.all = !std::exchange(told_all_, true);
  return now;
}

void InputEnds::tell(Ended ended) const {
  if (ended.retained) on_retained_();
  if (ended.all) on_all_();
}

}  // namespace weir::runtime
