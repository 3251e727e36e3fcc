// Literals by the type of what they hold.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "weir/expression.hpp"

namespace weir::expressions {

inline Literal typed_literal(Type type) {
  Literal literal;
  literal.type = type;
  return literal;
}

inline Literal boolean_literal(bool value) {
  Literal literal = typed_literal(Type::boolean);
  literal.boolean = value;
  return literal;
}

inline Literal int64_literal(std::int64_t value) {
  Literal literal = typed_literal(Type::int64);
  literal.int64 = value;
  return literal;
}

inline Literal double_literal(double value) {
  Literal literal = typed_literal(Type::float64);
  literal.float64 = value;
  return literal;
}

inline Literal string_literal(std::string value) {
  Literal literal = typed_literal(Type::string);
  literal.string = std::move(value);
  return literal;
}

inline Literal timestamp_literal(std::int64_t micros) {
  Literal literal = typed_literal(Type::timestamp);
  literal.int64 = micros;
  return literal;
}

inline Literal date_literal(std::int64_t days) {
  Literal literal = typed_literal(Type::date);
  literal.int64 = days;
  return literal;
}

}  // namespace weir::expressions
