// Paths with `*`, `?` and `[...]` in them, as a shell reads them. Pure but for looking into folders.
#pragma once

#include <string>
#include <vector>

#include "weir/options.hpp"

namespace weir {

/// Whether what the user wrote is a pattern: it has one of these characters, and no file has just this name.
bool is_pattern(const ConfiguredPath& path);

/// The files that a pattern fits, in the order of their bytes, whatever the language of the machine; folders
/// are none, and those in folders that cannot be read are not found. The folder of the config is not part of
/// the pattern.
std::vector<std::string> files_that_fit(const ConfiguredPath& path);

}  // namespace weir
