// Stages that remember: take, batch, reduce and group_by.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/flow/folds.hpp"
#include "weir/flow/stage_settings.hpp"
#include "weir/flow/stream.hpp"
#include "weir/flow/take_and_batch.hpp"

namespace weir {
namespace flow {

/// A stage that makes its transform once it knows the items.
template <class Make>
struct [[nodiscard]] StatefulStage {
  StageSettings settings;
  const char* type;
  TransformTraits traits;
  Make make;  ///< called with std::type_identity of the items; answers a pair of that of the results and a
              ///< factory

  template <class T, class... Stages>
  friend auto operator|(Stream<T, Stages...> stream, StatefulStage stage) {
    using Item = typename Stream<T, Stages...>::value_type;
    auto [result, factory] = stage.make(std::type_identity<Item>());
    using Result = typename decltype(result)::type;
    StageSpec spec = stage.settings.spec(stage.type, chunk_type<Item>(), chunk_type<Result>());
    spec.body = TransformSpec{.make = std::move(factory), .traits = stage.traits};
    Ends ends = std::move(stream).settle();
    continue_with(ends, std::move(spec));
    return Stream<Result>(std::move(ends));
  }
};
template <class Make>
StatefulStage(StageSettings, const char*, TransformTraits, Make) -> StatefulStage<Make>;

/// Throws UsageError where a stage is to take or gather nothing.
void check_count(const std::string& stage, std::size_t count, const char* mend);

template <class Combine>
constexpr Concurrency concurrency_with() {
  return std::is_same_v<Combine, std::nullptr_t> ? Concurrency::serial : Concurrency::replicated;
}

}  // namespace flow

/// Gives out the first `count` items, and then stops the sources that nobody else needs.
inline auto take(std::string name, std::size_t count) {
  flow::check_count(name, count, "take at least 1 item");
  return flow::StatefulStage{flow::StageSettings(std::move(name)), "take",
                             TransformTraits{.concurrency = Concurrency::serial, .maps_records = true},
                             [count]<class T>(std::type_identity<T> items) {
                               return std::pair(items, std::function<std::unique_ptr<Transform>()>([count] {
                                                  return std::make_unique<flow::TakeTransform<T>>(count);
                                                }));
                             }};
}

/// Gives out std::vector<T>s of `size` items, in order, and at the end one of those that are left.
inline auto batch(std::string name, std::size_t size) {
  flow::check_count(name, size, "gather at least 1 item");
  return flow::StatefulStage{flow::StageSettings(std::move(name)), "batch",
                             TransformTraits{.concurrency = Concurrency::serial,
                                             .state_after_throw = StateAfterThrow::spoilt,
                                             .breaker = true,
                                             .gives_meanwhile = true},
                             [size]<class T>(std::type_identity<T>) {
                               return std::pair(std::type_identity<std::vector<T>>(),
                                                std::function<std::unique_ptr<Transform>()>([size] {
                                                  return std::make_unique<flow::BatchTransform<T>>(size);
                                                }));
                             }};
}

/// Folds all items into one: `fold(acc, item)` gives the next `acc`, beginning with `init`. One after
/// another, in order; with `combine(acc, acc)`, which must be associative, chunks are folded side by side,
/// each beginning with `init`, and combined in order.
template <class Acc, class Fold, class Combine = std::nullptr_t>
auto reduce(std::string name, Acc init, Fold fold, Combine combine = {}) {
  return flow::StatefulStage{
      flow::StageSettings(std::move(name)), "reduce",
      TransformTraits{.concurrency = flow::concurrency_with<Combine>(),
                      .state_after_throw = StateAfterThrow::spoilt,
                      .breaker = true},
      [=]<class T>(std::type_identity<T>) {
        static_assert(std::is_invocable_r_v<Acc, const Fold&, Acc, const T&>,
                      "weir::reduce needs fold(acc, const T&), which answers the next acc");
        return std::pair(std::type_identity<Acc>(), std::function<std::unique_ptr<Transform>()>([=] {
                           return std::make_unique<flow::ReduceTransform<T, Acc, Fold, Combine>>(init, fold,
                                                                                                 combine);
                         }));
      }};
}

/// Folds the items of each key, as `reduce` does, and gives out std::pair<Key, Acc>s in the order in which
/// the keys first came. With `combine`, workers fold side by side whatever comes to them: it and `fold` must
/// not depend on the order of items.
template <class KeyOf, class Acc, class Fold, class Combine = std::nullptr_t>
auto group_by(std::string name, KeyOf key_of, Acc init, Fold fold, Combine combine = {}) {
  return flow::StatefulStage{
      flow::StageSettings(std::move(name)), "group_by",
      TransformTraits{.concurrency = flow::concurrency_with<Combine>(),
                      .state_after_throw = StateAfterThrow::spoilt,
                      .breaker = true},
      [=]<class T>(std::type_identity<T>) {
        static_assert(std::is_invocable_v<const KeyOf&, const T&>,
                      "weir::group_by needs a key of `const T&`");
        static_assert(std::is_invocable_r_v<Acc, const Fold&, Acc, const T&>,
                      "weir::group_by needs fold(acc, const T&), which answers the next acc");
        using Key = std::remove_cvref_t<std::invoke_result_t<const KeyOf&, const T&>>;
        return std::pair(
            std::type_identity<std::pair<Key, Acc>>(), std::function<std::unique_ptr<Transform>()>([=] {
              using Groups = flow::GroupByTransform<T, Key, Acc, std::hash<Key>, KeyOf, Fold, Combine>;
              return std::make_unique<Groups>(key_of, init, fold, combine);
            }));
      }};
}

}  // namespace weir
