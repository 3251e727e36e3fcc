// How much memory an item of a typed flow keeps alive: what credits in bytes count.
//
// Where an item holds memory that weir cannot see, say how much, by a function beside the type:
//
//     std::size_t byte_size(const Image& image) { return sizeof(Image) + image.pixels.capacity(); }
#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>
#include <type_traits>

namespace weir {
namespace detail {

void byte_size() = delete;  // found by argument alone

template <class T>
concept HasByteSize = requires(const T& item) {
  { byte_size(item) } -> std::convertible_to<std::size_t>;
};
/// Strings and vectors.
template <class T>
concept HasCapacity = std::ranges::range<T> && requires(const T& item) {
  { item.capacity() } -> std::convertible_to<std::size_t>;
};

struct ByteSize {
  /// Whether every item is as large as its type, so that nobody need look at them.
  template <class T>
  static constexpr bool fixed = !HasByteSize<T> && !HasCapacity<T>;

  template <class T>
  constexpr std::size_t operator()(const T& item) const {
    if constexpr (HasByteSize<T>) {
      return byte_size(item);
    } else if constexpr (HasCapacity<T>) {
      using Element = std::ranges::range_value_t<T>;
      std::size_t bytes = sizeof(T) + item.capacity() * sizeof(Element);
      if constexpr (!fixed<Element>) {
        for (const Element& element : item)
          bytes += (*this)(element) - sizeof(Element);
      }
      return bytes;
    } else {
      return sizeof(T);
    }
  }
};

}  // namespace detail

/// The bytes of an item: what its `byte_size` says; of strings and vectors their capacity as well; else its
/// size.
inline constexpr detail::ByteSize byte_size;

}  // namespace weir
