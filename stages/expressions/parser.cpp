#include "stages/expressions/parser.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "stages/expressions/infix_operators.hpp"
#include "stages/expressions/interval_text.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/literals.hpp"
#include "stages/expressions/time_units.hpp"
#include "stages/expressions/token_reader.hpp"
#include "stages/expressions/type_names.hpp"
#include "stages/records/value_text.hpp"

namespace weir::expressions {
namespace {

class Parser : private TokenReader {
 public:
  using TokenReader::TokenReader;

  NodePtr whole() {
    NodePtr node = expression(kAny);
    if (peek().is_keyword("as"))
      fail(peek(), "an expression has no `as` here", "the name stands before it: `name: expression`");
    require_end();
    return node;
  }

  std::vector<NamedNode> list() {
    std::vector<NamedNode> items;
    do {
      NamedNode item{expression(kAny), {}};
      if (accept_keyword("as")) item.name = alias();
      items.push_back(std::move(item));
    } while (accept_symbol(","));
    require_end();
    return items;
  }

 private:
  std::size_t checked_depth(Span span, std::size_t depth_below) const {
    if (depth_below < kDepthMax) return depth_below + 1;
    throw ExpressionError(span.offset, span.length,
                          "the expression is nested too deeply: " + std::to_string(kDepthMax),
                          "`in (...)` takes long lists; `derive` can compute parts of it first");
  }
  template <class Form>
  NodePtr node(Span span, Form form, std::size_t depth_below = 0) const {
    return std::make_shared<Node>(Node{span, checked_depth(span, depth_below), std::move(form)});
  }
  Span span_from(std::size_t begin) const noexcept { return {begin, last_end() - begin}; }
  NodePtr call(std::size_t begin, std::string_view name, Span name_span,
               std::vector<NodePtr> arguments) const {
    return call(begin, Call{std::string(name), name_span, std::move(arguments)});
  }
  NodePtr call(std::size_t begin, Call form) const {
    std::size_t depth = form.filter ? form.filter->depth : 0;
    for (const NodePtr& argument : form.arguments)
      depth = std::max(depth, argument->depth);
    return node(span_from(begin), std::move(form), depth);
  }

  NodePtr expression(int power_min) {
    const Nesting nesting(*this);
    NodePtr left = prefix();
    for (;;) {
      const InfixOperator* infix = infix_operator(peek());
      if (infix == nullptr || infix->power < power_min) return left;
      if (infix->rule == Rule::negated && !negates_pattern(peek(1))) return left;
      left = continued(std::move(left), *infix);
    }
  }

  static bool negates_pattern(const Token& token) noexcept {
    const InfixOperator* infix = infix_operator(token);
    return infix != nullptr && infix->power == kPattern && infix->rule != Rule::negated;
  }

  NodePtr continued(NodePtr left, const InfixOperator& infix) {
    const std::size_t begin = left->span.offset;
    const Token token = take();
    switch (infix.rule) {
      case Rule::binary: {
        NodePtr right = expression(infix.power + 1);
        if (infix.power == kSum && (is_interval(left) || is_interval(right)))
          return moved(std::move(left), std::move(right), token);
        return call(begin, infix.name, token.span, {std::move(left), std::move(right)});
      }
      case Rule::comparison:
        return comparison(std::move(left), infix, token);
      case Rule::is:
        return is_test(std::move(left), token);
      case Rule::negated: {
        NodePtr positive = continued(std::move(left), *infix_operator(peek()));
        return call(begin, "not", token.span, {std::move(positive)});
      }
      case Rule::between: {
        NodePtr low = expression(kPattern + 1);
        require_keyword("and", "the lower bound of `between`");
        NodePtr high = expression(kPattern + 1);
        return call(begin, infix.name, token.span, {std::move(left), std::move(low), std::move(high)});
      }
      case Rule::in: {
        std::vector<NodePtr> operands = arguments(require_open("in"), "in");
        operands.insert(operands.begin(), std::move(left));
        return call(begin, infix.name, token.span, std::move(operands));
      }
      case Rule::like: {
        NodePtr pattern = expression(kPattern + 1);
        return call(begin, infix.name, token.span, {std::move(left), std::move(pattern)});
      }
      case Rule::type_cast: {
        const Type type = type_name();
        const std::size_t depth = left->depth;
        return node(span_from(begin), Cast{std::move(left), type, false}, depth);
      }
    }
    return left;
  }

  NodePtr comparison(NodePtr left, const InfixOperator& infix, const Token& token) {
    const std::size_t begin = left->span.offset;
    NodePtr right = expression(kComparison + 1);
    const InfixOperator* next = infix_operator(peek());
    if (next != nullptr && next->rule == Rule::comparison)
      fail(peek(), "comparisons cannot be chained", "join them by `and`, as in `1 < x and x < 9`");
    return call(begin, infix.name, token.span, {std::move(left), std::move(right)});
  }

