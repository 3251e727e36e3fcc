// The type that fits the values of a column which have been seen so far. One thread.
#pragma once

#include <optional>

#include "weir/schema.hpp"

namespace weir {

class TypeGuess {
 public:
  /// A value that is not NULL suggests a type.
  void add(Type next) noexcept {
    type_ = type_ ? common_type(*type_, next) : next;
  }
  /// Text, where nothing or nothing in common was seen.
  Type type() const noexcept { return type_.value_or(Type::string); }
  bool has_seen_values() const noexcept { return type_.has_value(); }

 private:
  static bool is_number(Type type) noexcept { return type == Type::int64 || type == Type::float64; }
  static bool is_time(Type type) noexcept { return type == Type::date || type == Type::timestamp; }
  // The type that fits values of both.
  static Type common_type(Type a, Type b) noexcept {
    if (a == b) return a;
    if (is_number(a) && is_number(b)) return Type::float64;
    return is_time(a) && is_time(b) ? Type::timestamp : Type::string;
  }

  std::optional<Type> type_;  ///< none before the first value
};

}  // namespace weir
