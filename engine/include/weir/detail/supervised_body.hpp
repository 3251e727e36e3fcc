// How a supervised body calls what it is made of. An inner part of weir/tbb.hpp: include that.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weir/detail/body_callables.hpp"
#include "weir/detail/held_ports.hpp"
#include "weir/supervised_bodies.hpp"

namespace weir::detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// What a body gives that may have nothing to give.
template <class Result>
struct Optional {
  using type = std::optional<Result>;
};
template <class Result>
struct Optional<std::optional<Result>> {
  using type = std::optional<Result>;
};
template <>
struct Optional<void> {
  using type = void;
};
template <>
struct Optional<tbb::flow::continue_msg> {
  using type = tbb::flow::continue_msg;
};
template <class Result>
using OptionalOf = typename Optional<std::remove_cvref_t<Result>>::type;

/// Picks what `supervised` takes beside the policy.
struct NoHandler {};
inline auto pick_handler() { return NoHandler{}; }
template <class First, class... More>
auto pick_handler(First first, More... more) {
  if constexpr (std::same_as<First, RestartPolicy>)
    return pick_handler(std::move(more)...);
  else
    return first;
}
inline RestartPolicy pick_restarts() { return {.backoff = {}}; }
template <class First, class... More>
RestartPolicy pick_restarts(const First& first, const More&... more) {
  if constexpr (std::same_as<First, RestartPolicy>)
    return first;
  else
    return pick_restarts(more...);
}

/// What copies of a body share.
template <class Callables, class Handler>
struct BodyCore {
  template <class Body>
  BodyCore(const SupervisedBodies& bodies, std::string name, BodyGuard::Rules rules, Body body,
           Handler its_handler)
      : guard(bodies, std::move(name), std::move(rules)),
        callables(std::move(body)),
        handler(std::move(its_handler)) {}

  BodyGuard guard;
  Callables callables;
  Handler handler;
};