  NodePtr is_test(NodePtr left, const Token& token) {
    const std::size_t begin = left->span.offset;
    const bool negated = accept_keyword("not");
    const auto wrapped = [&](NodePtr test) {
      return negated ? call(begin, "not", token.span, {std::move(test)}) : test;
    };
    for (const std::string_view word : {"null", "true", "false"})
      if (accept_keyword(word))
        return wrapped(call(begin, "is " + std::string(word), token.span, {std::move(left)}));
    if (!accept_keyword("distinct"))
      fail(peek(), "`is` takes null, true, false or distinct from: got " + shown(peek()),
           "compare values by `=`");
    require_keyword("from", "`is distinct`");
    NodePtr right = expression(kIs + 1);
    return wrapped(call(begin, "is distinct from", token.span, {std::move(left), std::move(right)}));
  }

  NodePtr prefix() {
    const std::optional<Token> before = previous();
    const Token token = take();
    switch (token.kind) {
      case Token::Kind::number:
        return number(token);
      case Token::Kind::text:
        return node(token.span, string_literal(unquoted(token)));
      case Token::Kind::quoted_word:
        return node(token.span, ColumnName{unquoted(token), true});
      case Token::Kind::variable:
        return node(token.span, VariableName{std::string(token.written.substr(1))});
      case Token::Kind::word:
        return word(token);
      case Token::Kind::symbol:
        if (token.is_symbol("(")) return parenthesised(token);
        if (token.is_symbol("-") || token.is_symbol("+")) return sign(token);
        if (token.is_symbol("~")) {
          NodePtr operand = expression(kConcatenation + 1);
          return call(token.span.offset, "~", token.span, {std::move(operand)});
        }
        break;
      case Token::Kind::end:
        break;
    }
    if (token.kind == Token::Kind::end && !before) fail(token, "the expression is empty");
    const std::string after = before ? " after " + shown(*before) : "";
    fail(token, "a value is missing" + after + ": got " + shown(token));
  }

  NodePtr parenthesised(const Token& open) {
    const NodePtr inside = expression(kAny);
    if (peek().is_symbol(","))
      fail(peek(), "there is room for one expression between these parentheses", "a list stands behind `in`");
    require_close(open);
    auto widened = std::make_shared<Node>(*inside);
    widened->span = span_from(open.span.offset);
    return widened;
  }

  NodePtr sign(const Token& token) {
    if (token.is_symbol("-") && peek().kind == Token::Kind::number) {
      // The least integer's digits alone do not fit; with their sign they do.
      const std::string digits = "-" + std::string(peek().written);
      if (const auto value = parse_int64(digits); value && !parse_int64(peek().written)) {
        take();
        return node(span_from(token.span.offset), int64_literal(*value));
      }
    }
    NodePtr operand = expression(kSign);
    return call(token.span.offset, token.written, token.span, {std::move(operand)});
  }

  NodePtr number(const Token& token) {
    const std::string written(token.written);
    if (written.find_first_not_of("0123456789") == std::string::npos) {
      if (const auto value = parse_int64(written)) return node(token.span, int64_literal(*value));
      fail(token, "this number does not fit int64: " + written, "write it as a double: " + written + ".0");
    }
    const auto value = parse_double(written);
    if (!value) fail(token, "this number does not fit double: " + written);
    return node(token.span, double_literal(*value));
  }

  NodePtr word(const Token& token) {
    if (token.is_keyword("null")) return node(token.span, Literal{});
    if (token.is_keyword("true") || token.is_keyword("false"))
      return node(token.span, boolean_literal(token.is_keyword("true")));
    if (token.is_keyword("not")) {
      NodePtr operand = expression(kNot);
      return call(token.span.offset, "not", token.span, {std::move(operand)});
    }
    if (token.is_keyword("case")) return case_of(token);
    if (token.is_keyword("interval") && begins_interval(peek())) return interval(token);
    if (token.is_keyword("extract") && peek().is_symbol("(")) return extract(token);
    if (token.is_keyword("position") && peek().is_symbol("(")) return position(token);
    if ((token.is_keyword("cast") || token.is_keyword("try_cast")) && peek().is_symbol("("))
      return cast(token);
    if (peek().kind == Token::Kind::text) return prefixed_text(token);
    if (is_reserved(token)) {
      const std::string name(token.written);
      fail(token, "a value is missing: got the keyword `" + name + "`",
           "a column of that name stands in double quotes: \"" + name + "\"");
    }
    if (peek().is_symbol("(")) return function(token);
    if (peek().is_symbol("."))
      fail(peek(), "columns have no qualified names: got `" + std::string(token.written) + ".`",
           "a name with a dot in it stands in double quotes");
    return node(token.span, ColumnName{std::string(token.written), false});
  }

