// Names of stages and variables. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "weir/options.hpp"

namespace weir {

/// Whether it matches [a-z][a-z0-9_]*.
bool is_name(std::string_view text) noexcept;
/// Says that a text is no name, and what a name is.
std::string not_a_name(std::string_view text);
/// How a stage is called: its `name`, else its `type`, else nothing.
std::string stage_name(const ConfigValue& stage);

}  // namespace weir
