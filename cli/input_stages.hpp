// Which stages of a run bring data in.
#pragma once

#include <string_view>

#include "weir/run_report.hpp"

namespace weir {

/// Whether the stage reads from no other. `RunReport::sources` has the output sides of sorts and aggregates
/// as well.
bool is_input(const RunReport& report, std::string_view stage);

}  // namespace weir
