// The syntax tree of an expression: what was written, before anybody asked what it means.
//
// Trees are immutable and shared, so that an Expression is cheap to copy. Operators are calls by the
// operator's name
// ("+", "is null", "between"): the binder finds them in the same table as functions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/expression.hpp"
#include "weir/schema.hpp"

namespace weir::expressions {

/// Bytes of the text that the expression was parsed from.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::size_t end() const noexcept { return offset + length; }
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct ColumnName {
  std::string name;
  bool quoted = false;
};

struct VariableName {
  std::string name;
};

struct Call {
  std::string name;  ///< in small letters
  Span name_span;
  std::vector<NodePtr> arguments;
  bool star = false;         ///< count(*)
  bool distinct = false;     ///< count(distinct x)
  NodePtr filter = nullptr;  ///< of `filter (where ...)` behind the call; null: there is none
};

struct Cast {
  NodePtr value;
  Type type = Type::string;
  bool null_on_failure = false;  ///< try_cast
};

/// `case x when ...` is parsed into conditions `x = ...`.
struct Case {
  struct Branch {
    NodePtr condition;
    NodePtr value;
  };
  std::vector<Branch> branches;
  NodePtr otherwise;  ///< null: there is no `else`
};

/// `interval '1 month 3 days'`, as three expressions of int64. The parser makes a call of what it is added to
/// or taken from; nothing else takes one.
struct Interval {
  NodePtr months;
  NodePtr days;
  NodePtr micros;
};
/// The functions of a time and an interval's three parts.
inline constexpr std::string_view kAddInterval = "+ interval";
inline constexpr std::string_view kSubtractInterval = "- interval";

struct Node {
  Span span;
  std::size_t depth = 1;  ///< of the tree below, itself included: bounded by the parser, so that recursion is
  std::variant<Literal, ColumnName, VariableName, Call, Cast, Case, Interval> form;
};

}  // namespace weir::expressions
