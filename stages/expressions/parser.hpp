// Reads an expression's text into its syntax tree: a Pratt parser over one table of operators.
//
// Precedence is DuckDB's (and PostgreSQL's), from loosest to tightest: or; and; not; is; comparisons;
// between, in, like;
// || & | << >> ~; + -; * / // %; ^; signs; ::. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/expressions/syntax.hpp"

namespace weir::expressions {

/// An expression of a list, with the name that `as` gave it.
struct NamedNode {
  NodePtr node;
  std::string name;
};

/// Deeper trees are refused, so that nothing that walks them runs out of stack.
inline constexpr std::size_t kDepthMax = 1000;

/// Throws ExpressionError.
NodePtr parse_expression(std::string_view text);
/// Expressions between commas. Throws ExpressionError.
std::vector<NamedNode> parse_expression_list(std::string_view text);

}  // namespace weir::expressions
