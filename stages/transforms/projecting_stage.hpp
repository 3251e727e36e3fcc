// The plan and the transform that select and derive share: one record out for one in, other columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/transforms/projection.hpp"

namespace weir {

class ProjectingPlan final : public StagePlan {
 public:
  /// `option` holds the expressions.
  ProjectingPlan(const Options& options, std::string_view option, Projection::Output output,
                 Projection::Sees sees);

  std::vector<Schema> bind(std::span<const Schema> inputs, Problems& problems) override;
  std::vector<Needs> needs(std::span<const Needs> outputs) override;
  StageSpec make() const override;

 private:
  std::vector<ConfiguredExpression> expressions_;
  Projection::Output output_;
  Projection::Sees sees_;
  VariableLookup variables_;
  Projection projection_;
};

}  // namespace weir
