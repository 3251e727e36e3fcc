// Calls of window functions: what a config writes, bound to the columns. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "weir/expression.hpp"
#include "weir/options.hpp"

namespace weir {

/// What a window function tells a record of the records around it, in their order within a partition.
enum class WindowFunction : unsigned char {
  row_number,
  rank,
  dense_rank,
  lag,
  lead,
  first_value,
  last_value,
  count,
  sum,
  avg,
  min,
  max,
  session,  ///< of the stage of that name: how many gaps there have been, and one
};

struct WindowCall {
  WindowFunction function = WindowFunction::row_number;
  std::optional<BoundExpression> argument;  ///< of which column; none: count(*) and the functions of places
  std::int64_t distance = 1;  ///< of lag and lead, in records; of session, the gap in microseconds
  Field result;               ///< the column that it becomes

  /// The result is a value of the argument at some record, as it is.
  bool is_a_value() const noexcept;
};

/// Binds `name: function(...)`. Throws ExpressionError, with the nearest name where it is no window function.
WindowCall bind_window_call(const ConfiguredExpression& configured, const Schema& input,
                            const VariableLookup& variables);

}  // namespace weir