  NodePtr prefixed_text(const Token& token) {
    const Token text = peek();
    const bool is_date = token.is_keyword("date");
    if (!is_date && !token.is_keyword("timestamp"))
      fail(text, "a text cannot follow `" + std::string(token.written) + "`",
           "an operator is missing between them");
    take();
    const std::string written = unquoted(text);
    if (is_date) {
      const auto days = parse_date(written);
      if (!days) fail(text, "this is no date: '" + written + "'", "write it as 'YYYY-MM-DD'");
      return node(span_from(token.span.offset), date_literal(*days));
    }
    const auto micros = parse_timestamp(written);
    if (!micros) fail(text, "this is no timestamp: '" + written + "'", "write it as 'YYYY-MM-DD HH:MM:SS'");
    return node(span_from(token.span.offset), timestamp_literal(*micros));
  }

  static bool is_interval(const NodePtr& node) noexcept {
    return std::holds_alternative<Interval>(node->form);
  }
  // A time and an interval, joined by + or -.
  NodePtr moved(NodePtr left, NodePtr right, const Token& sign) {
    const std::size_t begin = left->span.offset;
    const bool later = sign.is_symbol("+");
    if (later && !is_interval(right)) std::swap(left, right);
    const auto* interval = std::get_if<Interval>(&right->form);
    if (interval == nullptr || is_interval(left))
      fail(sign, "an interval is added to a time or taken from one", "as in t + interval 3 day");
    return call(begin, later ? kAddInterval : kSubtractInterval, sign.span,
                {std::move(left), interval->months, interval->days, interval->micros});
  }

  static bool begins_interval(const Token& token) noexcept {
    return token.kind == Token::Kind::text || token.kind == Token::Kind::number || token.is_symbol("(");
  }

  // interval '1 month 3 days', interval 3 day, interval '3' day, interval (n) day.
  NodePtr interval(const Token& token) {
    const Token first = peek();
    NodePtr amount;
    if (first.kind == Token::Kind::text) {
      take();
      const std::string text = unquoted(first);
      const auto count = parse_int64(text);
      if (!count) return interval_of(token, first, text);
      amount = node(first.span, int64_literal(*count));
    } else {
      amount = first.is_symbol("(") ? parenthesised(take()) : number(take());
    }
    const Token unit_token = take();
    const auto unit = unit_token.kind == Token::Kind::word ? unit_named(unit_token.written) : std::nullopt;
    if (!unit)
      fail(unit_token, "an interval needs a unit: got " + shown(unit_token),
           suggest_unit(unit_token.written));
    const UnitLength length = length_of(*unit);
    return interval_node(
        token, {times(amount, length.months), times(amount, length.days), times(amount, length.micros)});
  }
  NodePtr interval_of(const Token& token, const Token& written, const std::string& text) {
    const auto parts = parse_interval(text);
    if (!parts)
      fail(written, "this is no interval: '" + text + "'",
           "as in '3 days' or '1 month 2 hours', with units from microsecond to millennium");
    const auto literal = [&](std::int64_t value) { return node(written.span, int64_literal(value)); };
    return interval_node(token, {literal(parts->months), literal(parts->days), literal(parts->micros)});
  }
  NodePtr interval_node(const Token& token, Interval interval) const {
    const std::size_t depth =
        std::max({interval.months->depth, interval.days->depth, interval.micros->depth});
    return node(span_from(token.span.offset), std::move(interval), depth);
  }
  NodePtr times(const NodePtr& amount, std::int64_t factor) const {
    if (factor == 1) return amount;
    NodePtr literal = node(amount->span, int64_literal(factor));
    if (factor == 0) return literal;
    return node(amount->span, Call{"*", amount->span, {amount, std::move(literal)}, false}, amount->depth);
  }

  // extract(year from t) is date_part('year', t).
  NodePtr extract(const Token& name) {
    const Token open = take();
    const Token part = take();
    if (part.kind != Token::Kind::word && part.kind != Token::Kind::text)
      fail(part, "`extract` needs a part: got " + shown(part), "write it as extract(year from t)");
    if (!accept_keyword("from"))
      fail(peek(), "`from` is missing after the part: got " + shown(peek()),
           "write it as extract(year from t)");
    const std::string text = part.kind == Token::Kind::text ? unquoted(part) : std::string(part.written);
    NodePtr value = expression(kAny);
    require_close(open);
    return call(name.span.offset, "date_part", name.span,
                {node(part.span, string_literal(text)), std::move(value)});
  }

