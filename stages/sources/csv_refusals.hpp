// The words with which a CSV reader refuses records.
#pragma once

#include <cstddef>

#include "stages/formats/csv_decoder.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/sources/csv_source.hpp"
#include "weir/error.hpp"

namespace weir {

/// Why a value was refused: "column delay: 'abc' is not an int64; add `types: {delay: string}` to ...".
ErrorInfo describe_misfit(const csv::Misfit& misfit, const CsvReading& reading);
/// Why a record of a file was refused.
ErrorInfo describe_misshape(const csv::MisshapenRow& row, const CsvReading& reading, std::size_t file);

}  // namespace weir
