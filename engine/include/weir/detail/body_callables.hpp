// What a supervised body calls: a callable that is there, or those that a factory makes. An inner part of
// weir/tbb.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "weir/per_worker.hpp"
#include "weir/supervised_bodies.hpp"

namespace weir::detail {

/// A callable that is there once, shared by all calls.
template <class Body>
class SharedCallable {
 public:
  using Callable = Body;
  static constexpr bool kAreThere = true;  ///< need not be made, which may fail
  explicit SharedCallable(Body body) : body_(std::move(body)) {}

  /// The callable for as long as one input takes.
  struct Lease {
    Lease(SharedCallable& its, const BodyGuard&) noexcept : body(its.body_) {}
    Callable& get(BodyAttempts&) const noexcept { return body; }
    Callable& body;
  };

 private:
  Body body_;
};

/// One that a factory makes.
template <class Make>
class MadeCallables {
 public:
  using Callable = typename PerWorker<Make>::Callable;
  static constexpr bool kAreThere = false;
  explicit MadeCallables(PerWorker<Make> factory) : factory_(std::move(factory)) {}

  /// Makes or takes an instance when it is first asked, and another where that is of a past incarnation.
  class Lease {
   public:
    Lease(MadeCallables& its, const BodyGuard& guard) noexcept : its_(its), guard_(guard) {}
    ~Lease() {
      if (instance_) its_.idle_.give_back(std::move(instance_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Callable& get(BodyAttempts& attempts) {
      attempts.incarnation = guard_.incarnation();
      if (instance_ && instance_->incarnation != attempts.incarnation) instance_.reset();
      if (!instance_) instance_ = its_.idle_.take(attempts.incarnation);
      if (!instance_) instance_ = std::make_unique<Instance>(attempts.incarnation, its_.factory_);
      return static_cast<Instance&>(*instance_).callable;
    }

   private:
    MadeCallables& its_;
    const BodyGuard& guard_;
    std::unique_ptr<BodyInstance> instance_;
  };

 private:
  struct Instance final : BodyInstance {
    Instance(std::uint64_t its_incarnation, const PerWorker<Make>& factory)
        : BodyInstance(its_incarnation), callable(factory.make()) {}
    Callable callable;
  };

  const PerWorker<Make> factory_;
  BodyInstances idle_;
};

template <class Body>
struct CallablesOf {
  using type = SharedCallable<Body>;
};
template <class Make>
struct CallablesOf<PerWorker<Make>> {
  using type = MadeCallables<Make>;
};

}  // namespace weir::detail