  // position(part in s) is strpos(s, part).
  NodePtr position(const Token& name) {
    const Token open = take();
    NodePtr part = expression(kPattern + 1);
    if (!accept_keyword("in"))
      fail(peek(), "`in` is missing after the part: got " + shown(peek()), "write it as position(part in s)");
    NodePtr text = expression(kAny);
    require_close(open);
    return call(name.span.offset, "strpos", name.span, {std::move(text), std::move(part)});
  }

  NodePtr function(const Token& name) {
    const Token open = take();
    Call form{to_lower(name.written), name.span, {}};
    if (accept_symbol("*")) {
      form.star = true;
      require_close(open);
    } else {
      form.distinct = accept_keyword("distinct");
      if (form.distinct || !accept_symbol(")")) form.arguments = arguments(open, name.written);
    }
    if (peek().is_keyword("filter") && peek(1).is_symbol("(")) form.filter = filter_clause();
    return call(name.span.offset, std::move(form));
  }

  // The condition of `filter (where ...)`.
  NodePtr filter_clause() {
    take();
    const Token open = take();
    require_keyword("where", "`filter (`");
    NodePtr condition = expression(kAny);
    require_close(open);
    return condition;
  }

  // The expressions of a list, up to and with its `)`.
  std::vector<NodePtr> arguments(const Token& open, std::string_view of) {
    if (peek().is_symbol(")")) fail(peek(), "`" + std::string(of) + "` needs at least one value");
    std::vector<NodePtr> list;
    do {
      if (peek().kind == Token::Kind::end) break;
      list.push_back(expression(kAny));
    } while (accept_symbol(","));
    require_close(open);
    return list;
  }

  NodePtr cast(const Token& name) {
    const Token open = require_open(name.written);
    NodePtr value = expression(kAny);
    if (peek().is_symbol(")") || peek().is_symbol(","))
      fail(peek(), "`as` and a type are missing before " + shown(peek()), "write it as cast(x as int64)");
    if (peek().kind == Token::Kind::end) require_close(open);
    require_keyword("as", "the value of a cast");
    const Type type = type_name();
    require_close(open);
    const std::size_t depth = value->depth;
    return node(span_from(name.span.offset), Cast{std::move(value), type, name.is_keyword("try_cast")},
                depth);
  }

  Type type_name() {
    const Token token = take();
    if (token.kind == Token::Kind::end) fail(token, "the name of a type is missing");
    const auto type =
        token.kind == Token::Kind::word ? cast_type_named(to_lower(token.written)) : std::nullopt;
    if (!type) fail(token, "there is no type " + shown(token), suggest_cast_type(token.written));
    return *type;
  }

  NodePtr case_of(const Token& token) {
    NodePtr subject = peek().is_keyword("when") ? nullptr : expression(kAny);
    Case form;
    std::size_t depth = 0;
    const auto part = [&] {
      NodePtr parsed = expression(kAny);
      depth = std::max(depth, parsed->depth);
      return parsed;
    };
    while (accept_keyword("when")) {
      NodePtr condition = part();
      if (subject) {
        const Span span = condition->span;
        condition =
            node(span, Call{"=", span, {subject, condition}}, std::max(subject->depth, condition->depth));
        depth = std::max(depth, condition->depth);
      }
      require_keyword("then", "the condition of `when`");
      form.branches.push_back({std::move(condition), part()});
    }
    if (form.branches.empty()) fail(peek(), "`case` needs a `when`: got " + shown(peek()));
    if (accept_keyword("else")) form.otherwise = part();
    if (peek().kind == Token::Kind::end)
      throw ExpressionError(token.span.offset, token.span.length, "this `case` has no `end`",
                            "close it by `end`", true);
    require_keyword("end", "the branches of `case`");
    return node(span_from(token.span.offset), std::move(form), depth);
  }

  std::string alias() {
    const Token token = take();
    if (token.kind == Token::Kind::quoted_word) return unquoted(token);
    if (token.kind != Token::Kind::word) fail(token, "a name is missing after `as`: got " + shown(token));
    return std::string(token.written);
  }

  // Counts how deeply `expression` has called itself: text such as "((((" makes no node until it returns.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ <= kNestingMax) return;
      --parser_.nesting_;
      parser_.fail(parser_.peek(), "parentheses are nested too deeply: " + std::to_string(kNestingMax));
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    static constexpr std::size_t kNestingMax = 400;
    Parser& parser_;
  };

  std::size_t nesting_ = 0;
};

}  // namespace

NodePtr parse_expression(std::string_view text) { return Parser(text).whole(); }

std::vector<NamedNode> parse_expression_list(std::string_view text) { return Parser(text).list(); }

}  // namespace weir::expressions
