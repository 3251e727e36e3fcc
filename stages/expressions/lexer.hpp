// Splits an expression's text into tokens, each with its place. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stages/expressions/syntax.hpp"

namespace weir::expressions {

struct Token {
  enum class Kind : unsigned char { end, number, text, word, quoted_word, variable, symbol };
  Kind kind = Kind::end;
  Span span;
  std::string_view written;  ///< the token's bytes, quotes and `$` included

  bool is_symbol(std::string_view symbol) const noexcept { return kind == Kind::symbol && written == symbol; }
  /// Whether it is this keyword, in letters of any size. Requires `keyword` in small letters.
  bool is_keyword(std::string_view keyword) const noexcept;
};

/// All tokens, an `end` last. They point into `text`. Throws ExpressionError.
std::vector<Token> tokenize(std::string_view text);

/// What stands between a token's quotes, with doubled quotes made single.
std::string unquoted(const Token& token);

/// ASCII letters made small.
std::string to_lower(std::string_view text);

}  // namespace weir::expressions
