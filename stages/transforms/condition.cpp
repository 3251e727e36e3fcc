#include "stages/transforms/condition.hpp"

#include <memory>
#include <string>
#include <utility>

namespace weir {
namespace {

using RowList = std::vector<std::uint32_t>;

// Appends without branching on the outcome, which nobody can predict: each row is written, and counted if it
// passes.
template <class Passes>
RowList rows_that_pass(const RowSet& rows, Passes passes) {
  RowList list(rows.size() + 1);
  std::size_t count = 0;
  rows.for_each([&](std::size_t row) {
    list[count] = static_cast<std::uint32_t>(row);
    count += passes(row) ? 1 : 0;
  });
  list.resize(count);
  return list;
}

}  // namespace

std::optional<BoundExpression> bind_condition(const ConfiguredExpression& configured, const Schema& input,
                                              const VariableLookup& variables, std::string_view who,
                                              Problems& problems) {
  try {
    const BoundExpression bound = configured.expression.bind(input, variables);
    if (const auto condition = bound.as(Type::boolean)) return condition;
    problems.add({configured.where, configured.field,
                  std::string(who) + " needs a condition, true or false; this is a " +
                      std::string(to_string(bound.type())) + ": " + configured.written,
                  "compare it with something: " + configured.written + " <> ...", configured.written.size()});
  } catch (const ExpressionError& error) {
    report(problems, configured, error);
  }
  return std::nullopt;
}

RowList rows_where(const RowSet& rows, const Column& condition, bool is_true) {
  const auto* values = condition.values<std::uint8_t>();
  if (!condition.has_nulls())
    return rows_that_pass(rows, [=](std::size_t row) { return (values[row] != 0) == is_true; });
  return rows_that_pass(
      rows, [&](std::size_t row) { return (condition.is_valid(row) && values[row] != 0) == is_true; });
}

std::shared_ptr<const RecordBatch> with_row_list(const RecordBatch& batch, RowList rows) {
  return batch.with_rows(RowSet::list(std::make_shared<const RowList>(std::move(rows))));
}

}  // namespace weir
