// Which records can still be among the best, by their first key alone: with a limit nearly none can, and it
// is not worth to write the keys of the others. Pure functions.
#pragma once

#include "stages/transforms/sort_order.hpp"

namespace weir {

/// Those of a chunk's rows whose first key is not after that of row `worst_row` of the chunk `worst`. Both
/// have at least one key; `descending`: which way the first one goes.
RowSet rows_not_after(const SortChunk& chunk, const RowSet& rows, const SortChunk& worst,
                      std::uint32_t worst_row, bool descending);

}  // namespace weir
