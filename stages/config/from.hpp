// `from`: a | a.port | [a, b] | {left: a, right: b}.
#pragma once

#include <string>
#include <vector>

#include "stages/config/stage_config.hpp"

namespace weir {

/// What a stage's `from` says, by input port; `field` is that of the stage. Ports that are required and not
/// given are reported.
std::vector<InputConfig> read_from(const ConfigValue& from, const StageDescription& description,
                                   const std::string& field, Problems& problems);

}  // namespace weir
