// Batches written down in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/column.hpp"
#include "weir/record_batch.hpp"

namespace weir::testing {

template <class Value>
ColumnPtr number_column(Type type, const std::vector<std::optional<Value>>& values) {
  ColumnBuilder builder(type, values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row])
      builder.values<Value>()[row] = *values[row];
    else
      builder.set_null(row);
  }
  return std::move(builder).finish();
}

inline ColumnPtr integers(const std::vector<std::optional<std::int64_t>>& values) {
  return number_column(Type::int64, values);
}
inline ColumnPtr doubles(const std::vector<std::optional<double>>& values) {
  return number_column(Type::float64, values);
}

/// A column whose bytes are merely copied.
inline ColumnPtr text_column(Type type, const std::vector<std::optional<std::string>>& values) {
  ColumnBuilder builder(type, values.size(), Encoding::text);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row])
      builder.set_copy(row, *values[row]);
    else
      builder.set_null(row);
  }
  return std::move(builder).finish();
}

inline ColumnPtr strings(const std::vector<std::optional<std::string>>& values) {
  ColumnBuilder builder(Type::string, values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row])
      builder.set_copy(row, *values[row]);
    else
      builder.set_null(row);
  }
  return std::move(builder).finish();
}

/// Columns by name, all of one length; at least one.
inline std::shared_ptr<const RecordBatch> batch_of(
    const std::vector<std::pair<std::string, ColumnPtr>>& named) {
  std::vector<Field> fields;
  std::vector<ColumnPtr> columns;
  for (const auto& [name, column] : named) {
    fields.push_back({name, column->type()});
    columns.push_back(column);
  }
  const std::size_t rows = columns.front()->size();
  return std::make_shared<const RecordBatch>(std::make_shared<const Schema>(std::move(fields)),
                                             std::move(columns), RowSet::range(0, rows));
}

}  // namespace weir::testing
