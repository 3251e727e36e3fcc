#include "engine/runtime/slot.hpp"

#include <algorithm>

#include "engine/runtime/guard.hpp"

namespace weir::runtime {
namespace {

template <class Stage>
std::unique_ptr<Stage> made_by(const std::function<std::unique_ptr<Stage>()>& make) {
  std::unique_ptr<Stage> stage = make();
  if (!stage) throw UsageError("the factory gave no stage; return one from `make`");
  return stage;
}

}  // namespace

Slot::Slot(const StageSpec& spec, const Graph& graph, StageIndex index) : spec_(spec) {
  for (const OutputPort& port : spec.outputs) {
    wanted_.push_back(std::ranges::any_of(
        graph.edges, [&](const Edge& edge) { return edge.from == index && edge.from_port == port.name; }));
  }
  if (const auto* transform = std::get_if<TransformSpec>(&spec.body))
    stateless_ = transform->traits.concurrency == Concurrency::stateless;
}

bool Slot::open(ErrorInfo& error) noexcept {
  const bool opened = guarded(error, [&] {
    if (const auto* source = std::get_if<SourceSpec>(&spec_.body)) {
      source_ = made_by(source->make);
      source_->open();
    } else if (const auto* transform = std::get_if<TransformSpec>(&spec_.body)) {
      transform_ = made_by(transform->make);
      transform_->open();
    } else {
      sink_ = made_by(std::get<SinkSpec>(spec_.body).make);
      sink_->open();
    }
  });
  if (opened) ++incarnation_;
  return opened;
}

bool Slot::check_out(std::unique_ptr<State>& state, std::optional<ErrorInfo>& error) noexcept {
  if (stateless_ || shared_state_) return true;
  {
    const std::lock_guard lock(mutex_);
    if (!states_.empty()) {
      state = std::move(states_.back());
      states_.pop_back();
      return true;
    }
  }
  return guarded(error, [&] { state = transform_->make_state(); });
}

void Slot::check_in(std::unique_ptr<State> state) {
  if (!state) return;
  const std::lock_guard lock(mutex_);
  states_.push_back(std::move(state));
}

bool Slot::merge_states(ErrorInfo& error) noexcept {
  return guarded(error, [&] {
    std::unique_ptr<State> merged = shared_state_ ? std::move(shared_state_) : nullptr;
    for (auto& state : states_) {
      if (!merged)
        merged = std::move(state);
      else
        transform_->absorb(*merged, *state);
    }
    states_.clear();
    if (!merged && !stateless_) merged = transform_->make_state();
    shared_state_ = std::move(merged);
  });
}

}  // namespace weir::runtime
