// What window and session have in common: all records are collected, and come out with further columns.
#pragma once

#include <memory>
#include <vector>

#include "stages/transforms/window_state.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Such a stage as bound: shared by plan and incarnations, which only read it.
struct WindowStage {
  std::vector<BoundExpression> partition;
  std::vector<BoundExpression> keys;  ///< of the order
  WindowSpec spec;                    ///< `calls` and `descending` are set, the rest follows
  std::shared_ptr<const Schema> input;
  std::shared_ptr<const Schema> schema;
  Needs needs;  ///< of the input's columns in the output

  /// After all that is bound: sets what follows from it.
  void settle(const Schema& input_schema);
  /// Leaves out calls that nobody needs; answers what is needed of the input.
  Needs keep_needed(const Needs& output);
  StageSpec make() const;

 private:
  std::vector<bool> call_is_needed_;
};

}  // namespace weir
