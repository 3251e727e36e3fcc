// Where a typed flow ends.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/chunk.hpp"
#include "weir/flow/callee.hpp"
#include "weir/flow/error_handling.hpp"
#include "weir/flow/job.hpp"
#include "weir/flow/stream.hpp"

namespace weir {

namespace flow {

/// Asked before whether it takes a span of them: a callable that takes anything is to have items.
template <class Target, class T>
concept TakesOne = std::invocable<Target&, const T&> || std::invocable<Target&, T>;
template <class Target, class T>
concept TakesSpan = !TakesOne<Target, T> && std::invocable<Target&, std::span<const T>>;

/// Hands items to a callable or a container, and begins again, after a call that threw, with the item that
/// threw.
template <class T, class Target>
class ItemSink final : public Sink {
 public:
  explicit ItemSink(std::shared_ptr<Target> target) : target_(std::move(target)) {}

  void adopt(Sink& failed) override { done_ = static_cast<ItemSink&>(failed).done_; }
  void write(const Batch& batch, Emitter&) override {
    const auto& chunk = chunk_of<T>(batch);
    if constexpr (TakesSpan<Target, T>) {
      std::invoke(*target_, chunk.items());
    } else {
      for (Progress at{done_, done_}; at.row < chunk.rows(); ++at.row)
        give(chunk, at.row);
      done_ = 0;
    }
  }

 private:
  /// Leaves behind how far it came.
  struct Progress {
    std::size_t& done;
    std::size_t row;
    ~Progress() { done = row; }
  };

  void give(const Chunk<T>& chunk, std::size_t row) {
    if constexpr (std::invocable<Target&, const T&>)
      std::invoke(*target_, chunk.items()[row]);
    else if constexpr (std::invocable<Target&, T> && CopyableItem<T>)
      std::invoke(*target_, T(chunk.items()[row]));
    else if constexpr (std::invocable<Target&, T>)
      std::invoke(*target_, std::move(chunk.item_to_take(row)));
    else if constexpr (CopyableItem<T>)
      target_->push_back(chunk.items()[row]);
    else
      target_->push_back(std::move(chunk.item_to_take(row)));
  }

  const std::shared_ptr<Target> target_;
  std::size_t done_ = 0;  ///< of the batch under way
};

template <class Target, class T>
concept CallableSink = TakesOne<Target, T> || TakesSpan<Target, T>;
template <class Target, class T>
concept ContainerSink = requires(Target& target, T item) {
  target.push_back(std::move(item));
};

/// Keeps a callable; a container that is not handed over must outlive what is made of it.
template <class Target>
auto kept_target(Target&& target) {
  using Kept = std::remove_reference_t<Target>;
  if constexpr (requires { typename Kept::value_type; }) {
    static_assert(std::is_lvalue_reference_v<Target>,
                  "a container that is added to must outlive the run: name it, and hand it over as it is");
    return std::shared_ptr<Kept>(std::shared_ptr<void>(), &target);
  } else {
    return std::make_shared<std::decay_t<Target>>(std::forward<Target>(target));
  }
}

/// A description of a sink, which a stream turns into one.
template <class Target, class Handling = ErrorHandling<false, false, FailEnd>>
class [[nodiscard]] SinkStage {
 public:
  /// weir::to makes it.
  SinkStage(StageSettings settings, std::shared_ptr<Target> target, SinkTraits traits = {.encodes = false},
            Handling handling = {})
      : settings_(std::move(settings)),
        target_(std::move(target)),
        traits_(traits),
        handling_(std::move(handling)) {}

  /// What becomes of an item whose call throws: after a `retry` or a `restart` it is handed over once more,
  /// and then those behind it.
  template <class Chain>
  auto on_error(Chain chain) && {
    auto its = handling_of(std::move(chain));
    static_assert(
        decltype(its.end)::action == FailureAction::fail,
        "what has come to a sink stands in the order of what was written, and cannot be left out: put "
        "weir::inspect(name, function).on_error(...) before it for skip() or dead_letter()");
    return SinkStage<Target, decltype(its)>(std::move(settings_), std::move(target_), traits_,
                                            std::move(its));
  }
  /// Items come as they are done, not in the order of the input.
  SinkStage unordered() && {
    traits_.ordered = false;
    return std::move(*this);
  }
  /// It may wait for something outside: it is called on a thread of its own.
  SinkStage io() && {
    traits_.blocking = true;
    return std::move(*this);
  }
  /// The supervision group it belongs to: see Flow::add_group.
  SinkStage group(std::string group) && {
    settings_.group = std::move(group);
    return std::move(*this);
  }

  template <class T, class... Stages>
  friend Flow operator|(Stream<T, Stages...> stream, SinkStage sink) {
    using Item = typename Stream<T, Stages...>::value_type;
    static_assert(CallableSink<Target, Item> || ContainerSink<Target, Item>,
                  "weir::to needs a callable that takes an item, or a std::span of them, or a container to "
                  "add them to");
    static_assert(
        !Handling::keeps_item || std::invocable<Target&, const Item&> || CopyableItem<Item>,
        "retry and restart need the item as it came in, so the callable must take it by `const T&`");
    StageSpec spec = sink.settings_.spec("to", chunk_type<Item>(), {});
    spec.on_error = sink.handling_.policy();
    spec.body =
        SinkSpec{.make = [target = sink.target_] { return std::make_unique<ItemSink<Item, Target>>(target); },
                 .traits = sink.traits_};
    Ends ends = std::move(stream).settle();
    continue_with(ends, std::move(spec));
    return Flow(std::move(ends.builder));
  }

 private:
  StageSettings settings_;
  std::shared_ptr<Target> target_;
  SinkTraits traits_;
  Handling handling_;
};

}  // namespace flow

/// Ends a stream: hands each item to `target`, by one thread at a time, in the order of the input. A callable
/// takes an item, or a std::span of as many as come together; it is kept. A container, which must outlive the
/// run, is added to. The call happens when the item comes: nothing is taken back when the run fails later.
template <class Target>
auto to(std::string name, Target&& target) {
  auto kept = flow::kept_target(std::forward<Target>(target));
  return flow::SinkStage<typename decltype(kept)::element_type>(std::move(name), std::move(kept));
}

}  // namespace weir
