#include "weir/flow/job.hpp"

#include <utility>

#include "weir/flow/stream.hpp"

namespace weir {

flow::FlowBuilder& Flow::builder() const {
  flow::check_is_there(builder_);
  return *flow::FlowBuilder::resolve(builder_);
}

Flow& Flow::name(std::string name) {
  builder().set_name(std::move(name));
  return *this;
}

Flow& Flow::supervisor(const RestartPolicy& policy) {
  builder().set_supervisor(policy);
  return *this;
}

Flow& Flow::add_group(SupervisionGroup group) {
  builder().add_group(std::move(group));
  return *this;
}

Graph Flow::take_graph(RunOptions& options) {
  Graph graph = builder().prepare_run(options);
  builder().set_has_run();
  return graph;
}

RunReport Flow::run(RunOptions options) {
  const Graph graph = builder().prepare_run(options);
  RunReport report = weir::run(graph, options);
  builder().set_has_run();  // what throws has read nothing
  return report;
}

RunHandle Flow::start(RunOptions options) {
  Graph graph = builder().prepare_run(options);
  RunHandle handle = weir::start(std::move(graph), std::move(options));
  builder().set_has_run();
  return handle;
}

Graph Flow::graph() const { return builder().graph(); }

}  // namespace weir
