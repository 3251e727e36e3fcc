// What all contenders do in the benchmarks of typed flows: the items, the work of a stage, and the answer
// that each must come to.
//
// Items stand in memory; each goes through `kStages` stages, and at the end the values are summed in order.
// Bodies are the same code for everybody, `noexcept`, and each stage's differs from the others'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baselines {

/// What travels is so many bytes large.
template <std::size_t Bytes>
struct Item {
  std::uint64_t value;
  unsigned char rest[Bytes - sizeof(std::uint64_t)];
};
template <>
struct Item<sizeof(std::uint64_t)> {
  std::uint64_t value;
};

/// A few additions: what is seen is the carrying.
struct Trivial {
  explicit Trivial(std::int64_t) {}
  std::uint64_t operator()(std::uint64_t value, std::uint64_t stage) const noexcept {
    return value + (value >> 3) + (value >> 5) + stage;
  }
};

/// Multiplications that keep the multiplier busy: they take the same time wherever they run. Four chains of
/// them, so that the processor gains nothing from beginning the next call before this one has ended, which it
/// would do for some contenders more than for others. So many rounds are a microsecond at some 3 GHz; the
/// number is fixed, so that contenders in different processes do the same work. What it takes here,
/// `SerialLoop` shows.
inline constexpr std::int64_t kSpinsPerMicrosecond = 750;

[[gnu::noinline]] inline std::uint64_t spin(std::uint64_t value, std::int64_t times) noexcept {
  constexpr std::uint64_t kFactor = 6364136223846793005u;
  std::uint64_t first = value, second = ~value, third = value + kFactor, fourth = value ^ kFactor;
  for (std::int64_t i = 0; i < times; ++i) {
    first = first * kFactor + 1;
    second = second * kFactor + 3;
    third = third * kFactor + 5;
    fourth = fourth * kFactor + 7;
  }
  return first ^ second ^ third ^ fourth;
}

class Spinning {
 public:
  explicit Spinning(std::int64_t body_ns) : times_(body_ns * kSpinsPerMicrosecond / 1000) {}
  std::uint64_t operator()(std::uint64_t value, std::uint64_t stage) const noexcept {
    return spin(value + stage, times_);
  }

 private:
  std::int64_t times_;
};

/// A kind of pipeline, as contenders are compiled for it.
template <class ItemType, class BodyType, std::size_t Stages>
struct Work {
  using Item = ItemType;
  using Body = BodyType;
  static constexpr std::size_t kStages = Stages;
};

/// A stage's call for one item. `Stage` counts from 0.
template <std::size_t Stage, class Item, class Body>
Item worked(const Item& item, const Body& body) noexcept {
  Item result = item;
  result.value = body(item.value, Stage);
  return result;
}

/// The calls of all stages for one item, fused by hand.
template <class Work, std::size_t Stage = 0>
std::uint64_t worked_through(std::uint64_t value, const typename Work::Body& body) noexcept {
  if constexpr (Stage == Work::kStages)
    return value;
  else
    return worked_through<Work, Stage + 1>(body(value, Stage), body);
}

template <class Item>
std::uint64_t sum_of(std::span<const Item> items) noexcept {
  std::uint64_t sum = 0;
  for (const Item& item : items)
    sum += item.value;
  return sum;
}

/// What is to be done, and how. Contenders keep a reference.
template <class Work>
struct Job {
  using Item = typename Work::Item;

  Job(std::size_t count, typename Work::Body its_body, std::size_t its_batch, std::size_t its_threads)
      : items(count), body(its_body), batch(its_batch), threads(its_threads) {
    for (std::size_t i = 0; i < count; ++i)
      items[i].value = i;
    for (const Item& item : items)
      answer += worked_through<Work>(item.value, body);
  }

  std::vector<Item> items;
  const typename Work::Body body;
  const std::size_t batch;  ///< items a block
  const std::size_t threads;
  std::uint64_t answer = 0;
};

}  // namespace baselines
