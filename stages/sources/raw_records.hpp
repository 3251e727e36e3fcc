// Records that are in memory already, each by itself: those that a reader refused earlier.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "stages/sources/range_source.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Makes a reader of a format.
using MakeRangeSource = std::function<std::unique_ptr<RangeSource>()>;

/// Makes sources that decode each of `records` as the sources that `make_reader` makes do, with the origin
/// that it had. They may live longer than the arguments. Readers are never opened: they only decode.
SourceSpec raw_records_source(MakeRangeSource make_reader, const RangeReading& reading,
                              const std::vector<RawRecord>& records);

}  // namespace weir
