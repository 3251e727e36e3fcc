// `--set stage.key=value`: values from the command line put into the config's tree, where they win.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "weir/options.hpp"

namespace weir {

/// Puts each setting into its stage's map under `config`'s `stages:`, in place of what was written there;
/// deeper keys are separated by dots. Values are YAML; relative paths in them resolve by `folder`.
void apply_settings(ConfigValue& config, const std::vector<std::pair<std::string, std::string>>& settings,
                    const std::string& folder, Problems& problems);

}  // namespace weir
