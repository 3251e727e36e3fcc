#include "stages/records/null_column.hpp"

#include <utility>

namespace weir {

ColumnPtr null_column(Type type, std::size_t rows) {
  ColumnBuilder builder(type, rows);
  for (std::size_t row = 0; row < rows; ++row)
    builder.set_null(row);
  return std::move(builder).finish();
}

}  // namespace weir
