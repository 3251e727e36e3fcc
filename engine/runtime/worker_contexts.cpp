#include "engine/runtime/worker_contexts.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/supervision/later.hpp"

namespace weir::runtime {
namespace {

TreePlan tree_plan(std::size_t workers, const RestartPolicy& policy, std::uint64_t seed) {
  TreePlan plan;
  plan.seed = seed;
  plan.groups[kRootGroup].policy = policy;
  plan.children.resize(workers);
  for (ChildIndex child = 0; child < workers; ++child) {
    for (ChildIndex after = child + 1; after < workers; ++after)
      plan.children[child].after.push_back(after);
  }
  return plan;
}

}  // namespace

std::string name_of_worker(std::size_t worker) { return "worker " + std::to_string(worker + 1); }

WorkerContexts::WorkerContexts(std::size_t workers, Factory factory, const RestartPolicy& policy,
                               std::uint64_t seed, const Clock& clock, EventDelivery& events)
    : factory_(std::move(factory)),
      clock_(clock),
      events_(events),
      tree_(tree_plan(workers, policy, seed)),
      places_(std::make_unique<Place[]>(workers)) {
  for (std::size_t worker = 0; worker < workers; ++worker)
    places_[worker].must_be_made = factory_ != nullptr;
}

TimePoint WorkerContexts::let_go(std::size_t worker) {
  places_[worker].context.reset();
  const std::lock_guard lock(mutex_);
  return places_[worker].due;
}

bool WorkerContexts::make(std::size_t worker) {
  Place& place = places_[worker];
  EventKind kind = EventKind::restarted;
  {
    const std::lock_guard lock(mutex_);
    if (place.due > clock_.now()) return true;
    place.must_be_made = false;
    if (++place.incarnation == 1) kind = EventKind::stage_started;
  }
  try {
    place.context = factory_();
  } catch (...) {
    const ErrorInfo error = describe_current_exception();
    Event event = about(EventKind::restart_failed, worker);
    event.error = error;
    events_.tell(std::move(event));
    return failed(worker, error);
  }
  events_.tell(about(kind, worker));
  return true;
}

bool WorkerContexts::failed(std::size_t worker, const ErrorInfo& error) {
  if (!factory_) return true;
  Event event = about(EventKind::restarting, worker);
  event.error = error;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = clock_.now();
    const Verdict verdict = tree_.child_failed(worker, now);
    if (const auto* restart = std::get_if<Restart>(&verdict)) {
      event.delay = restart->delay;
      for (const ChildIndex concerned : restart->children) {
        Place& place = places_[concerned];
        place.due = std::max(place.due, later(now, restart->delay));
        place.must_be_made.store(true, std::memory_order_release);
        event.stages.push_back(name_of_worker(concerned));
      }
    } else {
      event.kind = EventKind::gave_up;
      if (!surrender_) surrender_ = error;
    }
  }
  const bool goes_on = event.kind == EventKind::restarting;
  events_.tell(std::move(event));
  return goes_on;
}

std::uint64_t WorkerContexts::restarts() const {
  const std::lock_guard lock(mutex_);
  return tree_.restarts();
}

std::optional<ErrorInfo> WorkerContexts::surrender() const {
  const std::lock_guard lock(mutex_);
  return surrender_;
}

Event WorkerContexts::about(EventKind kind, std::size_t worker) const {
  const std::lock_guard lock(mutex_);
  Event event;
  event.kind = kind;
  event.stage = name_of_worker(worker);
  event.incarnation = places_[worker].incarnation;
  return event;
}

}  // namespace weir::runtime
