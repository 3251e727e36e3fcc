// Whom a stage calls: one callable that all workers share, or one a worker, made by a factory.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/context.hpp"
#include "weir/per_worker.hpp"

namespace weir::flow {

/// Calls `function` with the item, and with the context where it takes one.
template <class Function, class Item>
decltype(auto) call(Function& function, Item&& item,
                    Context& context) noexcept(std::is_nothrow_invocable_v<Function&, Item, Context&> ||
                                               std::is_nothrow_invocable_v<Function&, Item>) {
  if constexpr (std::invocable<Function&, Item, Context&>)
    return std::invoke(function, std::forward<Item>(item), context);
  else
    return std::invoke(function, std::forward<Item>(item));
}
template <class Function, class Item>
concept TakesItem = std::invocable<Function&, Item, Context&> || std::invocable<Function&, Item>;
template <class Function, class Item>
inline constexpr bool kCallThrows =
    !noexcept(flow::call(std::declval<Function&>(), std::declval<Item>(), std::declval<Context&>()));

/// One callable for all: it is called from many threads at once, and must be so `const`.
template <class F>
class SharedFunction {
 public:
  using Function = const F;
  static constexpr bool can_be_remade = false;

  explicit SharedFunction(F function) : function_(std::make_shared<F>(std::move(function))) {}

  /// One incarnation after another uses the same.
  class Incarnation {
   public:
    explicit Incarnation(const SharedFunction& its) : function_(its.function_) {}
    void open() {}
    Function* lease() const noexcept { return function_.get(); }

   private:
    std::shared_ptr<Function> function_;
  };

 private:
  std::shared_ptr<Function> function_;
};

/// One callable a worker that is at work, each used by one thread at a time.
template <class Make>
class FunctionPerWorker {
 public:
  using Function = std::remove_cvref_t<typename PerWorker<Make>::Callable>;
  static constexpr bool can_be_remade = true;

  explicit FunctionPerWorker(PerWorker<Make> its)
      : make_(std::make_shared<const Make>(std::move(its.make))) {}

  /// An incarnation makes its own, the first when it is opened, others as workers ask for them.
  class Incarnation {
   public:
    explicit Incarnation(const FunctionPerWorker& its) : make_(its.make_) {}
    void open() { give_back(make()); }

    /// Gives the callable back at its end.
    class Lease {
     public:
      Lease(Incarnation& from, std::unique_ptr<Function> function) noexcept
          : from_(&from), function_(std::move(function)) {}
      Lease(Lease&&) noexcept = default;
      ~Lease() {
        if (function_) from_->give_back(std::move(function_));
      }
      Function& operator*() const noexcept { return *function_; }
      /// Nobody shall call it again.
      void discard() noexcept { function_.reset(); }

     private:
      Incarnation* from_;
      std::unique_ptr<Function> function_;
    };
    Lease lease() {
      {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
          std::unique_ptr<Function> function = std::move(idle_.back());
          idle_.pop_back();
          return Lease(*this, std::move(function));
        }
      }
      return Lease(*this, make());
    }

   private:
    std::unique_ptr<Function> make() {
      {
        const std::lock_guard lock(mutex_);
        idle_.reserve(++made_);  // so that giving back never needs memory
      }
      return std::make_unique<Function>(std::invoke(*make_));
    }
    void give_back(std::unique_ptr<Function> function) noexcept {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(function));
    }

    const std::shared_ptr<const Make> make_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Function>> idle_;  ///< guarded by mutex_, as is made_
    std::size_t made_ = 0;
  };

 private:
  std::shared_ptr<const Make> make_;
};

/// What a stage was given to call, as a callee.
template <class F>
auto callee_of(F&& function) {
  return SharedFunction<std::decay_t<F>>(std::forward<F>(function));
}
template <class Make>
auto callee_of(PerWorker<Make> function) {
  return FunctionPerWorker<Make>(std::move(function));
}

}  // namespace weir::flow
