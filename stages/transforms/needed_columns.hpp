// Letting go of columns before a batch is retained.
#pragma once

#include <memory>

#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// The same batch without the columns that nobody needs.
inline std::shared_ptr<const RecordBatch> keep_needed_columns(const RecordBatch& batch, const Needs& needs) {
  std::vector<ColumnPtr> columns = batch.columns();
  for (std::size_t column = 0; column < columns.size(); ++column)
    if (needs[column] == Need::none) columns[column] = nullptr;
  return batch.with_columns(batch.schema_ptr(), std::move(columns));
}

}  // namespace weir
