#include "weir/flow/flow_builder.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <thread>
#include <utility>

#include "weir/error.hpp"
#include "weir/flow/branches.hpp"

namespace weir::flow {

Node& FlowBuilder::add(StageSpec spec, const std::vector<Outlet>& from) {
  Node& node = *nodes_.emplace_back(std::make_unique<Node>(Node{.spec = std::move(spec)}));
  if (!from.empty()) connect(from, node, node.spec.inputs.front().name);
  return node;
}

void FlowBuilder::connect(const std::vector<Outlet>& from, Node& to, const std::string& port) {
  for (const Outlet& outlet : from)
    to.inlets.push_back({outlet, port});
}

void FlowBuilder::close_end(const Outlet& outlet) {
  const auto at = std::ranges::find(open_ends_, outlet);
  if (at != open_ends_.end()) open_ends_.erase(at);
}

std::shared_ptr<FlowBuilder> FlowBuilder::resolve(std::shared_ptr<FlowBuilder> builder) {
  while (builder && builder->part_of_)
    builder = builder->part_of_;
  return builder;
}

void FlowBuilder::unite(const std::shared_ptr<FlowBuilder>& one, const std::shared_ptr<FlowBuilder>& other) {
  const auto into = resolve(one), from = resolve(other);
  if (into == from) return;
  std::ranges::move(from->nodes_, std::back_inserter(into->nodes_));
  std::ranges::move(from->open_ends_, std::back_inserter(into->open_ends_));
  std::ranges::move(from->groups_, std::back_inserter(into->groups_));
  if (!into->name_) into->name_ = std::move(from->name_);
  if (!into->supervisor_) into->supervisor_ = from->supervisor_;
  from->part_of_ = into;
}

Graph FlowBuilder::graph() const {
  Graph graph;
  if (name_) graph.name = *name_;
  if (supervisor_) graph.supervisor = *supervisor_;
  graph.groups = groups_;
  std::map<const Node*, StageIndex> indices;
  for (const auto& node : nodes_)
    indices[node.get()] = graph.add(node->spec);
  for (const auto& node : nodes_) {
    for (const auto& [from, port] : node->inlets)
      graph.connect({.from = indices.at(from.node),
                     .from_port = from.port,
                     .to = indices.at(node.get()),
                     .to_port = port});
  }
  return graph;
}

Graph FlowBuilder::prepare_run(RunOptions& options) const {
  if (has_run_)
    throw UsageError(
        "this flow has run, and its sources are read: build it anew, in a function that gives it, to run it "
        "again");
  if (!open_ends_.empty())
    throw UsageError("the stream behind '" + open_ends_.front().node->spec.name +
                     "' ends nowhere: put `| weir::to(...)` behind it");
  const std::size_t threads =
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  refuse_too_many_workers(threads);
  // As many tokens as there are threads that can work on them, and one more each that waits.
  if (options.credit_tokens == 0)
    options.credit_tokens = std::max(threads * kCreditsPerThread, 2 * io_threads() + threads);
  return graph();
}

void FlowBuilder::refuse_too_many_workers(std::size_t threads) const {
  for (const auto& node : nodes_) {
    const StageSpec& stage = node->spec;
    if (stage.workers <= threads) continue;
    throw UsageError(
        "stage '" + stage.name + "' asks for " + std::to_string(stage.workers) +
        " workers, and the run has " + std::to_string(threads) +
        " threads: run it with more threads or, where it waits for something outside, give it threads of "
        "its own by .io(" +
        std::to_string(stage.workers) + ")");
  }
}

std::size_t FlowBuilder::io_threads() const {
  std::size_t threads = 0;
  for (const auto& node : nodes_)
    threads += node->spec.io_threads;
  return threads;
}

std::string branch_port(std::size_t branch) { return branch == 0 ? "out" : "out" + std::to_string(branch); }

void check_count(const std::string& stage, std::size_t count, const char* mend) {
  if (count == 0) throw UsageError("stage '" + stage + "' has a count of 0: " + mend);
}

void check_is_there(const std::shared_ptr<FlowBuilder>& builder) {
  if (!builder)
    throw UsageError("this stream or flow was moved from, or has been continued: go on with what came of it");
}

Node& continue_with(Ends& ends, StageSpec spec) {
  check_is_there(ends.builder);
  ends.builder = FlowBuilder::resolve(ends.builder);
  for (const Outlet& outlet : ends.outlets)
    ends.builder->close_end(outlet);
  Node& node = ends.builder->add(std::move(spec), ends.outlets);
  ends = behind(ends.builder, node);
  return node;
}

Ends behind(const std::shared_ptr<FlowBuilder>& builder, Node& node) {
  Ends ends{builder, {}};
  if (!node.spec.outputs.empty()) {
    ends.outlets.push_back({&node, node.spec.outputs.front().name});
    builder->open_end(ends.outlets.front());
  }
  return ends;
}

}  // namespace weir::flow
