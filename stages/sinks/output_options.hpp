// Options that all stages which write files have.
#pragma once

#include "stages/sinks/output_file.hpp"
#include "weir/options.hpp"

namespace weir {

/// `mode: replace|new`.
inline OutputFile::Mode output_mode(const Options& options) {
  return options.choice("mode", {"replace", "new"}) == "new" ? OutputFile::Mode::create_new
                                                             : OutputFile::Mode::replace;
}

}  // namespace weir
