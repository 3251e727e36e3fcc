#include "stages/transforms/key_text.hpp"

#include "stages/records/value_text.hpp"

namespace weir {

std::string key_text(std::span<const ColumnPtr> columns, std::size_t row) {
  std::string text;
  for (const ColumnPtr& column : columns) {
    text += text.empty() ? "" : ", ";
    if (!column->is_valid(row)) {
      text += "NULL";
      continue;
    }
    text += "`";
    append_value(text, *column, row);
    text += "`";
  }
  return text;
}

}  // namespace weir
