// SQL scalar expressions: parsed, bound to a schema, evaluated by column.
//
//     Expression where = Expression::parse("delay > 15 and origin <> destination");
//     BoundExpression bound = where.bind(schema);
//     ColumnPtr mask = bound.evaluate(batch, errors);
//
// The meaning is DuckDB's (NULL is three-valued); deviations are listed in docs/sql.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "weir/record_batch.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Something is wrong with an expression's text. `offset` and `length` are bytes of that text; `mend` says
/// what to do about it ("did you mean `delay`?"), and may be empty. `ended_early`: the text ended in the
/// middle (an unclosed quote or parenthesis, a missing operand), as it does where YAML cut it.
class ExpressionError : public std::runtime_error {
 public:
  /// The members, as the class says.
  ExpressionError(std::size_t offset, std::size_t length, const std::string& message, std::string mend = {},
                  bool ended_early = false)
      : std::runtime_error(message),
        offset_(offset),
        length_(length),
        mend_(std::move(mend)),
        ended_early_(ended_early) {}
  std::size_t offset() const noexcept { return offset_; }
  std::size_t length() const noexcept { return length_; }
  const std::string& mend() const noexcept { return mend_; }
  bool ended_early() const noexcept { return ended_early_; }

 private:
  std::size_t offset_;
  std::size_t length_;
  std::string mend_;
  bool ended_early_;
};

/// The rows of a batch that an expression could not compute: a cast that fails, a division by zero, an
/// overflow. The values at these rows are NULL in the result. At most one error a row (the first).
class RowErrors {
 public:
  /// A row, and why it could not be computed.
  struct Entry {
    std::size_t physical_row;
    std::string message;
  };
  /// Does nothing where the row has an error already.
  void add(std::size_t physical_row, std::string message);
  bool empty() const noexcept { return entries_.empty(); }
  const std::vector<Entry>& entries() const noexcept { return entries_; }  ///< in the order they were found
  /// Whether the row has an error.
  bool contains(std::size_t physical_row) const noexcept;

 private:
  std::vector<Entry> entries_;
  std::vector<bool> seen_;  ///< by physical row, as far as the last that failed
};

namespace expressions {
struct Node;   // syntax, expressions/syntax.hpp
class Kernel;  // bound and executable, expressions/kernel.hpp
}  // namespace expressions

/// A literal that `$name` stands for.
struct Literal {
  std::optional<Type> type;  ///< nothing: NULL
  bool boolean = false;
  std::int64_t int64 = 0;  ///< also a timestamp's microseconds and a date's days
  double float64 = 0;
  std::string string;
};
/// Finds the value of `$name`; nothing: there is no such variable.
using VariableLookup = std::function<std::optional<Literal>(std::string_view name)>;

/// A bound expression: executable, immutable, shared by any number of threads.
class BoundExpression {
 public:
  /// The result's type. A bare NULL has type string.
  Type type() const noexcept;
  /// Whether the result is NULL at every row, and as NULL of no type of its own: a bare NULL, or a column of
  /// which the schema says so.
  bool always_null() const noexcept;
  /// The column that the result makes under a name.
  Field field(std::string name) const;
  /// The same as a value of a type that it becomes by itself: int64 becomes double, NULL all types. Nothing
  /// where it does not.
  std::optional<BoundExpression> as(Type type) const;
  /// The columns of the schema that are read, ascending, each once.
  const std::vector<std::size_t>& columns() const noexcept;
  /// If the expression is one column as it is: which.
  std::optional<std::size_t> plain_column() const noexcept;

  /// Evaluates at the batch's rows. The result has the batch's physical length; other rows' values are
  /// unspecified. Rows already in `errors` may be left out.
  ColumnPtr evaluate(const RecordBatch& batch, RowErrors& errors) const;

 private:
  friend class Expression;
  friend class AggregateExpression;
  std::shared_ptr<const expressions::Kernel> kernel_;
};

/// A parsed expression. Immutable; cheap to copy.
class Expression {
 public:
  /// Throws ExpressionError.
  static Expression parse(std::string_view text);
  /// A list separated by commas ("origin, delay / 60 as hours"): each with its `as` name or an empty one.
  static std::vector<std::pair<Expression, std::string>> parse_list(std::string_view text);

  /// Finds columns, variables and functions, and checks types. Throws ExpressionError; aggregate functions
  /// are refused here.
  BoundExpression bind(const Schema& schema, const VariableLookup& variables = {}) const;

  /// A name for the result where none was given: the column's, else the text.
  std::string default_name() const;
  const std::string& text() const noexcept { return text_; }

 private:
  friend class AggregateExpression;
  std::string text_;
  std::size_t offset_ = 0;  ///< of this expression in the text it was parsed from
  std::shared_ptr<const expressions::Node> root_;
};

}  // namespace weir
