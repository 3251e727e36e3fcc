// Places of records as columns, so that they can be put on disk beside the records. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "stages/transforms/record_place.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// The fields of the columns.
std::vector<Field> place_fields();

/// Comparing the columns, one after another, compares the places.
std::vector<ColumnPtr> place_columns(std::span<const RecordPlace> places);

/// The places that `columns` were made of. `columns`: as place_columns gives them.
std::vector<RecordPlace> places_in(std::span<const ColumnPtr> columns);

}  // namespace weir
