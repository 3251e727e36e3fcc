// The names that `cast` knows types by: ours, and those of SQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weir/schema.hpp"

namespace weir::expressions {

/// Requires the name in small letters.
std::optional<Type> cast_type_named(std::string_view name) noexcept;
/// What a mend says about a name that is none.
std::string suggest_cast_type(std::string_view wrong);

}  // namespace weir::expressions
