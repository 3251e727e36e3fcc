// What happens in a run, in words. Pure functions.
#pragma once

#include <string>

#include "weir/event.hpp"

namespace weir {

/// One line without its end: which stage, what happened, the cause, the record's origin, and what is done
/// about it.
std::string event_text(const Event& event);

}  // namespace weir
