#include "cli/input_stages.hpp"

#include <algorithm>

namespace weir {

bool is_input(const RunReport& report, std::string_view stage) {
  return std::none_of(report.edges.begin(), report.edges.end(),
                      [&](const EdgeReport& edge) { return edge.to == stage; });
}

}  // namespace weir
