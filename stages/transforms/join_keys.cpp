#include "stages/transforms/join_keys.hpp"

#include <string>

namespace weir {
namespace {

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

// A column's name as an expression. It is quoted, so that any name can stand there.
ConfiguredExpression column_expression(const std::string& name, const Location& where,
                                       const std::string& field) {
  return {name, Expression::parse(quoted_name(name)), where, field, name};
}

std::optional<BoundExpression> bind_side(const ConfiguredExpression& key, const Schema& schema,
                                         std::string_view side, const VariableLookup& variables,
                                         Problems& problems) {
  try {
    return key.expression.bind(schema, variables);
  } catch (const ExpressionError& error) {
    const ExpressionError told(error.offset(), error.length(),
                               "on the " + std::string(side) + " side: " + error.what(), error.mend());
    report(problems, key, told);
    return std::nullopt;
  }
}

void report_types(const ConfiguredJoinKey& key, Type left, Type right, Problems& problems) {
  const std::string cast = "cast(" + key.right.name + " as " + std::string(to_string(left)) + ")";
  problems.add(
      {key.left.where, key.left.field,
       "the two sides cannot be compared: left `" + key.left.name + "` is " + std::string(to_string(left)) +
           ", right `" + key.right.name + "` is " + std::string(to_string(right)),
       "give one of them the other's type: `types:` at its reader, or a derive before the join with " +
           cast});
}

// Gives both the same type, where one of them becomes the other's by itself.
bool make_same_type(BoundExpression& left, BoundExpression& right) {
  if (left.type() == right.type()) return true;
  if (const auto converted = left.as(right.type())) {
    left = *converted;
    return true;
  }
  if (const auto converted = right.as(left.type())) {
    right = *converted;
    return true;
  }
  return false;
}

}  // namespace

std::vector<ConfiguredJoinKey> read_join_keys(const Options& options) {
  std::vector<ConfiguredJoinKey> keys;
  const ConfigValue* on = options.value("on");
  if (on == nullptr || on->kind != ConfigValue::Kind::map) {
    for (ConfiguredExpression& each : options.expressions("on"))
      keys.push_back({each, each});
    return keys;
  }
  for (const auto& [left, right] : options.name_map("on")) {
    if (left.empty() || right.empty()) {
      options.problem("on", "a column without a name: `" + left + "` with `" + right + "`",
                      "write {left_column: right_column}");
      continue;
    }
    const ConfigValue* value = on->find(left);
    const std::string field = "on." + left;
    keys.push_back(
        {column_expression(left, value->where, field), column_expression(right, value->where, field)});
  }
  return keys;
}

std::vector<Type> JoinKeys::types() const {
  std::vector<Type> types;
  for (const BoundExpression& key : keys_)
    types.push_back(key.type());
  return types;
}

std::vector<ColumnPtr> JoinKeys::evaluate(const RecordBatch& batch, RowErrors& errors) const {
  std::vector<ColumnPtr> columns;
  columns.reserve(keys_.size());
  for (const BoundExpression& key : keys_)
    columns.push_back(weir::evaluate(key, batch, errors));
  return columns;
}

void JoinKeys::add_needs(Needs& needs) const {
  for (const BoundExpression& key : keys_)
    weir::add_needs(key, Need::value, needs);
}

BoundJoinKeys bind_join_keys(const std::vector<ConfiguredJoinKey>& keys, const Schema& left,
                             const Schema& right, const VariableLookup& variables, Problems& problems) {
  BoundJoinKeys bound;
  for (const ConfiguredJoinKey& key : keys) {
    auto left_key = bind_side(key.left, left, "left", variables, problems);
    auto right_key = bind_side(key.right, right, "right", variables, problems);
    if (!left_key || !right_key) continue;
    const auto left_column = left_key->plain_column();
    const auto right_column = right_key->plain_column();
    if (!make_same_type(*left_key, *right_key)) {
      report_types(key, left_key->type(), right_key->type(), problems);
      continue;
    }
    bound.left.add(*std::move(left_key));
    bound.right.add(*std::move(right_key));
    if (left_column && right_column && left[*left_column].name == right[*right_column].name)
      bound.shared_columns.push_back(*right_column);
  }
  return bound;
}

}  // namespace weir
