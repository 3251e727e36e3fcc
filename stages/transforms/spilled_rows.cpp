#include "stages/transforms/spilled_rows.hpp"

#include <string>
#include <utility>

#include "stages/transforms/place_columns.hpp"

namespace weir {
namespace {

std::vector<RecordPlace> all_places(const AggregateRows& rows) {
  std::vector<RecordPlace> places(rows.keys[0]->size());
  rows.rows.for_each([&](std::size_t row) { places[row] = rows.places[row]; });
  return places;
}

}  // namespace

SpilledRows::SpilledRows(std::span<const Type> key_types, std::span<const AggregateExpression::Call> calls)
    : keys_(key_types.size()) {
  std::vector<Field> fields;
  const auto add = [&](Type type) { fields.push_back({std::to_string(fields.size()), type}); };
  for (const Type type : key_types)
    add(type);
  for (const AggregateExpression::Call& call : calls) {
    for (const auto* part : {&call.argument, &call.key, &call.filter})
      if (*part) add((*part)->type());
    calls_.push_back({call.argument.has_value(), call.key.has_value(), call.filter.has_value()});
  }
  for (Field& field : place_fields())
    fields.push_back(std::move(field));
  schema_ = std::make_shared<const Schema>(std::move(fields));
}

std::vector<ColumnPtr> SpilledRows::columns_of(const AggregateRows& rows) const {
  std::vector<ColumnPtr> columns(rows.keys.begin(), rows.keys.end());
  for (const CallColumns& call : rows.calls)
    for (const ColumnPtr* part : {&call.argument, &call.key, &call.filter})
      if (*part) columns.push_back(*part);
  for (ColumnPtr& column : place_columns(all_places(rows)))
    columns.push_back(std::move(column));
  return columns;
}

SpilledRows::Read SpilledRows::read(const RecordBatch& batch) const {
  const std::span<const ColumnPtr> columns(batch.columns());
  Read read;
  read.keys_.assign(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(keys_));
  std::size_t next = keys_;
  const auto take = [&](bool has) { return has ? columns[next++] : nullptr; };
  for (const Call& call : calls_) {
    CallColumns& into = read.calls_.emplace_back();
    into.argument = take(call.argument);
    into.key = take(call.key);
    into.filter = take(call.filter);
  }
  read.places_ = places_in(columns.subspan(next));
  return read;
}

}  // namespace weir
