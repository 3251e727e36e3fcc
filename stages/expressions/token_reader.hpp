// Goes through an expression's tokens from left to right, and says what is missing where one is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/expressions/lexer.hpp"

namespace weir::expressions {

/// A token as messages show it: "`and`", "the end".
std::string shown(const Token& token);

class TokenReader {
 public:
  /// Throws ExpressionError, as all that is `require_` or `fail`.
  explicit TokenReader(std::string_view text) : tokens_(tokenize(text)) {}

  const Token& peek(std::size_t ahead = 0) const noexcept;
  /// The next token, which is then behind; at the end, the end.
  const Token& take() noexcept;
  /// The token that was taken last.
  std::optional<Token> previous() const;
  /// Where it ends.
  std::size_t last_end() const noexcept { return next_ == 0 ? 0 : tokens_[next_ - 1].span.end(); }
  /// Takes the next token if it is that one.
  bool accept_symbol(std::string_view symbol) noexcept;
  bool accept_keyword(std::string_view keyword) noexcept;

  [[noreturn]] void fail(const Token& at, const std::string& message, std::string mend = {}) const;
  /// `after`: behind what the keyword must stand, for the message.
  void require_keyword(std::string_view keyword, std::string_view after);
  Token require_open(std::string_view after);
  void require_close(const Token& open);
  void require_end();

 private:
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

}  // namespace weir::expressions
