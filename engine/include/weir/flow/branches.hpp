// Streams that part and come together: fan-out and fan-in.
//
//     auto [errors, others] = weir::from("lines", lines) | weir::route<2>("by level", [](const Line& line) {
//                               return line.level == Level::error ? 0 : 1;
//                             });
//     auto job = weir::merge(std::move(errors) | weir::map("alert", alert), std::move(others))
//              | weir::to("log", log);
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/chunk.hpp"
#include "weir/flow/stage_settings.hpp"
#include "weir/flow/stream.hpp"

namespace weir {
namespace flow {

/// What a stage with several outputs calls them. The first is the main one.
std::string branch_port(std::size_t branch);

template <class T, std::size_t N, std::size_t... I>
std::array<Stream<T>, N> streams(std::array<Ends, N> ends, std::index_sequence<I...>) {
  return {Stream<T>(std::move(ends[I]))...};
}

/// Chooses for whole chunks: one branch after another.
struct InTurn {
  std::size_t operator()(Place place) const noexcept {
    return static_cast<std::size_t>(place.sequence + place.sub);
  }
};

/// Sends each item out of the port that `choose` answers for it; or, where it is InTurn, whole chunks.
template <class T, class Choose>
class BranchTransform final : public Transform {
 public:
  BranchTransform(Choose choose, std::size_t branches) : choose_(std::move(choose)), branches_(branches) {}
  Cursor process(const Input& input, State*, Emitter& out) override {
    if constexpr (std::is_same_v<Choose, InTurn>) {
      out.emit(input.batch, choose_(input.place) % branches_);
    } else {
      const auto& chunk = chunk_of<T>(input.batch);
      std::vector<std::size_t> chosen(chunk.rows());
      std::vector<std::size_t> counts(branches_);
      for (std::size_t row = 0; row < chunk.rows(); ++row)
        ++counts[chosen[row] = branch_of(chunk.items()[row])];
      std::vector<ItemBuffer<T>> branches;
      for (const std::size_t count : counts)
        branches.emplace_back(count);
      for (std::size_t row = 0; row < chunk.rows(); ++row)
        branches[chosen[row]].emplace_unchecked(taken(chunk, row));
      for (std::size_t branch = 0; branch < branches_; ++branch) {
        if (counts[branch] > 0) out.emit(make_chunk<T>(std::move(branches[branch])), branch);
      }
    }
    return kDone;
  }

 private:
  std::size_t branch_of(const T& item) const {
    const auto branch = static_cast<std::size_t>(std::invoke(choose_, item));
    if (branch < branches_) return branch;
    throw RecordError("was to go to branch " + std::to_string(branch) + " of " + std::to_string(branches_) +
                      ": answer a number below that");
  }

  const Choose choose_;
  const std::size_t branches_;
};
/// What round_robin, partition and route give, to be put behind a stream.
template <std::size_t N, class Choose>
struct [[nodiscard]] BranchStage {
  StageSettings settings;
  const char* type;
  Choose choose;

  template <class T, class... Stages>
  friend auto operator|(Stream<T, Stages...> stream, BranchStage stage) {
    using Item = typename Stream<T, Stages...>::value_type;
    static_assert(std::is_same_v<Choose, InTurn> || std::invocable<const Choose&, const Item&>,
                  "the callable that chooses a branch takes `const T&`");
    StageSpec spec = stage.settings.spec(stage.type, chunk_type<Item>(), chunk_type<Item>());
    for (std::size_t branch = 1; branch < N; ++branch)
      spec.outputs.push_back({.name = branch_port(branch), .type = chunk_type<Item>()});
    spec.body = TransformSpec{
        .make = [choose =
                     stage.choose] { return std::make_unique<BranchTransform<Item, Choose>>(choose, N); },
        .traits = {.splittable = false, .maps_records = true}};
    Ends main = std::move(stream).settle();
    Node& node = continue_with(main, std::move(spec));
    std::array<Ends, N> ends;
    for (std::size_t branch = 1; branch < N; ++branch) {
      ends[branch] = {main.builder, {{&node, branch_port(branch)}}};
      main.builder->open_end(ends[branch].outlets.front());
    }
    ends[0] = std::move(main);
    return streams<Item>(std::move(ends), std::make_index_sequence<N>());
  }
};
/// What broadcast gives, to be put behind a stream.
template <std::size_t N>
struct [[nodiscard]] Broadcast {
  template <class T, class... Stages>
  friend auto operator|(Stream<T, Stages...> stream, Broadcast) {
    using Item = typename Stream<T, Stages...>::value_type;
    static_assert(CopyableItem<Item>,
                  "all branches of a broadcast see the same items, so they must be copyable: broadcast "
                  "std::shared_ptr<const T>s");
    Ends one = std::move(stream).settle();
    one.builder = FlowBuilder::resolve(one.builder);
    std::array<Ends, N> ends;
    for (std::size_t branch = 0; branch < N; ++branch) {
      ends[branch] = one;
      for (const Outlet& outlet : one.outlets) {
        if (branch > 0) one.builder->open_end(outlet);
      }
    }
    return streams<Item>(std::move(ends), std::make_index_sequence<N>());
  }
};

// --- zip ---

template <class A, class B>
struct Waiting final : State {
  std::deque<A> left;
  std::deque<B> right;
};

/// Pairs the first items with each other, and so on.
template <class A, class B>
class ZipTransform final : public Transform {
 public:
  std::unique_ptr<State> make_state() const override { return std::make_unique<Waiting<A, B>>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    auto& [left, right] = static_cast<Waiting<A, B>&>(*state);
    if (input.port == 0)
      add(chunk_of<A>(input.batch), left);
    else
      add(chunk_of<B>(input.batch), right);
    const std::size_t pairs = std::min(left.size(), right.size());
    ItemBuffer<std::pair<A, B>> zipped(pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
      zipped.emplace_unchecked(std::move(left.front()), std::move(right.front()));
      left.pop_front();
      right.pop_front();
    }
    if (pairs > 0) out.emit(make_chunk<std::pair<A, B>>(std::move(zipped)));
    return kDone;
  }

