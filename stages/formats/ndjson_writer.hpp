// Records as newline-delimited JSON: one object a line. Pure functions over batches.
#pragma once

#include <string>

#include "weir/record_batch.hpp"

namespace weir {

/// Appends a batch's records. NULL is null, and so is a double that JSON has no number for; timestamps are
/// ISO strings.
void append_ndjson(std::string& to, const RecordBatch& batch);

}  // namespace weir
