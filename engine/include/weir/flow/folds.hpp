// The transforms of reduce and group_by, which make few results of many items, and give them out at the end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "weir/chunk.hpp"
#include "weir/transform.hpp"

namespace weir::flow {

/// Gives out chunk after chunk of what a breaker has made.
template <class T>
Cursor give_piece(std::vector<T>& all, Cursor at, std::size_t piece, Emitter& out) {
  const std::size_t first = std::min(all.size(), static_cast<std::size_t>(at)),
                    end = std::min(all.size(), first + piece);
  ItemBuffer<T> items(end - first);
  for (std::size_t i = first; i < end; ++i) {
    if constexpr (CopyableItem<T>)
      items.emplace_unchecked(all[i]);
    else
      items.emplace_unchecked(std::move(all[i]));
  }
  if (items.size() > 0) out.emit(make_chunk<T>(std::move(items)));
  return end < all.size() ? end : kDone;
}
inline constexpr std::size_t kResultItems = 1024;  ///< of a breaker that travel together

// --- reduce ---

template <class Acc>
struct Folded final : State {
  std::map<Place, Acc> parts;  ///< of each chunk, or one for all
};

/// `Combine`: std::nullptr_t for none; then chunks are folded one after another.
template <class T, class Acc, class Fold, class Combine>
class ReduceTransform final : public Transform {
 public:
  ReduceTransform(Acc init, Fold fold, Combine combine)
      : init_(std::move(init)), fold_(std::move(fold)), combine_(std::move(combine)) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<Folded<Acc>>(); }
  Cursor process(const Input& input, State* state, Emitter&) override {
    auto& parts = static_cast<Folded<Acc>&>(*state).parts;
    const Place place = kParts ? input.place : Place{};
    Acc& acc = parts.try_emplace(place, init_).first->second;
    for (const T& item : chunk_of<T>(input.batch).items())
      acc = std::invoke(fold_, std::move(acc), item);
    return kDone;
  }
  void absorb(State& into, State& other) override {
    static_cast<Folded<Acc>&>(into).parts.merge(static_cast<Folded<Acc>&>(other).parts);
  }
  Cursor next_output(State* state, Cursor, Emitter& out) override {
    std::optional<Acc> all;
    for (const auto& [place, part] : static_cast<Folded<Acc>&>(*state).parts) {
      if constexpr (kParts)
        all = all ? std::invoke(combine_, *std::move(all), part) : part;
      else
        all = part;
    }
    ItemBuffer<Acc> result(1);
    result.emplace_unchecked(all ? *std::move(all) : init_);
    out.emit(make_chunk<Acc>(std::move(result)));
    return kDone;
  }

 private:
  static constexpr bool kParts = !std::is_same_v<Combine, std::nullptr_t>;
  const Acc init_;
  const Fold fold_;
  const Combine combine_;
};

// --- group_by ---

template <class Key, class Acc, class Hash>
struct Groups final : State {
  struct Group {
    Group(const Acc& init, Place its_place, std::size_t its_row)
        : acc(init), place(its_place), row(its_row) {}
    Acc acc;
    Place place;          ///< of the first item
    std::size_t row = 0;  ///< in its chunk
  };
  std::unordered_map<Key, Group, Hash> groups;
  std::vector<std::pair<Key, Acc>> result;  ///< in order, once all has come
};

template <class T, class Key, class Acc, class Hash, class KeyOf, class Fold, class Combine>
class GroupByTransform final : public Transform {
 public:
  GroupByTransform(KeyOf key_of, Acc init, Fold fold, Combine combine)
      : key_of_(std::move(key_of)),
        init_(std::move(init)),
        fold_(std::move(fold)),
        combine_(std::move(combine)) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<GroupsOf>(); }
  Cursor process(const Input& input, State* state, Emitter&) override {
    auto& groups = static_cast<GroupsOf&>(*state).groups;
    const auto items = chunk_of<T>(input.batch).items();
    for (std::size_t row = 0; row < items.size(); ++row) {
      const auto at = groups.try_emplace(std::invoke(key_of_, items[row]), init_, input.place, row).first;
      at->second.acc = std::invoke(fold_, std::move(at->second.acc), items[row]);
    }
    return kDone;
  }
  void absorb(State& into, State& other) override {
    if constexpr (!std::is_same_v<Combine, std::nullptr_t>) {
      auto& groups = static_cast<GroupsOf&>(into).groups;
      auto& more = static_cast<GroupsOf&>(other).groups;
      groups.merge(more);
      for (auto& [key, late] : more) {  // those that both have
        auto& known = groups.find(key)->second;
        if (std::tie(late.place, late.row) < std::tie(known.place, known.row)) std::swap(known, late);
        known.acc = std::invoke(combine_, std::move(known.acc), std::move(late.acc));
      }
      more.clear();
    }
  }
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& all = static_cast<GroupsOf&>(*state);
    if (at == 0) put_in_order(all);
    return give_piece(all.result, at, kResultItems, out);
  }

 private:
  using GroupsOf = Groups<Key, Acc, Hash>;

  /// By first appearance.
  static void put_in_order(GroupsOf& all) {
    std::vector<std::pair<const Key, typename GroupsOf::Group>*> order;
    for (auto& group : all.groups)
      order.push_back(&group);
    std::ranges::sort(order, [](const auto* a, const auto* b) {
      return std::tie(a->second.place, a->second.row) < std::tie(b->second.place, b->second.row);
    });
    all.result.clear();
    for (const auto* group : order)
      all.result.emplace_back(group->first, group->second.acc);
  }

  const KeyOf key_of_;
  const Acc init_;
  const Fold fold_;
  const Combine combine_;
};

}  // namespace weir::flow
