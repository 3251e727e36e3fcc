// Keys as messages name them. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "weir/column.hpp"

namespace weir {

/// "`SFO`, `12`, NULL": the values of a record in some columns, with Encoding::values.
std::string key_text(std::span<const ColumnPtr> columns, std::size_t row);

}  // namespace weir
