// The column that tells from which file a record is.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "weir/column.hpp"

namespace weir {

/// `rows` times the same path.
inline ColumnPtr source_column(std::shared_ptr<const std::string> path, std::size_t rows) {
  ColumnBuilder builder(Type::string, rows);
  for (std::size_t row = 0; row < rows; ++row)
    builder.set_view(row, *path);
  builder.keep(std::move(path));
  return std::move(builder).finish();
}

}  // namespace weir
