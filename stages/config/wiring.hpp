// Which stage reads from which: resolves every `from`, and the implicit ones.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "stages/config/stage_config.hpp"

namespace weir {

/// Stands for the `errors` port, which every stage has beside the outputs of its description.
inline constexpr std::size_t kErrorsOutput = std::numeric_limits<std::size_t>::max();

/// One stage reads an output of another.
struct Wire {
  std::size_t from = 0;       ///< index of the stage
  std::size_t from_port = 0;  ///< index of the output, or kErrorsOutput
  std::size_t to = 0;
  std::size_t to_port = 0;
  Reference reference;  ///< as it was written; for implicit ones the place of the stage
};

struct Wiring {
  std::vector<Wire> wires;  ///< by receiving stage and in the order written
  std::vector<std::size_t>
      order;  ///< the stages, each after all that it reads from; those in a cycle are left out
  std::vector<bool> reads_errors;  ///< by stage: all that it reads came out of `errors` ports
};

/// Resolves the references, and says what does not fit: unknown stages and ports, outputs that nobody reads,
/// `errors` that are sent and not read or read and not sent, cycles.
Wiring wire(const std::vector<StageConfig>& stages, Problems& problems);

/// Takes `dead_letter` that came from `defaults:` away from stages that handle dead letters themselves:
/// theirs fail.
void settle_default_policies(std::vector<StageConfig>& stages, const Wiring& wiring);

/// "late", "late.rest", "late.errors": an output as a config names it.
std::string output_name(const StageConfig& stage, std::size_t port);

}  // namespace weir
