#include "stages/expressions/infix_operators.hpp"

#include <algorithm>
#include <array>

namespace weir::expressions {
namespace {

constexpr auto kInfixOperators = std::to_array<InfixOperator>({
    {"or", "or", kOr, Rule::binary},
    {"and", "and", kAnd, Rule::binary},
    {"is", "is", kIs, Rule::is},
    {"=", "=", kComparison, Rule::comparison},
    {"==", "=", kComparison, Rule::comparison},
    {"<>", "<>", kComparison, Rule::comparison},
    {"!=", "<>", kComparison, Rule::comparison},
    {"<", "<", kComparison, Rule::comparison},
    {"<=", "<=", kComparison, Rule::comparison},
    {">", ">", kComparison, Rule::comparison},
    {">=", ">=", kComparison, Rule::comparison},
    {"between", "between", kPattern, Rule::between},
    {"in", "in", kPattern, Rule::in},
    {"like", "like", kPattern, Rule::like},
    {"ilike", "ilike", kPattern, Rule::like},
    {"not", "not", kPattern, Rule::negated},
    {"||", "||", kConcatenation, Rule::binary},
    {"&", "&", kConcatenation, Rule::binary},
    {"|", "|", kConcatenation, Rule::binary},
    {"<<", "<<", kConcatenation, Rule::binary},
    {">>", ">>", kConcatenation, Rule::binary},
    {"+", "+", kSum, Rule::binary},
    {"-", "-", kSum, Rule::binary},
    {"*", "*", kProduct, Rule::binary},
    {"/", "/", kProduct, Rule::binary},
    {"//", "//", kProduct, Rule::binary},
    {"%", "%", kProduct, Rule::binary},
    {"^", "^", kPower, Rule::binary},
    {"**", "^", kPower, Rule::binary},
    {"::", "cast", kTypeCast, Rule::type_cast},
});

constexpr auto kReserved = std::to_array<std::string_view>(
    {"and",  "or",  "not", "is",   "in",   "between", "like",  "ilike", "case",     "when", "then",
     "else", "end", "as",  "cast", "null", "true",    "false", "from",  "distinct", "asc",  "desc"});

}  // namespace

const InfixOperator* infix_operator(const Token& token) noexcept {
  for (const InfixOperator& infix : kInfixOperators)
    if (token.is_symbol(infix.written) || token.is_keyword(infix.written)) return &infix;
  return nullptr;
}

bool is_reserved(const Token& token) noexcept {
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](std::string_view word) { return token.is_keyword(word); });
}

}  // namespace weir::expressions
