// The words with which a CSV reader refuses records, and the records as they were written.
#pragma once

#include <cstddef>

#include "stages/formats/csv_decoder.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/sources/csv_range.hpp"
#include "stages/sources/csv_source.hpp"
#include "weir/error.hpp"

namespace weir {

/// Why a value was refused: "column delay: 'abc' is not an int64; add `types: {delay: string}` to ...".
ErrorInfo describe_misfit(const csv::Misfit& misfit, const CsvReading& reading);
/// Why a record was refused.
ErrorInfo describe_misshape(const csv::MisshapenRow& row, const CsvReading& reading);

/// Bytes [begin, end) of a range, and where they were read.
Batch refused_record(const CsvRange& range, std::size_t begin, std::size_t end);

}  // namespace weir
