// A file of dead letters, as `write_ndjson` writes them from an `errors` port.
#pragma once

#include <string>
#include <vector>

#include "weir/pipeline.hpp"

namespace weir {

/// Reads all letters of the file at `path`; `-` is standard input. Throws ConfigError with the lines that are
/// none, or where the file cannot be read.
std::vector<RefusedRecord> read_dead_letters(const std::string& path);

}  // namespace weir
