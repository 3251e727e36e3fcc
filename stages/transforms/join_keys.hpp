// The pairs of expressions that a join compares, bound to both sides.
#pragma once

#include <optional>
#include <vector>

#include "stages/transforms/projection.hpp"

namespace weir {

/// A pair as configured. Both sides are the same expression unless the config maps columns to columns.
struct ConfiguredJoinKey {
  ConfiguredExpression left;
  ConfiguredExpression right;
};

/// Reads `on`: expressions for both sides, or a map from columns of the left to columns of the right.
std::vector<ConfiguredJoinKey> read_join_keys(const Options& options);

/// One side's keys. Keys of a pair have the same type: where one is int64 and the other double, they are
/// doubles.
class JoinKeys {
 public:
  void add(BoundExpression key) { keys_.push_back(std::move(key)); }

  std::vector<Type> types() const;
  std::vector<ColumnPtr> evaluate(const RecordBatch& batch, RowErrors& errors) const;
  void add_needs(Needs& needs) const;

 private:
  std::vector<BoundExpression> keys_;
};

/// The keys of both sides, and the column of the right that a pair of equal names makes superfluous.
struct BoundJoinKeys {
  JoinKeys left;
  JoinKeys right;
  std::vector<std::size_t>
      shared_columns;  ///< of the right; each is equal to a column of the left of the same name
};

/// Reports what does not fit, each side at its place.
BoundJoinKeys bind_join_keys(const std::vector<ConfiguredJoinKey>& keys, const Schema& left,
                             const Schema& right, const VariableLookup& variables, Problems& problems);

}  // namespace weir
