// Random expressions over random tables against a reference that takes row by row, value by value.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/stages/expressions/table.hpp"

namespace weir {
namespace {

using testing::Table;
using testing::Values;
using Int = std::int64_t;

// What a row comes to: a value, NULL, or an error. Bools are 0 and 1.
struct Outcome {
  bool failed = false;
  std::optional<Int> value = {};
};
const Outcome kFailed{true, {}};
const Outcome kNull{};

struct Row {
  std::optional<Int> x, y;
  std::optional<bool> a, b;
};

// An expression's text, and what it means.
struct Expected {
  std::string text;
  std::function<Outcome(const Row&)> value;
};

Outcome of(std::optional<Int> value) { return {false, value}; }
Outcome of(bool value) { return {false, value ? 1 : 0}; }

// A function of two values that are there.
Expected strict(const char* symbol, Expected left, Expected right, Outcome (*compute)(Int, Int)) {
  return {"(" + left.text + " " + symbol + " " + right.text + ")", [left, right, compute](const Row& row) {
            const Outcome l = left.value(row);
            const Outcome r = right.value(row);
            if (l.failed || r.failed) return kFailed;
            return l.value && r.value ? compute(*l.value, *r.value) : kNull;
          }};
}

template <bool (*kOverflows)(Int, Int, Int*)>
Outcome checked(Int a, Int b) {
  Int result = 0;
  return kOverflows(a, b, &result) ? kFailed : of(std::optional(result));
}
bool add(Int a, Int b, Int* result) { return __builtin_add_overflow(a, b, result); }
bool subtract(Int a, Int b, Int* result) { return __builtin_sub_overflow(a, b, result); }
bool multiply(Int a, Int b, Int* result) { return __builtin_mul_overflow(a, b, result); }
bool divide(Int a, Int b, Int* result) {
  if (b == 0 || (a == std::numeric_limits<Int>::min() && b == -1)) return true;
  *result = a / b;
  return false;
}
bool remainder(Int a, Int b, Int* result) {
  if (b == 0) return true;
  *result = b == -1 ? 0 : a % b;
  return false;
}

// `and` where deciding is 0, `or` where it is 1.
Expected logic(const char* word, Int deciding, Expected left, Expected right) {
  return {"(" + left.text + " " + word + " " + right.text + ")", [left, right, deciding](const Row& row) {
            const Outcome l = left.value(row);
            if (l.failed || l.value == deciding) return l;
            const Outcome r = right.value(row);
            if (r.failed || r.value == deciding) return r;
            return l.value && r.value ? of(std::optional(1 - deciding)) : kNull;
          }};
}

Expected number(int depth);
Expected truth(int depth);

Expected chosen(int depth) {
  const Expected condition = truth(depth - 1), then = number(depth - 1), otherwise = number(depth - 1);
  return {"case when " + condition.text + " then " + then.text + " else " + otherwise.text + " end",
          [=](const Row& row) {
            const Outcome held = condition.value(row);
            if (held.failed) return kFailed;
            return held.value == 1 ? then.value(row) : otherwise.value(row);
          }};
}

Expected first_of(int depth) {
  const Expected first = number(depth - 1), second = number(depth - 1);
  return {"coalesce(" + first.text + ", " + second.text + ")", [=](const Row& row) {
            const Outcome value = first.value(row);
            return value.failed || value.value ? value : second.value(row);
          }};
}

Expected null_if(int depth) {
  const Expected left = number(depth - 1), right = number(depth - 1);
  return {"nullif(" + left.text + ", " + right.text + ")", [=](const Row& row) {
            const Outcome l = left.value(row), r = right.value(row);
            if (l.failed || r.failed) return kFailed;
            return l.value && l.value == r.value ? kNull : l;
          }};
}

Expected greatest(int depth) {
  const Expected left = number(depth - 1), right = number(depth - 1);
  return {"greatest(" + left.text + ", " + right.text + ")", [=](const Row& row) {
            const Outcome l = left.value(row), r = right.value(row);
            if (l.failed || r.failed) return kFailed;
            if (!l.value || !r.value) return l.value ? l : r;
            return *l.value >= *r.value ? l : r;
          }};
}

Expected number(int depth) {
  switch (*rc::gen::inRange(0, depth <= 0 ? 3 : 12)) {
    case 0:
      return {"x", [](const Row& row) { return of(row.x); }};
    case 1:
      return {"y", [](const Row& row) { return of(row.y); }};
    case 2: {
      const Int literal = *rc::gen::inRange<Int>(-3, 4);
      return {"(" + std::to_string(literal) + ")",
              [literal](const Row&) { return of(std::optional(literal)); }};
    }
    case 3:
      return strict("+", number(depth - 1), number(depth - 1), checked<add>);
    case 4:
      return strict("-", number(depth - 1), number(depth - 1), checked<subtract>);
    case 5:
      return strict("*", number(depth - 1), number(depth - 1), checked<multiply>);
    case 6:
      return strict("//", number(depth - 1), number(depth - 1), checked<divide>);
    case 7:
      return strict("%", number(depth - 1), number(depth - 1), checked<remainder>);
    case 8:
      return chosen(depth);
    case 9:
      return first_of(depth);
    case 10:
      return null_if(depth);
    default:
      return greatest(depth);
  }
}

Expected is_null(int depth) {
  const Expected tested = number(depth - 1);
  return {"(" + tested.text + " is null)", [=](const Row& row) {
            const Outcome value = tested.value(row);
            return value.failed ? kFailed : of(!value.value.has_value());
          }};
}

Expected negation(int depth) {
  const Expected negated = truth(depth - 1);
  return {"(not " + negated.text + ")", [=](const Row& row) {
            const Outcome value = negated.value(row);
            return value.value ? of(*value.value == 0) : value;
          }};
}

Expected member(int depth) {
  const Expected tested = number(depth - 1);
  return {"(" + tested.text + " in (1, 2, null))", [=](const Row& row) {
            const Outcome value = tested.value(row);
            if (value.failed || !value.value) return value;
            return *value.value == 1 || *value.value == 2 ? of(true) : kNull;
          }};
}

Expected truth(int depth) {
  switch (*rc::gen::inRange(0, depth <= 0 ? 2 : 10)) {
    case 0:
      return {"a", [](const Row& row) { return row.a ? of(*row.a) : kNull; }};
    case 1:
      return {"b", [](const Row& row) { return row.b ? of(*row.b) : kNull; }};
    case 2:
      return strict("<", number(depth - 1), number(depth - 1), [](Int l, Int r) { return of(l < r); });
    case 3:
      return strict(">=", number(depth - 1), number(depth - 1), [](Int l, Int r) { return of(l >= r); });
    case 4:
      return strict("=", number(depth - 1), number(depth - 1), [](Int l, Int r) { return of(l == r); });
    case 5:
      return logic("and", 0, truth(depth - 1), truth(depth - 1));
    case 6:
      return logic("or", 1, truth(depth - 1), truth(depth - 1));
    case 7:
      return is_null(depth);
    case 8:
      return negation(depth);
    default:
      return member(depth);
  }
}

std::optional<Int> random_number(bool nulls) {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return std::numeric_limits<Int>::max();
    case 1:
      return std::numeric_limits<Int>::min();
    case 2:
      return nulls ? std::nullopt : std::optional<Int>(0);
    default:
      return *rc::gen::inRange<Int>(-3, 4);
  }
}
std::optional<bool> random_truth(bool nulls) {
  const int value = *rc::gen::inRange(0, nulls ? 3 : 2);
  return value == 2 ? std::nullopt : std::optional(value == 1);
}

void expect_as_the_reference(const Expected& expected, Type type) {
  const bool nulls = *rc::gen::arbitrary<bool>();
  const bool x_has_no_value = *rc::gen::inRange(0, 4) == 0;
  std::vector<Row> rows(static_cast<std::size_t>(*rc::gen::inRange(1, 20)));
  Values<Int> x, y;
  Values<bool> a, b;
  for (Row& row : rows) {
    row = {x_has_no_value ? std::nullopt : random_number(nulls), random_number(nulls), random_truth(nulls),
           random_truth(nulls)};
    x.push_back(row.x);
    y.push_back(row.y);
    a.push_back(row.a);
    b.push_back(row.b);
  }
  std::vector<std::uint32_t> picked;
  for (std::uint32_t row = 0; row < rows.size(); ++row)
    if (*rc::gen::arbitrary<bool>()) picked.push_back(row);
  const RowSet set = *rc::gen::arbitrary<bool>() ? RowSet::range(0, rows.size()) : testing::row_list(picked);

  Table table = Table().integers("y", y).booleans("a", a).booleans("b", b);
  x_has_no_value ? table.nulls("x", rows.size()) : table.integers("x", x);
  const std::vector<std::string> actual = testing::evaluate(expected.text, table, set);
  RC_LOG() << expected.text << '\n';
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Outcome outcome = expected.value(rows[set[i]]);
    if (outcome.failed) {
      RC_ASSERT(actual[i].substr(0, 7) == "error: ");
      continue;
    }
    const std::string text = !outcome.value          ? "NULL"
                             : type == Type::boolean ? (*outcome.value != 0 ? "true" : "false")
                                                     : std::to_string(*outcome.value);
    RC_ASSERT(actual[i] == text);
  }
}

RC_GTEST_PROP(RandomExpression, ComesToTheSameNumbersRowByRow, ()) {
  expect_as_the_reference(number(*rc::gen::inRange(1, 5)), Type::int64);
}

RC_GTEST_PROP(RandomExpression, ComesToTheSameTruthsRowByRow, ()) {
  expect_as_the_reference(truth(*rc::gen::inRange(1, 5)), Type::boolean);
}

}  // namespace
}  // namespace weir
