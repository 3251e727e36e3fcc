// Columns in which there is no value.
#pragma once

#include <cstddef>

#include "weir/column.hpp"

namespace weir {

/// A column of this type that is NULL at every row.
ColumnPtr null_column(Type type, std::size_t rows);

}  // namespace weir
