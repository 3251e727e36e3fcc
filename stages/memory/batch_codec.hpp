// Columns as bytes, for records that are put on disk and read back by the same process.
//
// Each column is its kind, which values are NULL, and the values as they lie in memory; strings are their
// lengths, then all their bytes. Nothing of it is meant for another version or machine. Pure functions.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/record_batch.hpp"

namespace weir {

/// Appends `rows` of columns, which have one length; a null column stays one.
void append_columns(std::string& to, std::span<const ColumnPtr> columns, const RowSet& rows);

/// A block of appended bytes, behind which StringSlot::kInline more can be read.
using SpillBlock = std::shared_ptr<const std::vector<char>>;

/// What was appended by one call.
struct ReadColumns {
  std::vector<ColumnPtr> columns;
  std::size_t rows = 0;  ///< the columns' length
  std::size_t end = 0;   ///< where the next begin in the block
};

/// Reads columns of these fields, which begin at `at`. Strings point into the block, which the columns keep
/// alive.
ReadColumns read_columns(const SpillBlock& block, std::size_t at, const Schema& schema);

}  // namespace weir
