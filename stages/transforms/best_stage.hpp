// What sort with `per`, distinct and sample have in common: they give out the best records of each group.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "stages/transforms/best_of_groups.hpp"
#include "stages/transforms/projection.hpp"

namespace weir {

/// Such a stage as bound: shared by plan and incarnations, which only read it.
struct BestStage {
  std::vector<BoundExpression> keys;    ///< of the order
  std::vector<BoundExpression> groups;  ///< what the groups differ in
  /// Where there are no `keys`: makes the only one, of int64. Pure.
  std::function<ColumnPtr(const RecordBatch& batch, const Place& place)> make_key = {};
  BestSpec spec;
  std::shared_ptr<const Schema> schema;
  Needs needs;  ///< of the output

  /// After keys and groups: sets what follows from them. `descending`: one a key.
  void settle(const Schema& input, std::vector<bool> descending);
  /// What is needed of the input for this to be needed of the output.
  Needs keep_needed(const Needs& output);
  StageSpec make() const;
};

/// Binds each expression that fits, and reports the others.
std::vector<BoundExpression> bind_all(const std::vector<ConfiguredExpression>& expressions,
                                      const Schema& input, const VariableLookup& variables,
                                      Problems& problems);

}  // namespace weir
