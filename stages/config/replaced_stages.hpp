// Stages of a config whose places a program's own take.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/config/stage_config.hpp"

namespace weir {

using Replacements = std::vector<std::pair<std::string, StageDescription>>;

/// The last one for a stage of that name, or null.
const StageDescription* replacement_of(const std::string& stage, const Replacements& replacements) noexcept;

/// Gives each stage that is to be replaced the description of what takes its place; `replacements` outlives
/// the stages. Reports names that no stage has, and replacements that do not fit. `file`: the config's.
void replace_stages(std::vector<StageConfig>& stages, const Replacements& replacements,
                    const std::string& file, Problems& problems);

}  // namespace weir
