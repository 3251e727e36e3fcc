#include "stages/expressions/token_reader.hpp"

#include <algorithm>
#include <utility>

namespace weir::expressions {

std::string shown(const Token& token) {
  return token.kind == Token::Kind::end ? "the end" : "`" + std::string(token.written) + "`";
}

const Token& TokenReader::peek(std::size_t ahead) const noexcept {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

const Token& TokenReader::take() noexcept {
  const Token& token = peek();
  if (token.kind != Token::Kind::end) ++next_;
  return token;
}

std::optional<Token> TokenReader::previous() const {
  return next_ == 0 ? std::nullopt : std::optional(tokens_[next_ - 1]);
}

bool TokenReader::accept_symbol(std::string_view symbol) noexcept {
  if (!peek().is_symbol(symbol)) return false;
  take();
  return true;
}

bool TokenReader::accept_keyword(std::string_view keyword) noexcept {
  if (!peek().is_keyword(keyword)) return false;
  take();
  return true;
}

void TokenReader::fail(const Token& at, const std::string& message, std::string mend) const {
  const bool at_end = at.kind == Token::Kind::end;
  throw ExpressionError(at.span.offset, at_end ? 1 : at.span.length, message, std::move(mend), at_end);
}

void TokenReader::require_keyword(std::string_view keyword, std::string_view after) {
  if (!accept_keyword(keyword))
    fail(peek(),
         "`" + std::string(keyword) + "` is missing after " + std::string(after) + ": got " + shown(peek()));
}

Token TokenReader::require_open(std::string_view after) {
  if (!peek().is_symbol("("))
    fail(peek(), "`(` is missing after `" + std::string(after) + "`: got " + shown(peek()));
  return take();
}

void TokenReader::require_close(const Token& open) {
  if (accept_symbol(")")) return;
  if (peek().kind == Token::Kind::end)
    throw ExpressionError(open.span.offset, 1, "this parenthesis is not closed", "close it by `)`", true);
  fail(peek(), "a comma, an operator or `)` is missing before " + shown(peek()));
}

void TokenReader::require_end() {
  const Token& token = peek();
  if (token.kind == Token::Kind::end) return;
  if (token.is_symbol(")")) fail(token, "this parenthesis was never opened");
  if (token.is_symbol(",")) fail(token, "there is room for one expression here, not for several");
  fail(token, "an operator is missing before " + shown(token),
       token.kind == Token::Kind::text ? "a quote inside of a text is doubled: 'it''s'" : "");
}

}  // namespace weir::expressions
