// Reports and diagnostics for machines.
#pragma once

#include <string>
#include <vector>

#include "weir/diagnostic.hpp"
#include "weir/run_report.hpp"

namespace weir {

/// JSON text, ending in a newline. Counts are numbers, times are nanoseconds.
std::string report_json(const RunReport& report);
std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics);

}  // namespace weir
