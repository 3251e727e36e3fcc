// What happens in a run, for machines. Pure functions.
#pragma once

#include <string>

#include "weir/event.hpp"

namespace weir {

/// One JSON object on one line, without its end. `event` is the kind, `at_ns` the time since the run began;
/// the names of the others are those of the report. What does not apply is left out.
std::string event_json(const Event& event);
/// The same for what is no event of the run's: {"event": name, "detail": text}.
std::string note_json(const std::string& name, const std::string& text);

}  // namespace weir
