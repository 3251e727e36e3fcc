#include "engine/runtime/slot.hpp"

#include <algorithm>
#include <utility>

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

Slot::Slot(const Graph& graph, StageIndex index, std::size_t gate_workers, const RunSignals* run)
    : spec_(graph.stages[index]), run_(run), gate_(gate_workers), limits_(spec_) {
  for (const OutputPort& port : spec_.outputs) {
    wanted_.push_back(std::ranges::any_of(
        graph.edges, [&](const Edge& edge) { return edge.from == index && edge.from_port == port.name; }));
  }
  if (const auto* transform = std::get_if<TransformSpec>(&spec_.body))
    stateless_ = transform->traits.concurrency == Concurrency::stateless;
}

bool Slot::open(ErrorInfo& error) noexcept { return bring_up(error); }

bool Slot::take_down(ErrorInfo& error) noexcept {
  if (source_ && !guarded(error, [&] { position_ = source_->position(); })) return false;
  const std::lock_guard lock(mutex_);
  source_.reset();
  transform_.reset();
  return true;  // a sink's next incarnation adopts it
}

bool Slot::bring_up(ErrorInfo& error) noexcept {
  return guarded(error, [&] {
    if (const auto* source = std::get_if<SourceSpec>(&spec_.body)) {
      std::shared_ptr<Source> made = made_by(source->make);
      if (run_) made->set_run(*run_);
      made->open();
      if (position_) made->seek(*position_);
      const std::lock_guard lock(mutex_);
      source_ = std::move(made);
    } else if (const auto* transform = std::get_if<TransformSpec>(&spec_.body)) {
      std::shared_ptr<Transform> made = made_by(transform->make);
      made->open();
      const std::lock_guard lock(mutex_);
      transform_ = std::move(made);
    } else {
      std::unique_ptr<Sink> made = made_by(std::get<SinkSpec>(spec_.body).make);
      if (sink_)
        made->adopt(*sink_);
      else
        made->open();
      sink_ = std::move(made);
    }
    incarnation_.fetch_add(1, std::memory_order_relaxed);
  });
}

void Slot::close() noexcept {
  const std::lock_guard lock(mutex_);
  source_.reset();
  transform_.reset();
  sink_.reset();
}

std::shared_ptr<Transform> Slot::shared_transform() const {
  const std::lock_guard lock(mutex_);
  return transform_;
}

std::shared_ptr<Source> Slot::source_if_any() const {
  const std::lock_guard lock(mutex_);
  return source_;
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

void Slot::merge_states() {
  if (!shared_state_ && !states_.empty()) {
    shared_state_ = std::move(states_.back());
    states_.pop_back();
  }
  while (!states_.empty()) {
    transform_->absorb(*shared_state_, *states_.back());
    states_.pop_back();
  }
  if (!shared_state_ && !stateless_) shared_state_ = transform_->make_state();
}

}  // namespace weir::runtime
