// The loop that takes the items of a chunk through stages that were compiled together.
//
// Per item it calls each stage's callable on what the one before made, holding it in registers where it fits;
// what comes out of the last stage goes into one buffer. A callable that may throw has a guard around its
// call alone, which costs nothing until something is thrown; a `noexcept` one has none.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weir/chunk.hpp"
#include "weir/flow/item_stage.hpp"
#include "weir/fused_loop.hpp"

namespace weir::flow {

/// The type of items that go into stage `I` of `Stages`; of all of them: what comes out of the last.
template <std::size_t I, class T, class... Stages>
struct ItemAt {
  using type = T;
};
template <std::size_t I, class T, class First, class... Rest>
requires(I > 0) struct ItemAt<I, T, First, Rest...> : ItemAt<I - 1, OutputOf<First, T>, Rest...> {
};

/// One call of a loop. `T`: the items of the chunk. `Leases`: the stages' callables, by pointer or lease.
template <class T, class Leases, class... Stages>
class LoopCall {
 public:
  using Result = typename ItemAt<sizeof...(Stages), T, Stages...>::type;

  LoopCall(const Input& input, Leases& leases, LoopOutput& out)
      : chunk_(chunk_of<T>(input.batch)), input_(input), leases_(leases), out_(out) {}

  void run() {
    // Here, not members: what nobody else can reach stays in registers.
    ItemBuffer<Result> results;
    const std::size_t rows = chunk_.rows();
    if constexpr (!kBranches) results.reserve(rows);
    std::size_t row = 0;
    if constexpr (kMapsAll) {
      results.generate_unchecked(rows,
                                 [this](std::size_t i) { return mapped<0>(chunk_.item_to_take(i), i); });
      row = rows;
    }
    for (; row < rows && !stopped_; ++row)
      step<0>(chunk_.item_to_take(row), row, results);
    std::size_t given = row;
    for (std::size_t stage = 0; stage < sizeof...(Stages); ++stage) {
      out_.given(stage, given);
      given -= lost_[stage];
    }
    if (results.size() == 0) return;
    // Where each item became one, they still stand in the places of those that were read.
    const bool keep_places = !kBranches && results.size() == rows;
    out_.emit(make_chunk<Result>(std::move(results), keep_places ? chunk_.origin_of(0) : Origin()));
  }

 private:
  template <std::size_t I>
  using StageAt = std::tuple_element_t<I, std::tuple<Stages...>>;
  template <std::size_t I>
  using ItemsOf = typename ItemAt<I, T, Stages...>::type;
  template <std::size_t I>
  static constexpr bool throws_at =
      kCallThrows<typename StageAt<I>::Function, Handed<StageAt<I>, ItemsOf<I>>> ||
      StageAt<I>::kind == ItemKind::flat_map;
  /// Each item becomes one, and no stage fails: nothing need be asked on the way, so that the compiler may
  /// take several items at once.
  static constexpr bool kMapsAll = []<std::size_t... I>(std::index_sequence<I...>) {
    return ((Stages::kind == ItemKind::map && !throws_at<I>)&&...);
  }
  (std::index_sequence_for<Stages...>());
  static constexpr bool kBranches = ((Stages::kind == ItemKind::flat_map) || ...);

  /// What the stages from I on make of an item; see kMapsAll.
  template <std::size_t I>
  Result mapped(ItemsOf<I>& item, std::size_t row) {
    if constexpr (I + 1 == sizeof...(Stages)) {
      return call_stage<I>(item, first_attempt<I>(row));
    } else {
      ItemsOf<I + 1> made = call_stage<I>(item, first_attempt<I>(row));
      return mapped<I + 1>(made, row);
    }
  }

  /// The item is an lvalue of this loop's: handed on by move, save where it stands in the chunk and can be
  /// copied.
  template <std::size_t I>
  void step(ItemsOf<I>& item, std::size_t row, ItemBuffer<Result>& results) {
    if constexpr (I == sizeof...(Stages)) {
      results.emplace_unchecked(handed_on<I>(item));
    } else if constexpr (StageAt<I>::kind == ItemKind::map) {
      map<I>(item, row, results);
    } else if constexpr (StageAt<I>::kind == ItemKind::flat_map) {
      const std::size_t before = results.size();
      const auto add_all = [&](std::uint32_t attempt) {
        results.truncate(before);
        add_each(call_stage<I>(item, attempt), results);
      };
      if (!attempt<I>(item, row, add_all)) results.truncate(before);
    } else {
      bool keeps = true;
      const auto look = [&](std::uint32_t attempt) {
        if constexpr (StageAt<I>::kind == ItemKind::filter)
          keeps = static_cast<bool>(call_stage<I>(item, attempt));
        else
          call_stage<I>(item, attempt);
      };
      if (!attempt<I>(item, row, look)) return;
      if (keeps)
        step<I + 1>(item, row, results);
      else
        ++lost_[I];
    }
  }

