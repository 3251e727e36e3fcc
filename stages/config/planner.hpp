// From wired stages to a graph: schemas flow down, needs flow up, and each plan makes its stage.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stages/config/stage_config.hpp"
#include "stages/config/wiring.hpp"
#include "weir/graph.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// One use: bind, then, if there were no problems, make_graph. One thread; the arguments outlive it.
class Planner {
 public:
  Planner(const std::vector<StageConfig>& stages, const Wiring& wiring, VariableLookup variables,
          std::shared_ptr<MemoryBudget> memory, Problems& problems);

  /// Plans every stage and binds it to the schemas of its inputs, in the order of the data. A stage whose
  /// inputs are not certain, because of a problem above it, is planned only: what it would say might not be
  /// true.
  void bind();

  /// The output schemas of a stage, one a port of its description; after bind.
  const std::vector<Schema>& outputs_of(std::size_t stage) const { return planned_[stage].outputs; }
  /// The same for its inputs, and, after make_graph, what it needs of them.
  const std::vector<Schema>& inputs_of(std::size_t stage) const { return planned_[stage].inputs; }
  const std::vector<Needs>& input_needs_of(std::size_t stage) const { return planned_[stage].input_needs; }
  const StagePlan& plan_of(std::size_t stage) const { return *planned_[stage].plan; }

  /// After a bind without problems. Stages stand in the order of the config, then those put between.
  Graph make_graph(std::string name);

 private:
  struct Planned {
    std::unique_ptr<StagePlan> plan;
    std::vector<Schema> inputs;      ///< one an input port
    std::vector<Needs> input_needs;  ///< the same
    std::vector<Schema> outputs;     ///< one an output port
    bool certain = false;            ///< `outputs` are what they will be
  };

  void bind_stage(std::size_t stage);
  std::optional<Schema> input_schema(std::size_t stage, std::size_t port);
  const Schema* schema_of(const Wire& wire) const;
  std::vector<Needs> output_needs(std::size_t stage,
                                  const std::vector<std::vector<Needs>>& input_needs) const;
  void gather_needs();
  StageSpec make_stage(std::size_t stage) const;
  void connect(const Wire& wire, Graph& graph) const;
  bool is_read(std::size_t stage, std::size_t port) const;

  const std::vector<StageConfig>& stages_;
  const Wiring& wiring_;
  VariableLookup variables_;
  std::shared_ptr<MemoryBudget> memory_;
  Problems& problems_;
  std::vector<Planned> planned_;
};

}  // namespace weir
