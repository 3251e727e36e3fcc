// The operators that stand between values, with their precedence: the one table that the parser reads them
// by.
#pragma once

#include <string_view>

#include "stages/expressions/lexer.hpp"

namespace weir::expressions {

/// How tightly operators bind, from the loosest. An operator's right side is read at one more than its own
/// power, so that equals group to the left.
enum Power : int {
  kAny = 0,
  kOr,
  kAnd,
  kNot,
  kIs,
  kComparison,
  kPattern,
  kConcatenation,
  kSum,
  kProduct,
  kPower,
  kSign,
  kTypeCast,
};

/// How the rest behind an operator is read.
enum class Rule : unsigned char { binary, comparison, is, between, in, like, negated, type_cast };

struct InfixOperator {
  std::string_view written;  ///< keywords in small letters
  std::string_view name;     ///< in the function table
  int power;
  Rule rule;
};

/// The operator that a token is; null: it is none.
const InfixOperator* infix_operator(const Token& token) noexcept;

/// Whether a token is a word that names a column only where it is quoted.
bool is_reserved(const Token& token) noexcept;

}  // namespace weir::expressions
