// Stages that take items one by one: map, filter, inspect and flat_map, with what is set on them. Plain
// descriptions, which a stream turns into stages of the graph.
#pragma once

#include <cstddef>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/copyable_item.hpp"
#include "weir/flow/callee.hpp"
#include "weir/flow/error_handling.hpp"
#include "weir/flow/stage_settings.hpp"

namespace weir::flow {

enum class ItemKind : unsigned char { map, filter, inspect, flat_map };

/// `Alone`: it has settings by which it cannot share a loop with its neighbours.
template <ItemKind Kind, class Callee, class Handling = ErrorHandling<false, false, FailEnd>,
          bool Alone = false>
class [[nodiscard]] ItemStage {
 public:
  using Function = typename Callee::Function;
  using CalleeType = Callee;
  using HandlingType = Handling;
  static constexpr ItemKind kind = Kind;
  static constexpr bool alone = Alone;

  /// weir::map and its like make it.
  ItemStage(StageSettings its_settings, Callee its_callee, Handling its_handling = {})
      : settings(std::move(its_settings)), callee(std::move(its_callee)), handling(std::move(its_handling)) {}

  /// What becomes of items that throw.
  template <class Chain>
  auto on_error(Chain chain) && {
    auto its = handling_of(std::move(chain));
    static_assert(!its.restarts || Callee::can_be_remade,
                  "restart() builds the stage's callable anew, so it must come from a factory: "
                  "weir::per_worker([] { return ...; })");
    return ItemStage<Kind, Callee, decltype(its), Alone>(std::move(settings), std::move(callee),
                                                         std::move(its));
  }
  /// More bad items than that fail the run.
  ItemStage threshold(ErrorThreshold threshold) && { return with(&StageSettings::threshold, threshold); }
  /// The supervision group it belongs to: see Flow::add_group.
  ItemStage group(std::string group) && { return with(&StageSettings::group, std::move(group)); }

  /// Called on `threads` threads of its own, for what waits for something outside. Throws UsageError for 0.
  auto io(std::size_t threads) && {
    settings.set_io_threads(threads);
    return std::move(*this).made_alone();
  }
  /// At most so many calls at once, by workers of the run. Throws UsageError for 0; for more than the run has
  /// threads, when it is run.
  auto workers(std::size_t workers) && {
    settings.set_workers(workers);
    return std::move(*this).made_alone();
  }
  /// A call that takes longer is told to observers; with `abandon`, and `io`, it is given up.
  auto timeout(CallTimeout timeout) && { return with(&StageSettings::timeout, timeout).made_alone(); }
  /// So many items in so long, on average; what comes sooner waits, and holds no worker.
  auto rate(RateLimit rate) && { return with(&StageSettings::rate, rate).made_alone(); }
  /// Leaves the other side alone for a while when too many calls have failed.
  auto circuit_breaker(CircuitBreakerLimits limits) && {
    return with(&StageSettings::circuit_breaker, std::optional(limits)).made_alone();
  }

  StageSettings settings;
  Callee callee;
  Handling handling;

 private:
  template <ItemKind, class, class, bool>
  friend class ItemStage;

