// `weir stages`: what the registry knows, told to people. Pure functions.
#pragma once

#include <string>

#include "weir/record_stage.hpp"

namespace weir {

/// All types, a line each.
std::string stage_list_text(const StageRegistry& registry);
/// One type: what it does, its ports, its options, an example.
std::string stage_text(const StageDescription& description);

}  // namespace weir
