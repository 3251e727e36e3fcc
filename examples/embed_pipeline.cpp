// Runs a pipeline from a program: loads the config, runs it, and says how many records came to each stage.
#include <iostream>

#include "weir/pipeline.hpp"
#include "weir/run.hpp"

int main(int argc, char** argv) try {
  const weir::Pipeline pipeline = weir::load_pipeline(argc > 1 ? argv[1] : "configs/busiest_airports.yaml");
  const weir::RunReport report = weir::run(pipeline.graph, pipeline.runtime);
  for (const weir::StageReport& stage : report.stages)
    std::cout << stage.name << ": " << stage.in << '\n';
  return report.succeeded() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
