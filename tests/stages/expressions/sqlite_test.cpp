// Random expressions over random tables against SQLite. Where the two mean something different on purpose,
// docs/sql.md says so and tests/stages/expressions/random_sql.cpp makes none of it.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/stages/expressions/random_sql.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "weir/expression.hpp"

namespace weir {
namespace {

using testing::Kind;
using testing::RandomSql;
using testing::SqlPair;

constexpr std::size_t kTables = 120;
constexpr std::size_t kExpressionsEach = 100;
constexpr std::size_t kRows = 16;
constexpr int kDepthMax = 5;

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

// A table in memory that SQLite answers from.
class SqliteTable {
 public:
  SqliteTable() {
    sqlite3* database = nullptr;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) throw std::runtime_error("sqlite3_open");
    database_.reset(database);
    run("pragma case_sensitive_like = on");
    run("create table t (a integer, b integer, x real, y real, s text, t text, p integer, q integer, d text, "
        "e text)");
  }
  void add(const std::vector<std::string>& literals) {
    std::string row;
    for (const std::string& literal : literals)
      row += (row.empty() ? "" : ", ") + literal;
    run("insert into t values (" + row + ")");
  }
  /// Calls visit(row, statement) with a value in column 0.
  template <class Visit>
  void select(const std::string& expression, Visit&& visit) {
    const auto statement = prepared("select " + expression + " from t order by rowid");
    for (std::size_t row = 0; sqlite3_step(statement.get()) == SQLITE_ROW; ++row)
      visit(row, statement.get());
  }

 private:
  using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

  Statement prepared(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(database_.get()));
    return Statement(statement);
  }
  void run(const std::string& sql) { sqlite3_step(prepared(sql).get()); }

  std::unique_ptr<sqlite3, CloseDatabase> database_;
};

// What a literal is in the notation of `table`.
std::string cell_of(std::string literal) {
  if (literal == "null") return "~";
  if (literal.front() != '\'') return literal;
  literal = literal.substr(1, literal.size() - 2);
  for (std::size_t quote = 0; (quote = literal.find("''", quote)) != std::string::npos; ++quote)
    literal.erase(quote, 1);
  return literal;
}

std::shared_ptr<const RecordBatch> random_table(RandomSql& random, SqliteTable& theirs) {
  constexpr Kind kColumns[] = {Kind::integer, Kind::integer, Kind::real,  Kind::real, Kind::text,
                               Kind::text,    Kind::truth,   Kind::truth, Kind::day,  Kind::day};
  std::vector<std::string> lines;
  for (std::size_t row = 0; row < kRows; ++row) {
    std::vector<std::string> literals;
    std::string line;
    for (const Kind kind : kColumns) {
      literals.push_back(random.literal(kind));
      line += (line.empty() && literals.size() == 1 ? "" : ", ") + cell_of(literals.back());
    }
    theirs.add(literals);
    lines.push_back(std::move(line));
  }
  return testing::table(
      "a: int64, b: int64, x: double, y: double, s: string, t: string, p: bool, q: bool, d: date, e: date",
      lines);
}

std::string our_value(const Column& column, std::size_t row) {
  if (!column.is_valid(row)) return "NULL";
  if (column.type() == Type::boolean) return column.values<std::uint8_t>()[row] != 0 ? "1" : "0";
  std::string text;
  append_value(text, column, row);
  return text;
}

// Doubles are the same bits, save that zero has two signs.
bool same_double(const Column& column, std::size_t row, double theirs) {
  return column.values<double>()[row] == theirs;
}

bool is_same(const Column& column, std::size_t row, sqlite3_stmt* theirs) {
  if (sqlite3_column_type(theirs, 0) == SQLITE_NULL) return !column.is_valid(row);
  if (!column.is_valid(row)) return false;
  switch (column.type()) {
    case Type::float64:
      return same_double(column, row, sqlite3_column_double(theirs, 0));
    default:
      return our_value(column, row) == reinterpret_cast<const char*>(sqlite3_column_text(theirs, 0));
  }
}

struct Difference {
  SqlPair expression;
  std::string values;
};

struct Comparison {
  std::size_t compared = 0;
  std::size_t failed = 0;  ///< rows that are errors here
  std::vector<Difference> differences = {};
};

void compare(const SqlPair& expression, const RecordBatch& batch, SqliteTable& theirs, Comparison& result) {
  RowErrors errors;
  const ColumnPtr column = Expression::parse(expression.ours).bind(batch.schema()).evaluate(batch, errors);
  std::optional<Difference> difference;
  theirs.select(expression.theirs, [&](std::size_t row, sqlite3_stmt* statement) {
    if (errors.contains(row)) {
      ++result.failed;
      return;
    }
    ++result.compared;
    if (difference || is_same(*column, row, statement)) return;
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    difference = {expression, "row " + std::to_string(row) + " is " + our_value(*column, row) + ", and " +
                                  (text == nullptr ? "NULL" : text) + " in SQLite"};
  });
  if (difference) result.differences.push_back(std::move(*difference));
}

TEST(Sqlite, AgreesAboutRandomExpressions) {
  Comparison result;
  for (std::size_t seed = 0; seed < kTables; ++seed) {
    RandomSql random(seed);
    SqliteTable theirs;
    const auto batch = random_table(random, theirs);
    for (std::size_t i = 0; i < kExpressionsEach; ++i) {
      const SqlPair expression = random.of(random.kind(), 1 + static_cast<int>(random.below(kDepthMax)));
      ASSERT_NO_THROW(compare(expression, *batch, theirs, result)) << expression.ours << '\n'
                                                                   << expression.theirs;
    }
  }
  // The shortest tell most.
  std::sort(result.differences.begin(), result.differences.end(),
            [](const Difference& a, const Difference& b) {
              return a.expression.ours.size() < b.expression.ours.size();
            });
  constexpr std::size_t kShown = 8;
  for (std::size_t i = 0; i < std::min(kShown, result.differences.size()); ++i)
    ADD_FAILURE() << result.differences[i].expression.ours << '\n'
                  << result.differences[i].expression.theirs << '\n'
                  << result.differences[i].values;
  EXPECT_EQ(result.differences.size(), 0u);
  EXPECT_GT(result.compared, kTables * kExpressionsEach * kRows * 9 / 10)
      << "too many rows fail: " << result.failed;
}

}  // namespace
}  // namespace weir
