// What values of a C++ type are in a column, and how they get into one and out of it: a whole column a call.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weir/column.hpp"
#include "weir/expression.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// What a timestamp is in C++.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
/// What a date is in C++.
using Date = std::chrono::sys_days;

/// Where members of items are that stand one after another in memory.
struct Members {
  std::vector<std::byte*> first = {};  ///< each member, in the first item; null where there are no items
  std::size_t stride = 0;              ///< the bytes from an item to the next
};

/// One member of all items.
struct MemberRow {
  std::byte* first;
  std::size_t stride;
};

/// Where the values of a column come from, and what is told of those that do not fit.
struct ColumnErrors {
  std::string_view column;
  RowErrors& errors;
};

/// A type of members.
struct MemberType {
  Type type;      ///< of its columns
  bool optional;  ///< it can be NULL
  /// Writes the members of as many items as there are rows; answers how many bytes the slots point to.
  std::size_t (*write)(MemberRow members, const RowSet& rows, const Keepalive& keeper, ColumnBuilder& column,
                       const ColumnErrors& errors);
  /// Reads them from a column of the type, of int64 where the type is float64, or, whatever its type, of
  /// NULLs alone.
  void (*read)(const Column& column, const RowSet& rows, MemberRow members, const ColumnErrors& errors);
};

namespace detail {

template <class T>
struct OptionalValue {
  using type = T;
};
template <class T>
struct OptionalValue<std::optional<T>> {
  using type = T;
};

template <class T, class... Types>
inline constexpr bool kIsOneOf = (std::same_as<T, Types> || ...);

template <class T>
inline constexpr bool kIsValue =
    kIsOneOf<T, bool, signed char, unsigned char, short, unsigned short, int, unsigned, long, unsigned long,
             long long, unsigned long long, float, double, std::string, Timestamp, Date>;

}  // namespace detail

template <class T>
concept RecordMember = detail::kIsValue<typename detail::OptionalValue<T>::type>;

/// Lives for ever.
template <RecordMember T>
const MemberType& member_type() noexcept;

}  // namespace weir
