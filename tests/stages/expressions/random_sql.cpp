#include "tests/stages/expressions/random_sql.hpp"

#include <string_view>
#include <vector>

namespace weir::testing {
namespace {

std::string filled(std::string text, std::initializer_list<SqlPair> arguments, std::string SqlPair::*side) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size())
      result += arguments.begin()[text[++i] - '1'].*side;
    else
      result += text[i];
  }
  return result;
}

}  // namespace

SqlPair RandomSql::made(const std::string& ours, const std::string& theirs,
                        std::initializer_list<SqlPair> arguments) {
  return {filled(ours, arguments, &SqlPair::ours),
          filled(theirs.empty() ? ours : theirs, arguments, &SqlPair::theirs)};
}

SqlPair RandomSql::of(Kind kind, int depth) {
  if (depth <= 0 || below(8) == 0) return leaf(kind);
  if (below(4) == 0) return any_kind(kind, depth - 1);
  switch (kind) {
    case Kind::integer:
      return integer(depth - 1);
    case Kind::real:
      return real(depth - 1);
    case Kind::text:
      return text(depth - 1);
    case Kind::truth:
      return truth(depth - 1);
    case Kind::day:
      break;
  }
  return day(depth - 1);
}

std::string RandomSql::literal(Kind kind) {
  if (below(6) == 0) return "null";
  switch (kind) {
    case Kind::integer:
      return std::to_string(static_cast<int>(below(13)) - 6);
    case Kind::real:
      return std::to_string((static_cast<int>(below(33)) - 16) * 0.25);
    case Kind::text: {
      constexpr std::string_view kTexts[] = {
          "", "a", "ab", "Abc", "bca", "  b ", "漢a→", "%_", "aXbXc", "12", "it''s long enough for a slot"};
      return "'" + std::string(kTexts[below(std::size(kTexts))]) + "'";
    }
    case Kind::truth:
      return below(2) == 0 ? "true" : "false";
    case Kind::day: {
      constexpr std::string_view kDays[] = {"1970-01-01", "1969-12-31", "2000-02-29", "1900-03-01",
                                            "2024-12-30", "0400-02-28", "2023-01-31", "8999-12-31"};
      return "'" + std::string(kDays[below(std::size(kDays))]) + "'";
    }
  }
  return "null";
}

SqlPair RandomSql::leaf(Kind kind) {
  if (below(3) > 0) {
    constexpr std::string_view kColumns[] = {"ab", "xy", "st", "pq", "de"};
    const std::string column(1, kColumns[static_cast<std::size_t>(kind)][below(2)]);
    return {column, column};
  }
  const std::string text = literal(kind);
  const bool null = text == "null";
  if (kind == Kind::day) return {null ? "null::date" : "date " + text, text};
  if (null) {
    constexpr std::string_view kTypes[] = {"int64", "double", "string", "bool"};
    return {"null::" + std::string(kTypes[static_cast<std::size_t>(kind)]), text};
  }
  return {"(" + text + ")", "(" + text + ")"};
}

// What there is of every kind.
SqlPair RandomSql::any_kind(Kind kind, int depth) {
  switch (below(7)) {
    case 0:
      return made("case when $1 then $2 else $3 end", "",
                  {of(Kind::truth, depth), of(kind, depth), of(kind, depth)});
    case 1:
      return made("case when $1 then $2 when $3 then $4 end", "",
                  {of(Kind::truth, depth), of(kind, depth), of(Kind::truth, depth), of(kind, depth)});
    case 2: {
      const Kind subject = this->kind();
      return made("case $1 when $2 then $3 else $4 end", "",
                  {of(subject, depth), of(subject, depth), of(kind, depth), of(kind, depth)});
    }
    case 3:
      return made("coalesce($1, $2, $3)", "", {of(kind, depth), of(kind, depth), of(kind, depth)});
    case 4:
      return made("nullif($1, $2)", "", {of(kind, depth), of(kind, depth)});
    case 5:
      return made("greatest($1, $2)", "coalesce(max($1, $2), $1, $2)", {of(kind, depth), of(kind, depth)});
    default:
      return made("least($1, $2)", "coalesce(min($1, $2), $1, $2)", {of(kind, depth), of(kind, depth)});
  }
}

