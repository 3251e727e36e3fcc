// Stages of pipelines that a program brings along: sources, sinks and maps of its own types.
//
//     weir::StageRegistry registry = weir::StageRegistry::builtin();
//     registry.add(weir::map_records("add_tax", weir::fields<Order>("price", &Order::price),
//                                    weir::fields<Taxed>("gross", &Taxed::gross), add_tax));
//     const weir::Pipeline pipeline = weir::load_pipeline(
//         "orders.yaml", {.registry = &registry,
//                         .replace = {{"orders", weir::records_from(orders, order_fields)},
//                                     {"table", weir::records_to([](const Row& row) { ... }, row_fields)}}});
//
// Each is a description as any stage has one. It takes another stage's place by LoadOptions::replace, or,
// once it has a `type` of its own, is added to a registry for configs to name. Columns are checked when the
// pipeline is loaded; items are converted by column, on many threads, and those that do not fit are record
// errors, of which `on_error` decides.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/chunk.hpp"
#include "weir/flow/callee.hpp"
#include "weir/flow/item_sources.hpp"
#include "weir/flow/sinks.hpp"
#include "weir/record_fields.hpp"
#include "weir/record_stage.hpp"
#include "weir/typed_map.hpp"

namespace weir {
namespace detail {

/// A source whose pieces of work are chunks of items: `members_of` says where their members are.
struct ItemSource {
  FieldList fields;
  std::function<std::unique_ptr<Source>(std::shared_ptr<const std::string> stage)> make;
  std::function<Members(const Payload& chunk)> members_of;
  SourceTraits traits;
};
StageDescription describe(ItemSource source);

/// A sink that is given chunks of items, which `read` makes of records: of those that fit.
struct ItemTarget {
  FieldList fields;
  std::function<std::unique_ptr<Sink>()> make;
  std::function<Batch(const RecordBatch& records, std::span<const std::size_t> columns, RowErrors& errors)>
      read;
  SinkTraits traits;
};
StageDescription describe(ItemTarget target);

}  // namespace detail

/// A source of the items of a range, or of those that a callable answers as std::optional<Item>, as
/// weir::from takes them: a container that is not handed over must outlive the run, a callable is called by
/// one thread at a time, and goes on where it is when the pipeline runs again. A restart goes on with the
/// next item. `settings.group` is not used: the config has the groups. An item's origin is the stage's name
/// and the item's number, from 1, as the line.
template <class Items, class Item>
StageDescription records_from(Items&& items, RecordFields<Item> fields, const SourceSettings& settings = {}) {
  static_assert(std::same_as<typename flow::ItemsOf<Items>::type, Item>,
                "the items of a source are of the struct whose fields are given");
  FieldList list = fields.list();
  return detail::describe(detail::ItemSource{
      .fields = std::move(list),
      .make = flow::item_source(std::forward<Items>(items), settings),
      .members_of =
          [fields = std::move(fields)](const Payload& chunk) {
            return fields.members_of(&static_cast<const Chunk<Item>&>(chunk).item_to_take(0));
          },
      .traits = {.blocking = settings.blocking}});
}

/// A sink that hands each record to `target` as an item, as weir::to does: a callable that takes an item or a
/// std::span of them, by one thread at a time, or a container, which must outlive the run. In the order of
/// the input, unless `traits` says otherwise. Items come as the run goes on: nothing is taken back when it
/// fails later. Columns for which there is no member are not read, and what comes before need not make them.
template <class Target, class Item>
StageDescription records_to(Target&& target, RecordFields<Item> fields, const SinkTraits& traits = {}) {
  auto kept = flow::kept_target(std::forward<Target>(target));
  using Kept = typename decltype(kept)::element_type;
  static_assert(
      flow::CallableSink<Kept, Item> || flow::ContainerSink<Kept, Item>,
      "records_to needs a callable that takes an item, or a std::span of them, or a container to add them "
      "to");
  FieldList list = fields.list();
  return detail::describe(detail::ItemTarget{
      .fields = std::move(list),
      .make = [kept = std::move(kept)] { return std::make_unique<flow::ItemSink<Item, Kept>>(kept); },
      .read =
          [fields = std::move(fields)](const RecordBatch& records, std::span<const std::size_t> columns,
                                       RowErrors& errors) {
            return std::make_shared<Chunk<Item>>(fields.read_fitting(records, columns, errors));
          },
      .traits = traits});
}

/// A stage that calls `function` with each record and adds what it answers: the columns of `out` stand in the
/// place of those of the same name, or behind all others, which pass through. `function` takes `const In&`,
/// and a Context& if it likes; it answers Out, or std::optional<Out>, of which nothing leaves the record out,
/// as a filter does. It is called from many threads at once; weir::per_worker gives each a callable of its
/// own, which a restart makes anew. What it throws is that record's failure. It is called for each record,
/// also where nobody reads what it adds.
///
/// A stage that a config can set something of is given a function that makes the callable from its options,
/// which the description must name:
///
///     auto stage = weir::map_records("add_tax", in, out, [](const weir::Options& options) {
///       return [rate = options.count("percent").value_or(19)](const Order& order) { ... };
///     });
///     stage.options = {{.name = "percent", .kind = "count", .summary = "The tax.", .standard = "19"}};
template <class In, class Out, class F>
StageDescription map_records(std::string type, RecordFields<In> in, RecordFields<Out> out, F&& function) {
  detail::ItemMap map{.type = std::move(type), .in = in.list(), .out = out.list(), .configure = {}};
  if constexpr (detail::kIsMadeFromOptions<std::decay_t<F>, In>) {
    map.configure = [in = std::move(in), out = std::move(out),
                     make = std::decay_t<F>(std::forward<F>(function))](const Options& options) {
      return detail::map_maker(in, out, flow::callee_of(make(options)));
    };
  } else {
    map.configure = [maker = detail::map_maker(std::move(in), std::move(out),
                                               flow::callee_of(std::forward<F>(function)))](
                        const Options& /*options*/) { return maker; };
  }
  return detail::describe(std::move(map));
}

}  // namespace weir
