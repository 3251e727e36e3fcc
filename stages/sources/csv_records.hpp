// CSV records that are in memory already, each by itself: those that a reader refused earlier.
#pragma once

#include <memory>
#include <vector>

#include "stages/sources/csv_source.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Makes sources that decode each of `records` as `reading` says, with the origin that it had. They may live
/// longer than the arguments.
SourceSpec csv_records_source(std::shared_ptr<const CsvReading> reading,
                              const std::vector<RawRecord>& records);

}  // namespace weir
