// A flow from its sources to its sinks, ready to be run.
#pragma once

#include <memory>
#include <string>

#include "weir/flow/flow_builder.hpp"
#include "weir/graph.hpp"
#include "weir/run.hpp"

namespace weir {

/// All that is connected with the stream that it ends: where a flow branches, its sinks are parts of one
/// flow, and any of them runs it. Runs once. For one thread at a time. Move-only.
class [[nodiscard]] Flow {
 public:
  /// Streams make it: see weir::to.
  explicit Flow(std::shared_ptr<flow::FlowBuilder> builder) : builder_(std::move(builder)) {}
  Flow(Flow&&) noexcept = default;
  Flow& operator=(Flow&&) noexcept = default;

  /// What it is called in reports; `pipeline` otherwise.
  Flow& name(std::string name);
  /// How often stages may be rebuilt, and which with which: of the topmost group, and of groups below it.
  Flow& supervisor(const RestartPolicy& policy);
  /// A group below the topmost, for stages that name it by `.group`.
  Flow& add_group(SupervisionGroup group);

  /// Runs it to its end, on the calling thread and others; see weir::run. Failures of stages are in the
  /// report. Throws UsageError for what is misused: a flow that has run, a stream that ends nowhere, a call
  /// from inside a stage.
  RunReport run(RunOptions options = {});
  /// Runs it on threads of its own.
  RunHandle start(RunOptions options = {});
  /// Gives its graph away, to be run by other means, with these options, which are completed. Counts as its
  /// run, and throws as `run` does.
  Graph take_graph(RunOptions& options);

  /// The stages and edges, to be looked at or drawn.
  Graph graph() const;

 private:
  flow::FlowBuilder& builder() const;

  std::shared_ptr<flow::FlowBuilder> builder_;
};

}  // namespace weir