  template <class Member, class Value>
  ItemStage with(Member member, Value value) {
    settings.*member = std::move(value);
    return std::move(*this);
  }
  auto made_alone() && {
    return ItemStage<Kind, Callee, Handling, true>(std::move(settings), std::move(callee),
                                                   std::move(handling));
  }
};

template <class T>
inline constexpr bool is_item_stage = false;
template <ItemKind Kind, class Callee, class Handling, bool Alone>
inline constexpr bool is_item_stage<ItemStage<Kind, Callee, Handling, Alone>> = true;

/// Whether a stage may be handed items of type T to take away: where its callable takes nothing else; and
/// where they cannot be copied, as a callable that takes a container of such by value seems to take a `const
/// T&` as well. One that will be needed again, or that others look at, never is.
template <class Stage, class T>
inline constexpr bool kMayTakeAway =
    !TakesItem<typename Stage::Function, const T&> ||
    (!CopyableItem<T> && !Stage::HandlingType::keeps_item && TakesItem<typename Stage::Function, T&&> &&
     (Stage::kind == ItemKind::map || Stage::kind == ItemKind::flat_map));
/// How the callable of a stage is handed an item of type T.
template <class Stage, class T>
using Handed = std::conditional_t<kMayTakeAway<Stage, T>, T&&, const T&>;
template <class Stage, class T>
using CallResult = decltype(call(std::declval<typename Stage::Function&>(), std::declval<Handed<Stage, T>>(),
                                 std::declval<Context&>()));

template <class Stage, class T>
struct ItemStageOutput {
  using Result = std::remove_cvref_t<CallResult<Stage, T>>;
  static auto type() {
    if constexpr (Stage::kind == ItemKind::map)
      return std::type_identity<Result>();
    else if constexpr (Stage::kind == ItemKind::flat_map)
      return std::type_identity<std::ranges::range_value_t<Result>>();
    else
      return std::type_identity<T>();
  }
};
/// What comes out of a stage that is given items of type T.
template <class Stage, class T>
using OutputOf = typename decltype(ItemStageOutput<Stage, T>::type())::type;

/// Says, where a stage is put behind a stream of T, what does not fit.
template <class Stage, class T>
constexpr void check_item_stage() {
  using Function = typename Stage::Function;
  constexpr bool keeps = Stage::HandlingType::keeps_item;
  constexpr bool takes_const = TakesItem<Function, const T&>;
  static_assert(
      takes_const || TakesItem<Function, T&&> || !TakesItem<std::remove_const_t<Function>, const T&>,
      "this callable changes itself when it is called (a `mutable` lambda, say), and all workers would share "
      "it: give each worker its own by weir::per_worker([] { return ...; })");
  static_assert(
      takes_const || TakesItem<Function, T&&>,
      "this callable cannot be called with the items that come in: it takes another type than the stage "
      "before gives out (T in the template arguments of check_item_stage)");
  static_assert(
      takes_const || !keeps,
      "retry, restart and dead_letter need the item as it came in, so the callable must take it by `const "
      "T&`: what was moved away cannot be tried again");
  if constexpr (takes_const || TakesItem<Function, T&&>) {
    using Result = CallResult<Stage, T>;
    if constexpr (Stage::kind == ItemKind::map)
      static_assert(
          !std::is_void_v<Result>,
          "a callable of weir::map gives out nothing: use weir::inspect to look at items, or weir::to to end "
          "the flow");
    else if constexpr (Stage::kind == ItemKind::filter)
      static_assert(std::is_convertible_v<Result, bool> && takes_const,
                    "a callable of weir::filter takes `const T&` and answers whether to keep it");
    else if constexpr (Stage::kind == ItemKind::inspect)
      static_assert(takes_const, "a callable of weir::inspect takes `const T&`");
    else
      static_assert(std::ranges::input_range<std::remove_cvref_t<Result>>,
                    "a callable of weir::flat_map gives out a range: a std::vector or a view, say");
  }
}

}  // namespace weir::flow

namespace weir {

/// Gives out what `function` makes of each item.
template <class F>
auto map(std::string name, F&& function) {
  auto callee = flow::callee_of(std::forward<F>(function));
  return flow::ItemStage<flow::ItemKind::map, decltype(callee)>(std::move(name), std::move(callee));
}
/// Gives out the items for which `predicate` answers true; the others are counted as filtered.
template <class F>
auto filter(std::string name, F&& predicate) {
  auto callee = flow::callee_of(std::forward<F>(predicate));
  return flow::ItemStage<flow::ItemKind::filter, decltype(callee)>(std::move(name), std::move(callee));
}
/// Calls `function` with each item, and gives the item out.
template <class F>
auto inspect(std::string name, F&& function) {
  auto callee = flow::callee_of(std::forward<F>(function));
  return flow::ItemStage<flow::ItemKind::inspect, decltype(callee)>(std::move(name), std::move(callee));
}
/// Gives out, one by one, what is in the range that `function` makes of each item.
template <class F>
auto flat_map(std::string name, F&& function) {
  auto callee = flow::callee_of(std::forward<F>(function));
  return flow::ItemStage<flow::ItemKind::flat_map, decltype(callee)>(std::move(name), std::move(callee));
}

}  // namespace weir
