// How a weir::WorkerPool calls what it was given: with a context, for a future, for each element of a range.
// Use weir/worker_pool.hpp.
#pragma once

#include <atomic>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/worker_pool_core.hpp"

namespace weir::calls {

/// Calls `f(context..., arguments...)`.
template <class... Context, class F, class... Arguments>
decltype(auto) with(F& f, [[maybe_unused]] void* context, Arguments&&... arguments) {
  return std::invoke(f, *static_cast<Context*>(context)..., std::forward<Arguments>(arguments)...);
}

/// A factory whose products have lost their type. They need be neither copied nor moved.
template <class Context, class MakeContext>
WorkerPoolCore::MakeContext makes_shared(MakeContext make_context) {
  struct Holder {
    explicit Holder(MakeContext& make) : context(make()) {}
    Context context;
  };
  auto make = std::make_shared<MakeContext>(std::move(make_context));  // std::function copies
  return [make] {
    auto holder = std::make_shared<Holder>(*make);
    return std::shared_ptr<void>(holder, &holder->context);
  };
}

/// A call that owes its result to a future, and pays in whatever way it ends.
template <class Result, class F>
class Promised {
 public:
  explicit Promised(F f) : f_(std::move(f)) {}
  Promised(Promised&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : f_(std::move(other.f_)),
        promise_(std::move(other.promise_)),
        owes_(std::exchange(other.owes_, false)) {}
  Promised& operator=(Promised&&) = delete;
  ~Promised() {
    if (owes_) promise_.set_exception(std::make_exception_ptr(JobDiscarded()));
  }

  /// Once, before it is called.
  std::future<Result> future() { return promise_.get_future(); }

  /// Throws what was promised as well, so that the pool sees it.
  template <class... Context>
  void operator()(Context&... context) {
    owes_ = false;
    try {
      if constexpr (std::is_void_v<Result>) {
        std::invoke(f_, context...);
        promise_.set_value();
      } else {
        promise_.set_value(std::invoke(f_, context...));
      }
    } catch (...) {
      promise_.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  F f_;
  std::promise<Result> promise_;
  bool owes_ = true;
};

/// Waits for calls, and keeps what the first of them, by their number, threw. `expect` and `wait` by one
/// thread, the rest by any.
class Settlement {
 public:
  /// One more call is to be waited for.
  void expect() noexcept { unsettled_.fetch_add(1, std::memory_order_relaxed); }
  /// Followed by `settle`.
  void failed(std::size_t number, std::exception_ptr failure) noexcept;
  void settle() noexcept;
  /// Until all have been settled.
  void wait() noexcept;
  /// After that. Throws what was kept.
  void rethrow() const;

 private:
  std::atomic<std::size_t> unsettled_{1};  ///< the one is `wait` itself
  std::mutex mutex_;
  std::condition_variable all_settled_;
  bool done_ = false;  ///< guarded by mutex_, as are those below
  std::size_t first_ = 0;
  std::exception_ptr failure_;
};

/// Calls `f` for one element of a range, and puts the result into its place.
template <class Result, class F, class Element>
class ElementCall {
 public:
  ElementCall(F& f, std::size_t number, Element element, std::optional<Result>& result,
              Settlement& settlement)
      : f_(f),
        number_(number),
        element_(std::forward<Element>(element)),
        result_(result),
        settlement_(&settlement) {
    settlement.expect();
  }
  ElementCall(ElementCall&& other) noexcept(std::is_nothrow_constructible_v<Element, Element>)
      : f_(other.f_),
        number_(other.number_),
        element_(std::forward<Element>(other.element_)),
        result_(other.result_),
        settlement_(std::exchange(other.settlement_, nullptr)) {}
  ElementCall& operator=(ElementCall&&) = delete;
  ~ElementCall() {
    if (settlement_) fail_with(std::make_exception_ptr(JobDiscarded()));
  }

  template <class... Context>
  void operator()(Context&... context) {
    try {
      result_.emplace(std::invoke(f_, context..., std::forward<Element>(element_)));
    } catch (...) {
      fail_with(std::current_exception());
      throw;
    }
    std::exchange(settlement_, nullptr)->settle();
  }

 private:
  void fail_with(std::exception_ptr failure) noexcept {
    Settlement& settlement = *std::exchange(settlement_, nullptr);
    settlement.failed(number_, std::move(failure));
    settlement.settle();
  }

  F& f_;
  const std::size_t number_;
  Element element_;  ///< a reference where the range gives one
  std::optional<Result>& result_;
  Settlement* settlement_;  ///< null once it was settled, or moved from
};

template <class Result, class... Context, class Range, class F>
std::vector<Result> map(WorkerPoolCore& core, Range&& range, F& f) {
  using Call = ElementCall<Result, F, std::ranges::range_reference_t<Range>>;
  std::vector<std::optional<Result>> places(static_cast<std::size_t>(std::ranges::distance(range)));
  Settlement settlement;
  try {
    std::size_t number = 0;
    for (auto&& element : range) {
      Call call(f, number, std::forward<decltype(element)>(element), places[number], settlement);
      core.post(Job([call = std::move(call)](void* context) mutable { with<Context...>(call, context); }));
      ++number;
    }
  } catch (...) {
    settlement.wait();  // as those that were posted write to `places`
    throw;
  }
  settlement.wait();
  settlement.rethrow();
  std::vector<Result> results;
  results.reserve(places.size());
  for (std::optional<Result>& place : places)
    results.push_back(std::move(*place));
  return results;
}

}  // namespace weir::calls
