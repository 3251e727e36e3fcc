// Whether the items of a typed flow can be copied.
#pragma once

#include <concepts>
#include <ranges>
#include <type_traits>

namespace weir {
namespace detail {

/// Containers call themselves copyable whatever is in them: a std::vector of std::unique_ptrs, say.
template <class T>
consteval bool can_be_copied() {
  if constexpr (!std::copy_constructible<T>) {
    return false;
  } else if constexpr (std::ranges::range<T> && !std::ranges::view<T>) {
    using Element = std::ranges::range_value_t<T>;
    if constexpr (std::is_same_v<Element, T>)  // a path is a range of paths
      return true;
    else
      return can_be_copied<Element>();
  } else {
    return true;
  }
}

}  // namespace detail

/// Of a class of your own that keeps what cannot be copied in a container, delete the copy constructor.
template <class T>
concept CopyableItem = detail::can_be_copied<T>();

}  // namespace weir
