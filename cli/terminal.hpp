// Whether somebody watches a stream, and in colour.
#pragma once

#include <ostream>

#include "stages/config/diagnostic_text.hpp"

namespace weir {

/// Whether the stream is standard output or standard error on a terminal.
bool is_terminal(const std::ostream& stream);

/// Coloured on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb.
Colour colour_for(const std::ostream& stream);

}  // namespace weir
