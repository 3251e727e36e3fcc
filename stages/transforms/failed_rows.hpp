// What the transforms do with rows that an expression could not compute: refuse them, and go on with the
// others.
#pragma once

#include <cstddef>
#include <vector>

#include "weir/emitter.hpp"
#include "weir/expression.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// Rejects every row of `errors` that is one of `rows` (as class data), and gives the rows that are left.
/// `first` is the place of the first of `rows` in the batch that was handed to the stage.
RowSet reject_failed_rows(const RowSet& rows, const RowErrors& errors, Emitter& out, std::size_t first = 0);

/// The rows that are left, without rejecting the others yet.
RowSet without_failed_rows(const RowSet& rows, const RowErrors& errors);

}  // namespace weir
