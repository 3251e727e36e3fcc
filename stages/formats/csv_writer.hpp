// Records as CSV text. Pure functions over batches.
#pragma once

#include <string>

#include "stages/formats/csv_dialect.hpp"
#include "weir/record_batch.hpp"
#include "weir/schema.hpp"

namespace weir::csv {

/// Appends the names as a record.
void append_header(std::string& to, const Schema& schema, const Dialect& dialect);

/// Appends a batch's records. Quotes stand only where a reader needs them: around delimiters, quotes, line
/// ends, and text that would else be read as NULL. NULL is the dialect's `null_text`, an empty string is "".
/// Columns with Encoding::text are written as they were read.
void append_records(std::string& to, const RecordBatch& batch, const Dialect& dialect);

}  // namespace weir::csv
