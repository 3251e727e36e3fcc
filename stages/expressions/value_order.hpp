// How values compare: one order for `=`, `<`, `in`, greatest and least. NaN equals itself and is above all
// numbers, as in DuckDB, so that the order is total; strings compare by their bytes.
#pragma once

#include <cstdint>

#include "weir/column.hpp"

namespace weir::expressions {

template <class T>
bool values_equal(const T& a, const T& b) noexcept {
  return a == b;
}
template <>
inline bool values_equal(const double& a, const double& b) noexcept {
  return (a == b) | ((a != a) & (b != b));
}

template <class T>
bool value_less(const T& a, const T& b) noexcept {
  return a < b;
}
template <>
inline bool value_less(const double& a, const double& b) noexcept {
  return (a < b) | ((b != b) & (a == a));
}
template <>
inline bool value_less(const StringSlot& a, const StringSlot& b) noexcept {
  return a.view() < b.view();
}

}  // namespace weir::expressions
