#include "stages/expressions/lexer.hpp"

#include <algorithm>
#include <array>

namespace weir::expressions {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// Bytes above ASCII belong to names in other alphabets.
bool begins_word(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) noexcept { return begins_word(c) || is_digit(c); }

// Longer symbols first.
constexpr auto kSymbols = std::to_array<std::string_view>(
    {"::", "==", "<>", "!=", "<=", ">=", "||", "<<", ">>", "**", "&", "|", "^", "~",
     "//", "=",  "<",  ">",  "+",  "-",  "*",  "/",  "%",  "(",  ")", ",", "."});

// What people write who think in other languages, and what they should write here.
struct Foreign {
  std::string_view written;
  std::string_view message;
  std::string_view mend;
};
constexpr std::array<Foreign, 7> kForeign = {{
    {"--", "`--` begins a comment in SQL, and expressions hold none",
     "write `- -`, or move the comment to the YAML"},
    {"/*", "expressions hold no comments", "move the comment to the YAML, behind a #"},
    {"&&", "`&&` is not an operator of SQL", "write `and`"},
    {"!", "`!` is not an operator of SQL", "write `not`"},
    {"`", "names are not quoted by backticks", "write \"name\""},
    {"${", "`${...}` is not replaced inside expressions", "write `$name`"},
    {";", "an expression does not end in `;`", "leave it out"},
}};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    do
      tokens.push_back(next());
    while (tokens.back().kind != Token::Kind::end);
    return tokens;
  }

 private:
  char at(std::size_t i) const noexcept { return i < text_.size() ? text_[i] : '\0'; }

  Token token(Token::Kind kind, std::size_t end) {
    const std::size_t begin = position_;
    position_ = end;
    return {kind, {begin, end - begin}, text_.substr(begin, end - begin)};
  }

  Token next() {
    while (is_blank(at(position_)))
      ++position_;
    if (position_ == text_.size()) return token(Token::Kind::end, position_);
    const char c = at(position_);
    if (is_digit(c) || (c == '.' && is_digit(at(position_ + 1)))) return number();
    if (begins_word(c)) return token(Token::Kind::word, end_of_word(position_));
    if (c == '$' && begins_word(at(position_ + 1)))
      return token(Token::Kind::variable, end_of_word(position_ + 1));
    if (c == '\'' || c == '"') return quoted(c);
    return symbol();
  }

  std::size_t end_of_word(std::size_t i) const noexcept {
    while (continues_word(at(i)))
      ++i;
    return i;
  }

  Token number() {
    std::size_t end = position_;
    while (is_digit(at(end)))
      ++end;
    if (at(end) == '.') {
      ++end;
      while (is_digit(at(end)))
        ++end;
    }
    if (lower(at(end)) == 'e') {
      const std::size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
      if (is_digit(at(end + 1 + sign))) {
        end += 1 + sign;
        while (is_digit(at(end)))
          ++end;
      }
    }
    if (continues_word(at(end))) {
      const std::size_t wrong_end = end_of_word(end);
      const std::string wrong(text_.substr(position_, wrong_end - position_));
      throw ExpressionError(
          position_, wrong.size(), "this is neither a number nor a name: " + wrong,
          "a column's name that begins with a digit stands in double quotes: \"" + wrong + "\"");
    }
    return token(Token::Kind::number, end);
  }

  Token quoted(char quote) {
    for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
      if (text_[i] != quote) continue;
      if (at(i + 1) != quote)
        return token(quote == '\'' ? Token::Kind::text : Token::Kind::quoted_word, i + 1);
      ++i;
    }
    const std::string name = quote == '\'' ? "text" : "name";
    throw ExpressionError(
        position_, text_.size() - position_,
        "the quote of this " + name + " is not closed: " + std::string(text_.substr(position_)),
        std::string("close it by ") + quote + "; inside, write " + quote + quote, true);
  }

  Token symbol() {
    const std::string_view rest = text_.substr(position_);
    const auto begins_rest = [&](std::string_view symbol) { return rest.substr(0, symbol.size()) == symbol; };
    if (!begins_rest("!=")) {
      for (const Foreign& foreign : kForeign)
        if (begins_rest(foreign.written))
          throw ExpressionError(position_, foreign.written.size(), std::string(foreign.message),
                                std::string(foreign.mend));
    }
    const auto found = std::find_if(kSymbols.begin(), kSymbols.end(), begins_rest);
    if (found == kSymbols.end())
      throw ExpressionError(position_, 1,
                            "`" + std::string(rest.substr(0, 1)) + "` is no part of an expression");
    return token(Token::Kind::symbol, position_ + found->size());
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

bool Token::is_keyword(std::string_view keyword) const noexcept {
  return kind == Kind::word && written.size() == keyword.size() &&
         std::equal(written.begin(), written.end(), keyword.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

std::string unquoted(const Token& token) {
  const char quote = token.written.front();
  const std::string_view inside = token.written.substr(1, token.written.size() - 2);
  std::string text;
  text.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    text += inside[i];
    if (inside[i] == quote) ++i;
  }
  return text;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

}  // namespace weir::expressions