/// The body that is given to oneTBB.
template <class Callables, class Handler, bool kMayCallAgain>
class SupervisedBody {
 public:
  using Callable = typename Callables::Callable;
  using Core = BodyCore<Callables, Handler>;
  explicit SupervisedBody(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  /// As a function_node's, continue_node's, input_node's or filter's.
  template <class Input>
  auto operator()(Input&& input) const noexcept {
    using Plain = std::remove_cvref_t<Input>;
    if constexpr (std::same_as<Plain, tbb::flow_control>)
      return generated(input);
    else if constexpr (!is_optional<Plain>)
      return processed(std::forward<Input>(input));
    else if constexpr (std::is_void_v<decltype(processed(*std::forward<Input>(input)))>)
      return input ? processed(*std::forward<Input>(input)) : void();
    else
      return input ? processed(*std::forward<Input>(input))
                   : decltype(processed(*std::forward<Input>(input)))();
  }

  /// As a multifunction_node's.
  template <class Input, class Ports>
  void operator()(const Input& input, Ports& ports) const noexcept {
    static_assert(
        OutputPorts<Ports>,
        "weir::supervised makes bodies for function_node, continue_node, input_node, multifunction_node and "
        "filters of parallel_pipeline; an async_node's or another's is not supervised by it");
    if constexpr (!is_optional<Input>)
      distribute(input, ports);
    else if (input)
      distribute(*input, ports);
  }

 private:
  /// How the callable is given its input: unchanged by the call where that may be made again.
  template <class Input>
  using Given = std::conditional_t<kMayCallAgain, const std::remove_cvref_t<Input>&, Input&&>;

  template <class Result, class Argument>
  static constexpr bool cannot_throw() {
    if constexpr (!std::is_nothrow_invocable_v<Callable&, Argument>)
      return false;
    else
      return std::is_void_v<Result> ||
             std::is_nothrow_constructible_v<Result, std::invoke_result_t<Callable&, Argument>>;
  }

  template <class Input>
  auto processed(Input&& input) const noexcept {
    static_assert(
        !kMayCallAgain || std::invocable<Callable&, Given<Input>>,
        "a body with a policy must be callable with `const T&`, as a call that is made again must find its "
        "input unchanged: take it by const reference or by value, or leave the policy out");
    static_assert(std::invocable<Callable&, Given<Input>>,
                  "the body cannot be called with what its node or filter gives it");
    using Result = OptionalOf<std::invoke_result_t<Callable&, Given<Input>>>;
    return guarded<Result, cannot_throw<Result, Given<Input>>()>(
        [&](Callable& callable) -> decltype(auto) { return callable(static_cast<Given<Input>>(input)); },
        std::as_const(input));
  }

  auto generated(tbb::flow_control& control) const noexcept {
    static_assert(std::invocable<Callable&, tbb::flow_control&>,
                  "the body of an input takes a tbb::flow_control&");
    static_assert(std::same_as<Handler, NoHandler>,
                  "an input that fails has no record that could be a dead letter: leave the handler out");
    using Result = OptionalOf<std::invoke_result_t<Callable&, tbb::flow_control&>>;
    Result result = guarded<Result, cannot_throw<Result, tbb::flow_control&>()>(
        [&](Callable& callable) -> decltype(auto) { return callable(control); }, control);
    if (core_->guard.has_failed()) control.stop();
    return result;
  }

  template <class Input, class Ports>
  void distribute(const Input& input, Ports& ports) const noexcept {
    using HeldPorts = typename Held<Ports>::Ports;
    if constexpr (std::is_nothrow_invocable_v<Callable&, const Input&, Ports&>) {
      guarded<void, true>([&](Callable& callable) { callable(input, ports); }, input);
    } else {
      static_assert(
          std::invocable<Callable&, const Input&, HeldPorts&>,
          "the body of a multifunction_node must take `(const T& input, auto& ports)`: what it puts is held "
          "until it has returned, so it is not given the node's own ports");
      auto made = guarded<std::optional<HeldPorts>, false>(
          [&](Callable& callable) {
            HeldPorts held;
            callable(input, held);
            return held;
          },
          input);
      if (made) put_all(*made, ports, std::make_index_sequence<std::tuple_size_v<HeldPorts>>());
    }
  }
  /// Not a part of the call, which must not be made again once something has been put.
  template <class HeldPorts, class Ports, std::size_t... kPort>
  void put_all(HeldPorts& held, Ports& ports, std::index_sequence<kPort...>) const noexcept {
    try {
      (std::get<kPort>(held).put_all(std::get<kPort>(ports)), ...);
    } catch (...) {
      core_->guard.fail({.failures = 1});
    }
  }

  /// The one place where the callable is called.
  template <class Result, bool kCannotThrow, class Call, class Input>
  Result guarded(Call call, const Input& input) const noexcept {
    BodyGuard& guard = core_->guard;
    if (guard.passes_over()) return Result();
    BodyAttempts attempts;
    typename Callables::Lease lease(core_->callables, guard);
    if constexpr (kCannotThrow&& noexcept(lease.get(attempts))) {
      return Result(call(lease.get(attempts)));
    } else {
      for (;;) {
        std::optional<ErrorInfo> error;
        try {
          return Result(call(lease.get(attempts)));
        } catch (...) {
          const BodyStep step = guard.settle(attempts, error);
          if (step == BodyStep::leave_out) return Result();
        }
        if (error) {
          bury(attempts, *error, input);
          return Result();
        }
      }
    }
  }

  template <class Input>
  void bury(const BodyAttempts& attempts, const ErrorInfo& error, const Input& input) const noexcept {
    if constexpr (!std::same_as<Handler, NoHandler>) {
      static_assert(
          std::invocable<Handler&, DeadInput<Input>>,
          "a handler of dead letters must be callable with weir::DeadInput<T>, T being the body's input");
      try {
        core_->handler(
            DeadInput<Input>{core_->guard.name(), attempts.incarnation, attempts.failures, error, input});
      } catch (...) {
        core_->guard.fail(attempts);
      }
    }
  }

  std::shared_ptr<Core> core_;
};

template <bool kMayCallAgain, class Body, class... More>
auto make_supervised(const SupervisedBodies& bodies, std::string name, Body body, ErrorPolicy on_error,
                     More... more) {
  constexpr std::size_t kPolicies = (0 + ... + std::same_as<More, RestartPolicy>);
  static_assert(
      kPolicies == 0 || is_per_worker<Body>,
      "a restart makes the body anew, so it needs a factory: weir::per_worker([] { return body; })");
  static_assert(kPolicies <= 1 && sizeof...(More) - kPolicies <= 1,
                "beside the ErrorPolicy a body takes one RestartPolicy and one handler of dead letters");
  using Callables = typename CallablesOf<Body>::type;
  using Handler = decltype(pick_handler(more...));
  BodyGuard::Rules rules{.on_error = std::move(on_error),
                         .restarts = pick_restarts(more...),
                         .has_factory = is_per_worker<Body>,
                         .has_handler = !std::same_as<Handler, NoHandler>};
  return SupervisedBody<Callables, Handler, kMayCallAgain>(std::make_shared<BodyCore<Callables, Handler>>(
      bodies, std::move(name), std::move(rules), std::move(body), pick_handler(std::move(more)...)));
}

}  // namespace weir::detail
