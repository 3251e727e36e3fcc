#include "weir/expression.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "stages/expressions/binder.hpp"
#include "stages/expressions/coercion.hpp"
#include "stages/expressions/kernel.hpp"
#include "stages/expressions/parser.hpp"
#include "stages/expressions/syntax.hpp"

namespace weir {
namespace {

// The column, and NULL at the rows that failed.
ColumnPtr without_failed(const Column& column, std::span<const RowErrors::Entry> failed) {
  ColumnBuilder builder(column.type(), column.size());
  expressions::with_stored_type(column.type(), [&](auto stored) {
    using T = typename decltype(stored)::type;
    std::copy_n(column.values<T>(), column.size(), builder.values<T>());
  });
  builder.set_null_where(column);
  builder.keep(column);
  for (const RowErrors::Entry& entry : failed)
    builder.set_null(entry.physical_row);
  return std::move(builder).finish();
}

}  // namespace

void RowErrors::add(std::size_t physical_row, std::string message) {
  if (contains(physical_row)) return;
  if (seen_.size() <= physical_row) seen_.resize(physical_row + 1);
  seen_[physical_row] = true;
  entries_.push_back({physical_row, std::move(message)});
}

bool RowErrors::contains(std::size_t physical_row) const noexcept {
  return physical_row < seen_.size() && seen_[physical_row];
}

Type BoundExpression::type() const noexcept { return kernel_->type(); }

bool BoundExpression::always_null() const noexcept { return kernel_->is_untyped_null(); }

Field BoundExpression::field(std::string name) const { return {std::move(name), type(), always_null()}; }

std::optional<BoundExpression> BoundExpression::as(Type type) const {
  if (!expressions::conversion_cost(*kernel_, type)) return std::nullopt;
  BoundExpression same;
  same.kernel_ = expressions::converted(kernel_, type);
  return same.kernel_ ? std::optional(std::move(same)) : std::nullopt;
}

const std::vector<std::size_t>& BoundExpression::columns() const noexcept { return kernel_->columns(); }

std::optional<std::size_t> BoundExpression::plain_column() const noexcept { return kernel_->plain_column(); }

ColumnPtr BoundExpression::evaluate(const RecordBatch& batch, RowErrors& errors) const {
  const std::size_t errors_before = errors.entries().size();
  const expressions::Operand result = kernel_->evaluate({batch, batch.row_set(), errors});
  ColumnPtr column = result.is_constant() ? expressions::repeat(result.column(), batch.physical_rows())
                                          : result.column_ptr();
  if (errors.entries().size() == errors_before) return column;
  return without_failed(*column, std::span(errors.entries()).subspan(errors_before));
}

Expression Expression::parse(std::string_view text) {
  Expression expression;
  expression.root_ = expressions::parse_expression(text);
  expression.offset_ = expression.root_->span.offset;
  expression.text_ = text.substr(expression.offset_, expression.root_->span.length);
  return expression;
}

std::vector<std::pair<Expression, std::string>> Expression::parse_list(std::string_view text) {
  std::vector<std::pair<Expression, std::string>> list;
  for (expressions::NamedNode& item : expressions::parse_expression_list(text)) {
    Expression expression;
    expression.offset_ = item.node->span.offset;
    expression.text_ = text.substr(expression.offset_, item.node->span.length);
    expression.root_ = std::move(item.node);
    list.emplace_back(std::move(expression), std::move(item.name));
  }
  return list;
}

BoundExpression Expression::bind(const Schema& schema, const VariableLookup& variables) const {
  expressions::RowScope scope(schema, {" is an aggregate function, and this is computed row by row",
                                       "aggregates stand in the `select` of an `aggregate` stage"});
  BoundExpression bound;
  bound.kernel_ = expressions::Binder(scope, variables).bind(*root_);
  return bound;
}

std::string Expression::default_name() const {
  const auto* column = std::get_if<expressions::ColumnName>(&root_->form);
  return column != nullptr ? column->name : text_;
}

}  // namespace weir
