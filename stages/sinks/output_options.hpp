// Options that all stages which write files have.
#pragma once

#include <string_view>

#include "stages/sinks/output_file.hpp"
#include "weir/options.hpp"

namespace weir {

/// What every writer says of its option `path`.
inline constexpr std::string_view kOutputPathSummary =
    "The file; `-` is standard output. What ends in `.gz` or `.zst` is compressed.";

/// `mode: replace|new`.
inline OutputFile::Mode output_mode(const Options& options) {
  return options.choice("mode", {"replace", "new"}) == "new" ? OutputFile::Mode::create_new
                                                             : OutputFile::Mode::replace;
}

}  // namespace weir
