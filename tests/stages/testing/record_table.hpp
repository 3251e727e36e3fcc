// Batches written down as a few lines of text, for tests.
//
//     table("origin: string, delay: int64", {"SFO, 12", "LAX, ~"})      ~ is NULL
//     table("origin: string, delay: null", {"SFO, ~"})                  a column known to have no value
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/records/value_text.hpp"
#include "weir/record_batch.hpp"

namespace weir::testing {

inline std::vector<std::string> split_cells(std::string_view line) {
  std::vector<std::string> cells;
  for (;;) {
    const std::size_t comma = line.find(", ");
    cells.emplace_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 2);
  }
}

inline Schema make_schema(std::string_view text) {
  std::vector<Field> fields;
  for (const std::string& cell : split_cells(text)) {
    const std::size_t colon = cell.find(": ");
    const std::string_view type = std::string_view(cell).substr(colon + 2);
    const bool always_null = type == "null";
    fields.push_back({cell.substr(0, colon), always_null ? Type::string : *type_named(type), always_null});
  }
  return Schema(std::move(fields));
}

inline void set_cell(ColumnBuilder& column, Type type, std::size_t row, std::string_view text) {
  if (text == "~") return column.set_null(row);
  switch (type) {
    case Type::boolean:
      column.values<std::uint8_t>()[row] = *parse_boolean(text) ? 1 : 0;
      return;
    case Type::int64:
      column.values<std::int64_t>()[row] = *parse_int64(text);
      return;
    case Type::float64:
      column.values<double>()[row] = *parse_double(text);
      return;
    case Type::timestamp:
      column.values<std::int64_t>()[row] = *parse_timestamp(text);
      return;
    case Type::date:
      column.values<std::int64_t>()[row] = *parse_date(text);
      return;
    case Type::string:
      return column.set_copy(row, text);
  }
}

inline std::shared_ptr<const RecordBatch> table(const Schema& schema, const std::vector<std::string>& lines) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : lines)
    rows.push_back(split_cells(line));
  std::vector<ColumnPtr> columns;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    ColumnBuilder column(schema[i].type, rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row)
      set_cell(column, schema[i].type, row, rows[row].at(i));
    columns.push_back(std::move(column).finish());
  }
  return std::make_shared<RecordBatch>(std::make_shared<const Schema>(schema), std::move(columns),
                                       RowSet::range(0, rows.size()));
}

inline std::shared_ptr<const RecordBatch> table(std::string_view schema,
                                                const std::vector<std::string>& lines) {
  return table(make_schema(schema), lines);
}

/// A batch's records in the notation of `table`.
inline std::vector<std::string> lines_of(const RecordBatch& batch) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    std::string line;
    for (std::size_t column = 0; column < batch.columns().size(); ++column) {
      if (column > 0) line += ", ";
      const ColumnPtr& values = batch.columns()[column];
      if (values == nullptr) {
        line += "(unneeded)";
      } else if (!values->is_valid(batch.row_set()[i])) {
        line += "~";
      } else {
        append_value(line, *values, batch.row_set()[i]);
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

inline std::vector<std::string> lines_of(const std::vector<Batch>& batches) {
  std::vector<std::string> lines;
  for (const Batch& batch : batches)
    for (std::string& line : lines_of(as_records(batch)))
      lines.push_back(std::move(line));
  return lines;
}

}  // namespace weir::testing
