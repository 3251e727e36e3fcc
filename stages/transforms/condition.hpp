// Conditions: expressions that are true, false or NULL, and the rows of a batch by which of these they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "weir/expression.hpp"
#include "weir/options.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// Binds an expression that must be a condition. Reports, and gives nothing, where it does not fit or is
/// none: `who` is how the message begins, as in "a filter".
std::optional<BoundExpression> bind_condition(const ConfiguredExpression& configured, const Schema& input,
                                              const VariableLookup& variables, std::string_view who,
                                              Problems& problems);

/// The rows for which a condition is true, or else those for which it is false or NULL. Requires a column of
/// booleans with Encoding::values.
std::vector<std::uint32_t> rows_where(const RowSet& rows, const Column& condition, bool is_true);

/// A batch of these rows of `batch`.
std::shared_ptr<const RecordBatch> with_row_list(const RecordBatch& batch, std::vector<std::uint32_t> rows);

}  // namespace weir
