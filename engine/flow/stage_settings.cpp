#include "weir/flow/stage_settings.hpp"

#include <utility>

#include "weir/error.hpp"

namespace weir::flow {

void StageSettings::set_workers(std::size_t count) {
  if (count == 0)
    throw UsageError("stage '" + name +
                     "' asks for 0 workers: leave `.workers` out for as many as there are threads");
  workers = count;
}

void StageSettings::set_io_threads(std::size_t count) {
  if (count == 0)
    throw UsageError("stage '" + name + "' asks for 0 threads of its own: say how many, or leave `.io` out");
  io_threads = count;
}

StageSpec StageSettings::spec(std::string type, std::optional<PayloadType> in,
                              std::optional<PayloadType> out) const {
  StageSpec spec;
  spec.name = name;
  spec.type = std::move(type);
  spec.group = group;
  spec.workers = workers;
  spec.io_threads = io_threads;
  spec.timeout = timeout;
  spec.rate = rate;
  spec.circuit_breaker = circuit_breaker;
  if (in) spec.inputs = {{.name = "in", .type = *std::move(in)}};
  if (out) spec.outputs = {{.name = "out", .type = *std::move(out)}};
  return spec;
}

}  // namespace weir::flow
