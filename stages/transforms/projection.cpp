#include "stages/transforms/projection.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace weir {
namespace {

void report_repeated_names(std::span<const ConfiguredExpression> expressions, Problems& problems) {
  std::set<std::string_view> seen;
  for (const ConfiguredExpression& each : expressions) {
    if (seen.insert(each.name).second) continue;
    problems.add({each.where, each.field, "two columns are named `" + each.name + "`",
                  "give one of them another name with `as`"});
  }
}

}  // namespace

void add_needs(const BoundExpression& expression, Need result, Needs& needs) {
  const Need need = expression.plain_column() ? result : Need::value;
  for (const std::size_t column : expression.columns())
    needs[column] = std::max(needs[column], need);
}

ColumnPtr evaluate(const BoundExpression& expression, const RecordBatch& batch, RowErrors& errors) {
  const auto column = expression.plain_column();
  return column ? batch.columns()[*column] : expression.evaluate(batch, errors);
}

Projection::Sees sees_by_kind(const ConfigValue* expressions) noexcept {
  const bool named = expressions != nullptr && expressions->kind == ConfigValue::Kind::map;
  return named ? Projection::Sees::earlier : Projection::Sees::input;
}

Projection Projection::bind(const Schema& input, std::span<const ConfiguredExpression> expressions,
                            Output output, Sees sees, const VariableLookup& variables, Problems& problems) {
  report_repeated_names(expressions, problems);
  Projection projection;
  projection.input_columns_ = input.size();
  projection.slots_ = input.fields();
  for (const ConfiguredExpression& each : expressions)
    projection.add_step(each, sees, variables, problems);
  if (output == Output::all) {
    projection.output_slots_.clear();
    for (std::size_t slot = 0; slot < projection.slots_.size(); ++slot)
      projection.output_slots_.push_back(slot);
  }
  std::vector<Field> fields;
  for (const std::size_t slot : projection.output_slots_)
    fields.push_back(projection.slots_[slot]);
  projection.schema_ = std::make_shared<const Schema>(std::move(fields));
  return projection;
}

void Projection::add_step(const ConfiguredExpression& configured, Sees sees, const VariableLookup& variables,
                          Problems& problems) {
  const auto input_end = slots_.begin() + static_cast<std::ptrdiff_t>(input_columns_);
  const auto scope_end = sees == Sees::input ? input_end : slots_.end();
  const auto scope = std::make_shared<const Schema>(std::vector<Field>(slots_.begin(), scope_end));
  const auto replaced = std::find_if(slots_.begin(), scope_end,
                                     [&](const Field& slot) { return slot.name == configured.name; });
  const bool replaces = sees == Sees::earlier && replaced != scope_end;
  const std::size_t target = replaces ? static_cast<std::size_t>(replaced - slots_.begin()) : slots_.size();
  if (!replaces) slots_.push_back({configured.name, Type::string});
  output_slots_.push_back(target);
  try {
    const BoundExpression bound = configured.expression.bind(*scope, variables);
    const bool reads_computed = std::any_of(steps_.begin(), steps_.end(), [&](const Step& earlier) {
      return std::binary_search(bound.columns().begin(), bound.columns().end(), earlier.target);
    });
    slots_[target] = bound.field(configured.name);
    steps_.push_back({bound, target, scope, reads_computed});
  } catch (const ExpressionError& error) {
    report(problems, configured, error);
  }
}

Needs Projection::keep_needed(const Needs& output) {
  Needs needs(slots_.size(), Need::none);
  for (std::size_t i = 0; i < output_slots_.size(); ++i)
    needs[output_slots_[i]] = std::max(needs[output_slots_[i]], output[i]);
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const Need need = std::exchange(needs[step->target], Need::none);
    step->needed = need != Need::none;
    if (step->needed) add_needs(step->expression, need, needs);
  }
  needs.resize(input_columns_);
  return needs;
}

std::vector<ColumnPtr> Projection::evaluate(const RecordBatch& batch, RowErrors& errors) const {
  std::vector<ColumnPtr> slots = batch.columns();
  slots.resize(slots_.size());
  for (const Step& step : steps_) {
    if (!step.needed) continue;
    if (const auto column = step.expression.plain_column()) {
      slots[step.target] = slots[*column];
    } else if (!step.reads_computed) {
      slots[step.target] = step.expression.evaluate(batch, errors);
    } else {
      const auto scope_end = slots.begin() + static_cast<std::ptrdiff_t>(step.scope->size());
      const auto scoped = batch.with_columns(step.scope, {slots.begin(), scope_end});
      slots[step.target] = step.expression.evaluate(*scoped, errors);
    }
  }
  std::vector<ColumnPtr> output;
  output.reserve(output_slots_.size());
  for (const std::size_t slot : output_slots_)
    output.push_back(slots[slot]);
  return output;
}

}  // namespace weir
