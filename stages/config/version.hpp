// What the config's format has and this version of weir does not. It is refused, never left out silently.
#pragma once

#include <string>
#include <string_view>

#include "weir/diagnostic.hpp"

namespace weir {

/// Sections of a config that later versions know.
bool is_later_section(std::string_view key) noexcept;

Diagnostic not_in_this_version(const Location& where, std::string field, std::string_view what);

}  // namespace weir
