#include "weir/graph.hpp"

#include <utility>

namespace weir {

StageIndex Graph::add(StageSpec stage) {
  stages.push_back(std::move(stage));
  return stages.size() - 1;
}

void Graph::connect(StageIndex from, StageIndex to) {
  const auto& outputs = stages.at(from).outputs;
  const auto& inputs = stages.at(to).inputs;
  edges.push_back({.from = from,
                   .from_port = outputs.empty() ? "out" : outputs.front().name,
                   .to = to,
                   .to_port = inputs.empty() ? "in" : inputs.front().name});
}

void Graph::connect(Edge edge) { edges.push_back(std::move(edge)); }

}  // namespace weir