SqlPair RandomSql::integer(int depth) {
  const auto number = [&] { return of(Kind::integer, depth); };
  const auto word = [&] { return of(Kind::text, depth); };
  const auto date = [&] { return of(Kind::day, depth); };
  const std::string n = std::to_string(below(9));
  switch (below(21)) {
    case 0:
      return made("($1 + $2)", "", {number(), number()});
    case 1:
      return made("($1 - $2)", "", {number(), number()});
    case 2:
      return made("($1 * $2)", "", {number(), number()});
    case 3:
      return made("($1 // $2)", "($1 / $2)", {number(), number()});
    case 4:
      return made("($1 % $2)", "", {number(), number()});
    case 5:
      return made("(- $1)", "", {number()});
    case 6:
      return made("abs($1)", "", {number()});
    case 7:
      return made("($1 & $2)", "", {number(), number()});
    case 8:
      return made("($1 | $2)", "", {number(), number()});
    case 9:
      return made("(~ $1)", "", {number()});
    case 10:
      return made("($1 >> " + n + ")", "", {number()});
    case 11:
      return made("xor($1, $2)", "(($1 | $2) - ($1 & $2))", {number(), number()});
    case 12:
      return made("length($1)", "", {word()});
    case 13:
      return made("strpos($1, $2)", "instr($1, $2)", {word(), word()});
    case 14:
      return made("cast($1 as int64)", "cast($1 as integer)", {of(Kind::truth, depth)});
    case 15:
      return made("sign($1)", "(case when $1 > 0 then 1 when $1 < 0 then -1 when $1 = 0 then 0 end)",
                  {of(below(2) == 0 ? Kind::integer : Kind::real, depth)});
    case 16:
      return made("($1 - $2)", "cast(julianday($1) - julianday($2) as integer)", {date(), date()});
    case 17:
      return made("year($1)", "cast(strftime('%Y', $1) as integer)", {date()});
    case 18:
      return made("extract(month from $1)", "cast(strftime('%m', $1) as integer)", {date()});
    case 19:
      return made("dayofyear($1)", "cast(strftime('%j', $1) as integer)", {date()});
    default:
      return made("dayofweek($1)", "cast(strftime('%w', $1) as integer)", {date()});
  }
}

SqlPair RandomSql::real(int depth) {
  const auto number = [&] { return of(Kind::real, depth); };
  switch (below(13)) {
    case 0:
      return made("($1 + $2)", "", {number(), number()});
    case 1:
      return made("($1 - $2)", "", {number(), of(Kind::integer, depth)});
    case 2:
      return made("($1 * $2)", "", {number(), number()});
    case 3:
      return made("($1 / $2)", "", {number(), number()});
    case 4:
      return made("($1 / $2)", "(cast($1 as real) / $2)",
                  {of(Kind::integer, depth), of(Kind::integer, depth)});
    case 5:
      return made("cast($1 as double)", "cast($1 as real)", {of(Kind::integer, depth)});
    case 6:
      return made("abs($1)", "", {number()});
    case 7:
      return made("round($1)", "", {number()});
    case 8:
      return made("floor($1)", "", {number()});
    case 9:
      return made("ceil($1)", "", {number()});
    case 10:
      return made("trunc($1)", "", {number()});
    case 11:
      return made("sqrt($1)", "", {number()});
    default:
      return made("(- $1)", "", {number()});
  }
}

