// Where a typed flow begins.
#pragma once

#include <memory>
#include <ranges>
#include <string>
#include <utility>

#include "weir/chunk.hpp"
#include "weir/flow/item_sources.hpp"
#include "weir/flow/stream.hpp"

namespace weir {
namespace flow {

template <class T>
Stream<T> stream_from(std::string name, const SourceSettings& settings, ItemSourceMaker make) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = "from";
  spec.group = settings.group;
  auto label = std::make_shared<const std::string>(spec.name);
  spec.body = SourceSpec{.make = [make = std::move(make), label = std::move(label)] { return make(label); },
                         .traits = {.blocking = settings.blocking, .decodes = false}};
  spec.outputs = {{.name = "out", .type = chunk_type<T>()}};
  const auto builder = std::make_shared<FlowBuilder>();
  return Stream<T>(behind(builder, builder->add(std::move(spec))));
}

}  // namespace flow

/// Items that a callable answers, one a call, as std::optional<T>: nothing at the end. It is called by one
/// thread at a time; where it takes a Context&, its stop token tells it to answer nothing soon.
template <class F>
requires flow::GivesItems<std::decay_t<F>>
auto from(std::string name, F&& function, const SourceSettings& settings = {}) {
  return flow::stream_from<typename flow::ItemsOf<F>::type>(
      std::move(name), settings, flow::item_source(std::forward<F>(function), settings));
}

/// The items of a range. One that is handed over (an rvalue, a view) is kept; a container that is not must
/// outlive the run, and nobody may change it meanwhile. Items that stand in memory one after another are not
/// copied.
template <std::ranges::input_range Range>
auto from(std::string name, Range&& range, const SourceSettings& settings = {}) {
  return flow::stream_from<typename flow::ItemsOf<Range>::type>(
      std::move(name), settings, flow::item_source(std::forward<Range>(range), settings));
}

}  // namespace weir