  /// What is in a container that was made for the item is moved out of it.
  template <class Range>
  static void add_each(Range&& range, ItemBuffer<Result>& results) {
    constexpr bool kIsOurs = !std::is_reference_v<Range> && !std::ranges::view<Range>;
    for (auto&& each : range) {
      if constexpr (kIsOurs)
        results.emplace(std::move(each));
      else
        results.emplace(std::forward<decltype(each)>(each));
    }
  }

  template <std::size_t I>
  void map(ItemsOf<I>& item, std::size_t row, ItemBuffer<Result>& results) {
    using Made = ItemsOf<I + 1>;
    if constexpr (!throws_at<I>) {
      Made made = call_stage<I>(item, first_attempt<I>(row));
      step<I + 1>(made, row, results);
    } else {
      std::optional<Made> made;
      const auto make = [&](std::uint32_t attempt) { made.emplace(call_stage<I>(item, attempt)); };
      if (attempt<I>(item, row, make)) step<I + 1>(*made, row, results);
    }
  }

  /// Where an item was made by the loop, or cannot be copied, it is moved; else it belongs to the chunk.
  template <std::size_t I>
  decltype(auto) handed_on(ItemsOf<I>& item) {
    if constexpr (kOfChunk<I> && CopyableItem<T>)
      return std::as_const(item);
    else
      return std::move(item);
  }

  /// Whether the items that come to a stage are those of the chunk: all before it only look.
  template <std::size_t I>
  static constexpr bool kOfChunk = []<std::size_t... Before>(std::index_sequence<Before...>) {
    return ((StageAt<Before>::kind == ItemKind::filter || StageAt<Before>::kind == ItemKind::inspect) && ...);
  }
  (std::make_index_sequence<I>());

  template <std::size_t I>
  decltype(auto) call_stage(ItemsOf<I>& item, std::uint32_t attempt) {
    using Function = typename StageAt<I>::Function;
    Context context(input_.run, attempt);
    Function& function = *std::get<I>(leases_);
    if constexpr (std::is_same_v<Handed<StageAt<I>, ItemsOf<I>>, const ItemsOf<I>&>)
      return flow::call(function, std::as_const(item), context);
    else if constexpr (kOfChunk<I> && CopyableItem<T>)
      return flow::call(function, T(std::as_const(item)), context);
    else
      return flow::call(function, std::move(item), context);
  }

  /// The number of a stage's first call for an item: only those for the first row of a batch may have failed
  /// before, and only in the stage that the batch comes to.
  template <std::size_t I>
  std::uint32_t first_attempt(std::size_t row) const noexcept {
    return I == 0 && row == 0 ? 1 + input_.failures : 1;
  }

  /// Makes a call of stage I until it returns or its error policy says what else. Whether it returned.
  template <std::size_t I, class Call>
  bool attempt(ItemsOf<I>& item, std::size_t row, const Call& call) {
    if constexpr (!throws_at<I>) {
      call(first_attempt<I>(row));
      return true;
    } else {
      for (std::uint32_t attempt = first_attempt<I>(row);; ++attempt) {
        try {
          call(attempt);
          return true;
        } catch (...) {
          if (!is_tried_again<I>(item, row, describe_current_exception())) return false;
        }
      }
    }
  }

  template <std::size_t I>
  [[gnu::cold, gnu::noinline]] bool is_tried_again(ItemsOf<I>& item, std::size_t row, ErrorInfo error) {
    const ItemVerdict verdict = out_.failed(I, row, std::move(error));
    if (verdict == ItemVerdict::again) return true;
    ++lost_[I];
    stopped_ = verdict == ItemVerdict::later;
    // What threw may be broken, and no other worker is to call it until the stage has been made anew.
    if constexpr (StageAt<I>::HandlingType::restarts) {
      if (stopped_) std::get<I>(leases_).discard();
    }
    std::size_t place = row;
    for (std::size_t before = 0; before < I; ++before)
      place -= lost_[before];
    if constexpr (kOfChunk<I>) {
      out_.leave(chunk_.slice(row, 1), place);
    } else {
      ItemBuffer<ItemsOf<I>> record(1);
      record.emplace_unchecked(std::move(item));
      out_.leave(std::make_shared<Chunk<ItemsOf<I>>>(std::move(record), chunk_.origin_of(row)), place);
    }
    return false;
  }

  const Chunk<T>& chunk_;
  const Input& input_;
  Leases& leases_;
  LoopOutput& out_;
  std::array<std::size_t, sizeof...(Stages)> lost_{};  ///< items that did not go on from each stage
  bool stopped_ = false;
};

}  // namespace weir::flow
