// Columns computed from columns, one after another: what select, derive and the keys of an aggregate have in
// common.
//
// Bound once; told what is needed of its output; then immutable and used by any number of threads.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "weir/expression.hpp"
#include "weir/options.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

class Projection {
 public:
  /// What the output consists of.
  enum class Output : unsigned char {
    computed,  ///< the computed columns alone
    all,       ///< the input's columns too; a computed one of the same name stands in its place
  };
  /// What an expression can refer to.
  enum class Sees : unsigned char {
    input,    ///< the input's columns, as SQL's select list does
    earlier,  ///< also what was computed before it, rather than a column of the input with that name
  };

  /// Reports every expression that does not fit, and every name that comes twice.
  static Projection bind(const Schema& input, std::span<const ConfiguredExpression> expressions,
                         Output output, Sees sees, const VariableLookup& variables, Problems& problems);

  const std::shared_ptr<const Schema>& schema() const noexcept { return schema_; }

  /// Leaves out what computes columns that nobody needs; answers what is needed of the input.
  Needs keep_needed(const Needs& output);

  /// The output's columns; null those that nobody needs. Rows that fail are added to `errors`.
  std::vector<ColumnPtr> evaluate(const RecordBatch& batch, RowErrors& errors) const;

 private:
  /// Computes one column. Columns have numbers, the slots: first those of the input, then further ones.
  struct Step {
    BoundExpression expression;
    std::size_t target;
    std::shared_ptr<const Schema> scope;  ///< of the slots as this step finds them
    bool reads_computed;                  ///< reads a slot that an earlier step has written
    bool needed = true;
  };

  void add_step(const ConfiguredExpression& configured, Sees sees, const VariableLookup& variables,
                Problems& problems);

  std::size_t input_columns_ = 0;
  std::vector<Field> slots_;
  std::vector<Step> steps_;
  std::vector<std::size_t> output_slots_;
  std::shared_ptr<const Schema> schema_;
};

/// An expression's column at the batch's rows; the batch's own where the expression is one column as it is.
ColumnPtr evaluate(const BoundExpression& expression, const RecordBatch& batch, RowErrors& errors);

/// Expressions given as a map see earlier ones, those of a list only the input.
Projection::Sees sees_by_kind(const ConfigValue* expressions) noexcept;

/// The columns that an expression reads, as far as `needs` goes: values, or what is needed of its result
/// where the expression is one column as it is.
void add_needs(const BoundExpression& expression, Need result, Needs& needs);

}  // namespace weir
