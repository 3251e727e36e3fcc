// What a stage of a typed flow does about items that throw:
//
//     .on_error(weir::retry(3).then(weir::restart()).then(weir::dead_letter(bad)))
//
// A chain of steps, each bounded, and an end: `fail` unless `skip` or `dead_letter` is said. Errors of class
// `data` (weir::RecordError) go to the end at once, since the same item gives the same failure. What a stage
// cannot do does not compile.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/dead_letter.hpp"
#include "weir/error_policy.hpp"

namespace weir {
namespace flow {

struct FailEnd {
  static constexpr FailureAction action = FailureAction::fail;
};
struct SkipEnd {
  static constexpr FailureAction action = FailureAction::skip;
};
template <class Target>
struct DeadLetterEnd {
  static constexpr FailureAction action = FailureAction::dead_letter;
  std::shared_ptr<Target> target;  ///< of all incarnations of the sink; a container's only points to it
};

template <bool Retries, bool Restarts, class End>
struct ErrorHandling {
  static constexpr bool retries = Retries;
  static constexpr bool restarts = Restarts;
  /// The item that failed is needed once more, as the stage was given it.
  static constexpr bool keeps_item = Retries || Restarts || End::action == FailureAction::dead_letter;

  std::vector<RecoveryStep> steps = {};
  End end = {};

  template <class Next>
  auto then(Next next) const;
  ErrorPolicy policy() const { return ErrorPolicy::always({steps, End::action}); }
};

inline ErrorHandling<true, false, FailEnd> handling_of(const RetryStep& step) { return {{step}, {}}; }
inline ErrorHandling<false, true, FailEnd> handling_of(const RestartStep& step) { return {{step}, {}}; }
inline ErrorHandling<false, false, FailEnd> handling_of(FailEnd) { return {}; }
inline ErrorHandling<false, false, SkipEnd> handling_of(SkipEnd) { return {}; }
template <class Target>
ErrorHandling<false, false, DeadLetterEnd<Target>> handling_of(DeadLetterEnd<Target> end) {
  return {{}, std::move(end)};
}
template <bool Retries, bool Restarts, class End>
ErrorHandling<Retries, Restarts, End> handling_of(ErrorHandling<Retries, Restarts, End> handling) {
  return handling;
}

template <bool Retries, bool Restarts, class End>
template <class Next>
auto ErrorHandling<Retries, Restarts, End>::then(Next next) const {
  static_assert(std::is_same_v<End, FailEnd>,
                "nothing comes after skip() or dead_letter(): let it be the last");
  auto more = handling_of(std::move(next));
  using More = decltype(more);
  ErrorHandling<Retries || More::retries, Restarts || More::restarts, decltype(more.end)> all{
      steps, std::move(more.end)};
  all.steps.insert(all.steps.end(), more.steps.begin(), more.steps.end());
  return all;
}

/// Where dead letters go: a callable, or a container that they are added to.
template <class Target, class T>
concept LetterTarget = std::invocable<Target&, DeadLetter<T>> ||
    requires(Target& container, DeadLetter<T> letter) {
  container.push_back(std::move(letter));
};

}  // namespace flow

/// The end of a chain: the item is dropped, and counted.
inline flow::SkipEnd skip() { return {}; }
/// The end of a chain: the run drains, and its report names stage, item and cause. What a chain ends with
/// that says nothing else.
inline flow::FailEnd fail() { return {}; }
/// The end of a chain: the item is handed to `target`, with all that is known of the failure, by one thread
/// at a time and in order. A callable is kept by value and called with a DeadLetter<T>; a container, which
/// must outlive the run, is added to.
template <class Target>
auto dead_letter(Target&& target) {
  using Kept = std::remove_reference_t<Target>;
  if constexpr (requires { typename Kept::value_type; }) {
    static_assert(std::is_lvalue_reference_v<Target>,
                  "a container of dead letters must outlive the run: name it, and hand it over as it is");
    return flow::DeadLetterEnd<Kept>{std::shared_ptr<Kept>(std::shared_ptr<void>(), &target)};
  } else {
    return flow::DeadLetterEnd<std::decay_t<Target>>{
        std::make_shared<std::decay_t<Target>>(std::forward<Target>(target))};
  }
}

template <class Next>
auto RetryStep::then(Next next) const {
  return flow::handling_of(*this).then(std::move(next));
}
template <class Next>
auto RestartStep::then(Next next) const {
  return flow::handling_of(*this).then(std::move(next));
}

}  // namespace weir
