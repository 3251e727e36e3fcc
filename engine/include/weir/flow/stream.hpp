// A stream of items: what one stage of a flow gives out and the next takes in.
//
// A stream flows one way: `|` takes it and gives the stream behind the stage. Neighbouring map, filter,
// inspect and flat_map stages are kept together until something else comes, and become one loop. To let it
// flow several ways, say `weir::broadcast`.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/flow/dead_letter_sink.hpp"
#include "weir/flow/flow_builder.hpp"
#include "weir/flow/item_transform.hpp"

namespace weir {

namespace flow {

/// Where a stream begins in the graph: one outlet, or several where streams were merged.
struct Ends {
  std::shared_ptr<FlowBuilder> builder;
  std::vector<Outlet> outlets;
};

/// Throws UsageError for what was moved from.
void check_is_there(const std::shared_ptr<FlowBuilder>& builder);

/// Adds a stage behind the ends. Its outlet is open.
Node& continue_with(Ends& ends, StageSpec spec);
/// The ends behind a stage that was added.
Ends behind(const std::shared_ptr<FlowBuilder>& builder, Node& node);

}  // namespace flow

/// `T`: the items that come to the first of `Stages`, which are still to be added to the graph. For one
/// thread at a time. Move-only.
template <class T, class... Stages>
class [[nodiscard]] Stream {
 public:
  using value_type = typename flow::ItemAt<sizeof...(Stages), T, Stages...>::type;

  /// weir::from and stages make it.
  explicit Stream(flow::Ends ends, Stages... stages)
      : ends_(std::move(ends)), stages_(std::move(stages)...) {}
  // The compiler shows this line where a stream is continued as an lvalue.
  // clang-format off
  Stream(const Stream&) = delete;  // a stream flows one way: continue std::move(stream), or let it flow several ways by weir::broadcast
  // clang-format on
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&&) noexcept = default;

  /// Puts an item stage behind.
  template <class Stage>
  requires flow::is_item_stage<Stage>
  friend auto operator|(Stream stream, Stage stage) {
    flow::check_item_stage<Stage, value_type>();
    if constexpr (kMayTakeMore && !Stage::alone)
      return std::move(stream).with(std::move(stage));
    else
      return Stream<value_type, Stage>(std::move(stream).settle(), std::move(stage));
  }

  /// Adds what is still to be added to the graph; the ends behind it.
  flow::Ends settle() && {
    flow::check_is_there(ends_.builder);
    std::apply([this](auto&... stages) { this->add_all(stages...); }, stages_);
    return std::exchange(ends_, {});
  }

 private:
  static constexpr bool kMayTakeMore = ((!Stages::alone && Stages::kind != flow::ItemKind::flat_map) && ...);

  template <class Stage>
  auto with(Stage stage) && {
    return std::apply(
        [&](auto&... stages) {
          return Stream<T, Stages..., Stage>(std::exchange(ends_, {}), std::move(stages)...,
                                             std::move(stage));
        },
        stages_);
  }

  template <class... All>
  void add_all(All&... stages) {
    std::vector<flow::Node*> nodes;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (nodes.push_back(
           &flow::continue_with(ends_, flow::spec_of<typename flow::ItemAt<I, T, Stages...>::type>(stages))),
       ...);
      // After all of them: the stages of a loop stand one behind the other.
      (flow::handle_errors<typename flow::ItemAt<I, T, Stages...>::type>(
           *ends_.builder, *nodes[I], stages.handling, stages.settings.threshold),
       ...);
    }
    (std::index_sequence_for<Stages...>());
    if constexpr (sizeof...(Stages) > 1)
      std::get<TransformSpec>(nodes.front()->spec.body).loop =
          std::make_shared<flow::ItemLoop<T, Stages...>>();
  }

  flow::Ends ends_;
  std::tuple<Stages...> stages_;
};

}  // namespace weir
