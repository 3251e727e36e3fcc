// The contexts of a pool's workers, such as a connection each: made by a factory, and made anew by the rules
// of supervision when a job throws.
//
// A context is made, used and let go of by its worker's thread alone. Decisions are the SupervisionTree's, of
// which the workers are the children; they are made under a lock. A pool whose jobs need no context has no
// factory, and all of this does nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/supervision/supervision_tree.hpp"
#include "engine/telemetry/event_delivery.hpp"

namespace weir::runtime {

/// How a worker is called in events: from 1 on.
std::string name_of_worker(std::size_t worker);

class WorkerContexts {
 public:
  using Factory = std::function<std::shared_ptr<void>()>;

  /// `clock` and `events` outlive it.
  WorkerContexts(std::size_t workers, Factory factory, const RestartPolicy& policy, std::uint64_t seed,
                 const Clock& clock, EventDelivery& events);

  /// By the worker, each with its own: whether its context is to be made before it does a job.
  bool must_be_made(std::size_t worker) const noexcept {
    return places_[worker].must_be_made.load(std::memory_order_acquire);
  }
  /// Lets go of the present one. Gives when the next is due.
  TimePoint let_go(std::size_t worker);
  /// Makes it, if it is due. False: that failed, and the policy allows no more.
  bool make(std::size_t worker);
  /// Null where there is no factory.
  void* of(std::size_t worker) const noexcept { return places_[worker].context.get(); }

  /// A job of this worker threw. False: the policy allows no more restarts.
  bool failed(std::size_t worker, const ErrorInfo& error);

  std::uint64_t restarts() const;
  /// What was one too many, if something was.
  std::optional<ErrorInfo> surrender() const;

 private:
  struct Place {
    std::shared_ptr<void> context;  ///< the worker's own
    std::atomic<bool> must_be_made{false};
    std::uint64_t incarnation = 0;  ///< guarded by mutex_, as is due
    TimePoint due{};
  };

  Event about(EventKind kind, std::size_t worker) const;

  const Factory factory_;
  const Clock& clock_;
  EventDelivery& events_;
  mutable std::mutex mutex_;
  SupervisionTree tree_;  ///< guarded by mutex_, as is surrender_
  std::optional<ErrorInfo> surrender_;
  const std::unique_ptr<Place[]> places_;  ///< one a worker
};

}  // namespace weir::runtime
