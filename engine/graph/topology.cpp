#include "engine/graph/topology.hpp"

#include <functional>
#include <queue>

namespace weir {
namespace {

template <class Port>
std::optional<PortIndex> find_port(const std::vector<Port>& ports, std::string_view name) {
  for (PortIndex i = 0; i < ports.size(); ++i) {
    if (ports[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PortIndex> input_port(const StageSpec& stage, std::string_view name) {
  return find_port(stage.inputs, name);
}

std::optional<PortIndex> output_port(const StageSpec& stage, std::string_view name) {
  if (name == kErrorsPort) return errors_port(stage);
  return find_port(stage.outputs, name);
}

std::vector<StageIndex> topological_order(const Graph& graph) {
  std::vector<std::size_t> waiting(graph.stages.size(), 0);
  for (const Edge& edge : graph.edges)
    ++waiting[edge.to];

  std::priority_queue<StageIndex, std::vector<StageIndex>, std::greater<>> ready;
  for (StageIndex stage = 0; stage < waiting.size(); ++stage) {
    if (waiting[stage] == 0) ready.push(stage);
  }
  std::vector<StageIndex> order;
  while (!ready.empty()) {
    const StageIndex stage = ready.top();
    ready.pop();
    order.push_back(stage);
    for (const Edge& edge : graph.edges) {
      if (edge.from == stage && --waiting[edge.to] == 0) ready.push(edge.to);
    }
  }
  return order;
}

}  // namespace weir