SqlPair RandomSql::text(int depth) {
  const auto word = [&] { return of(Kind::text, depth); };
  const std::string n = std::to_string(below(5));
  switch (below(18)) {
    case 0:
      return made("($1 || $2)", "", {word(), word()});
    case 1:
      return made("concat($1, $2)", "(coalesce($1, '') || coalesce($2, ''))", {word(), word()});
    case 2:
      return made("lower($1)", "", {word()});
    case 3:
      return made("upper($1)", "", {word()});
    case 4:
      return made("trim($1)", "", {word()});
    case 5:
      return made("ltrim($1)", "", {word()});
    case 6:
      return made("rtrim($1)", "", {word()});
    case 7:
      return made("trim($1, $2)", "", {word(), word()});
    case 8:
      return made("ltrim($1, $2)", "", {word(), word()});
    case 9:
      // SQLite gives $1 where there is nothing to replace, even by NULL.
      return made("replace($1, $2, $3)", "(case when $3 is not null then replace($1, $2, $3) end)",
                  {word(), word(), word()});
    case 10:  // SQLite counts by 32 bits here
      return made("substr($1, $2 % 9)", "", {word(), of(Kind::integer, depth)});
    case 11:
      return made("substr($1, $2 % 9, $3 % 9)", "",
                  {word(), of(Kind::integer, depth), of(Kind::integer, depth)});
    case 12:
      return made("left($1, " + n + ")", "substr($1, 1, " + n + ")", {word()});
    case 13:
      return made("right($1, 1" + n + ")", "substr($1, -1" + n + ")", {word()});
    case 14:
      return made("cast($1 as string)", "cast($1 as text)", {of(Kind::integer, depth)});
    case 15:
      return made("cast($1 as string)", "cast($1 as text)", {of(Kind::day, depth)});
    case 16:
      return made("strftime($1, '%d.%m.%Y')", "strftime('%d.%m.%Y', $1)", {of(Kind::day, depth)});
    default:
      return made(
          "concat_ws('-', $1, $2)",
          "(case when $1 is null then coalesce($2, '') when $2 is null then $1 else $1 || '-' || $2 end)",
          {word(), word()});
  }
}

SqlPair RandomSql::day(int depth) {
  const auto date = [&] { return of(Kind::day, depth); };
  const std::string n = std::to_string(below(400));
  switch (below(5)) {
    case 0:
      return made("($1 + " + n + ")", "date($1, '+" + n + " days')", {date()});
    case 1:
      return made("($1 - " + n + ")", "date($1, '-" + n + " days')", {date()});
    case 2:
      return made("last_day($1)", "date($1, 'start of month', '+1 month', '-1 day')", {date()});
    case 3:
      return made("cast(date_trunc('month', $1) as date)", "date($1, 'start of month')", {date()});
    default:
      return made("cast(date_trunc('year', $1) as date)", "date($1, 'start of year')", {date()});
  }
}

// Comparisons of two values of any kind.
SqlPair RandomSql::test_of(Kind kind, int depth) {
  const auto value = [&] { return of(kind, depth); };
  constexpr const char* kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
  switch (below(7)) {
    case 0:
      return made("($1 is null)", "", {value()});
    case 1:
      return made("($1 is not distinct from $2)", "($1 is $2)", {value(), value()});
    case 2:
      return made("($1 is distinct from $2)", "($1 is not $2)", {value(), value()});
    case 3:
      return made("($1 between $2 and $3)", "", {value(), value(), value()});
    case 4:
      return made("($1 not in ($2, $3))", "", {value(), value(), value()});
    case 5: {
      std::string list;
      const std::uint64_t items = 1 + below(11);
      for (std::uint64_t i = 0; i < items; ++i)
        list += (i > 0 ? ", " : "") + literal(kind);
      return made("($1 in (" + list + "))", "", {value()});
    }
    default:
      return made("($1 " + std::string(kOperators[below(6)]) + " $2)", "", {value(), value()});
  }
}

SqlPair RandomSql::truth(int depth) {
  const auto condition = [&] { return of(Kind::truth, depth); };
  const auto word = [&] { return of(Kind::text, depth); };
  switch (below(12)) {
    case 0:
      return made("($1 and $2)", "", {condition(), condition()});
    case 1:
      return made("($1 or $2)", "", {condition(), condition()});
    case 2:
      return made("(not $1)", "", {condition()});
    case 3:
      return made("($1 is true)", "", {condition()});
    case 4:
      return made("($1 is not false)", "", {condition()});
    case 5:
      return made("($1 like $2)", "", {word(), word()});
    case 6:
      return made("($1 not ilike $2)", "(lower($1) not like lower($2))", {word(), word()});
    case 7:
      return made("contains($1, $2)", "(instr($1, $2) > 0)", {word(), word()});
    case 8:
      return made("starts_with($1, $2)", "(substr($1, 1, length($2)) = $2)", {word(), word()});
    default:
      return test_of(kind(), depth);
  }
}

}  // namespace weir::testing
