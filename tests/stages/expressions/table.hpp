// Small tables for tests of expressions, and their evaluation to text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/records/value_text.hpp"
#include "weir/expression.hpp"
#include "weir/record_batch.hpp"

namespace weir::testing {

template <class T>
using Values = std::vector<std::optional<T>>;

inline void store(ColumnBuilder& builder, std::size_t row, bool value) {
  builder.values<std::uint8_t>()[row] = value ? 1 : 0;
}
inline void store(ColumnBuilder& builder, std::size_t row, std::int64_t value) {
  builder.values<std::int64_t>()[row] = value;
}
inline void store(ColumnBuilder& builder, std::size_t row, double value) {
  builder.values<double>()[row] = value;
}
inline void store(ColumnBuilder& builder, std::size_t row, const std::string& value) {
  builder.set_copy(row, value);
}

/// Collects columns, then gives a batch of all or some of their rows.
class Table {
 public:
  template <class T>
  Table& with(std::string name, Type type, const Values<T>& values) {
    ColumnBuilder builder(type, values.size());
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (values[row]) {
        store(builder, row, *values[row]);
      } else {
        builder.set_null(row);
      }
    }
    fields_.push_back({std::move(name), type});
    columns_.push_back(std::move(builder).finish());
    return *this;
  }
  Table& booleans(std::string name, const Values<bool>& values) {
    return with(std::move(name), Type::boolean, values);
  }
  Table& integers(std::string name, const Values<std::int64_t>& values) {
    return with(std::move(name), Type::int64, values);
  }
  Table& doubles(std::string name, const Values<double>& values) {
    return with(std::move(name), Type::float64, values);
  }
  Table& strings(std::string name, const Values<std::string>& values) {
    return with(std::move(name), Type::string, values);
  }
  /// A column that is known to have no value.
  Table& nulls(std::string name, std::size_t rows) {
    strings(std::move(name), Values<std::string>(rows));
    fields_.back().always_null = true;
    return *this;
  }
  /// Written as ISO texts.
  Table& times(std::string name, const std::vector<std::string_view>& values) {
    Values<std::int64_t> micros;
    for (const std::string_view text : values)
      micros.push_back(parse_timestamp(text));
    return with(std::move(name), Type::timestamp, micros);
  }

  Schema schema() const { return Schema(fields_); }
  std::size_t size() const { return columns_.empty() ? 1 : columns_.front()->size(); }
  RecordBatch batch(RowSet rows) const {
    return RecordBatch(std::make_shared<const Schema>(fields_), columns_, std::move(rows));
  }
  RecordBatch batch() const { return batch(RowSet::range(0, size())); }

 private:
  std::vector<Field> fields_;
  std::vector<ColumnPtr> columns_;
};

inline RowSet row_list(std::vector<std::uint32_t> rows) {
  return RowSet::list(std::make_shared<const std::vector<std::uint32_t>>(std::move(rows)));
}

/// Values as text, one a row; NULL, or "error: ..." where there is none.
inline std::vector<std::string> evaluate(std::string_view text, const Table& table, const RowSet& rows,
                                         const VariableLookup& variables = {}) {
  const BoundExpression bound = Expression::parse(text).bind(table.schema(), variables);
  RowErrors errors;
  const ColumnPtr column = bound.evaluate(table.batch(rows), errors);
  std::vector<std::string> values;
  rows.for_each([&](std::size_t row) {
    std::string value;
    append_value(value, *column, row);
    if (!column->is_valid(row)) value = "NULL";
    for (const RowErrors::Entry& entry : errors.entries())
      if (entry.physical_row == row)
        value = (column->is_valid(row) ? "not NULL: " : "error: ") + entry.message;
    values.push_back(std::move(value));
  });
  return values;
}

inline std::vector<std::string> evaluate(std::string_view text, const Table& table) {
  return evaluate(text, table, RowSet::range(0, table.size()));
}

/// The value of an expression without columns.
inline std::string value_of(std::string_view text) { return evaluate(text, Table()).front(); }

}  // namespace weir::testing