 private:
  template <class T>
  static void add(const Chunk<T>& chunk, std::deque<T>& to) {
    for (std::size_t row = 0; row < chunk.rows(); ++row)
      to.push_back(taken(chunk, row));
  }
};

}  // namespace flow

/// Lets every branch see every item.
template <std::size_t N>
auto broadcast() {
  static_assert(N > 0, "a broadcast needs a branch at least");
  return flow::Broadcast<N>();
}
/// Deals the items out to the branches, a chunk at a time.
template <std::size_t N>
auto round_robin(std::string name) {
  return flow::BranchStage<N, flow::InTurn>{flow::StageSettings(std::move(name)), "round_robin", {}};
}
/// Sends all items of a key, which can be hashed, to the same branch.
template <std::size_t N, class KeyOf>
auto partition(std::string name, KeyOf key_of) {
  const auto choose = [key_of]<class T>(
      const T& item) -> std::size_t requires std::invocable<const KeyOf&, const T&> {
    using Key = std::remove_cvref_t<std::invoke_result_t<const KeyOf&, const T&>>;
    return std::hash<Key>()(std::invoke(key_of, item)) % N;
  };
  return flow::BranchStage<N, decltype(choose)>{flow::StageSettings(std::move(name)), "partition", choose};
}
/// Sends each item to the branch whose number `choose` answers. One that is none is an error of class `data`.
template <std::size_t N, class Choose>
auto route(std::string name, Choose choose) {
  return flow::BranchStage<N, Choose>{flow::StageSettings(std::move(name)), "route", std::move(choose)};
}

/// One stream of what comes by several. Branches of one stream come together in their old order; streams of
/// different sources follow one after another.
template <class First, class... Rest>
auto merge(First first, Rest... rest) {
  using Item = typename First::value_type;
  static_assert((std::is_same_v<Item, typename Rest::value_type> && ...),
                "streams that are merged carry the same type");
  flow::Ends all = std::move(first).settle();
  const auto add = [&](flow::Ends more) {
    flow::FlowBuilder::unite(all.builder, more.builder);
    all.outlets.insert(all.outlets.end(), more.outlets.begin(), more.outlets.end());
  };
  (add(std::move(rest).settle()), ...);
  return Stream<Item>(std::move(all));
}

/// The first items of both streams as a std::pair, then the second, and so on. What comes by one of them
/// waits in memory for the other; what one of them has more at the end is left out. Branches of one stream
/// come side by side; of streams of different sources, the left is read to its end first, so it must have
/// one, and fit into memory.
template <class Left, class Right>
auto zip(std::string name, Left left, Right right) {
  using A = typename Left::value_type;
  using B = typename Right::value_type;
  flow::Ends ends = std::move(left).settle();
  const flow::Ends other = std::move(right).settle();
  flow::FlowBuilder::unite(ends.builder, other.builder);
  StageSpec spec = flow::StageSettings(std::move(name)).spec("zip", {}, chunk_type<std::pair<A, B>>());
  spec.inputs = {{.name = "left", .type = chunk_type<A>()}, {.name = "right", .type = chunk_type<B>()}};
  spec.body = TransformSpec{.make = [] { return std::make_unique<flow::ZipTransform<A, B>>(); },
                            .traits = {.concurrency = Concurrency::serial,
                                       .state_after_throw = StateAfterThrow::spoilt,
                                       .side_by_side = true}};
  flow::Node& node = flow::continue_with(ends, std::move(spec));
  for (const flow::Outlet& outlet : other.outlets)
    ends.builder->close_end(outlet);
  flow::FlowBuilder::connect(other.outlets, node, "right");
  return Stream<std::pair<A, B>>(std::move(ends));
}

}  // namespace weir
