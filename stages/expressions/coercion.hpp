// Conversions that nobody has to write: int64 to double, date to timestamp, NULL to every type, a literal
// text to the date or timestamp that it is compared with. And the choice between a function's forms by what
// they would cost.
#pragma once

#include <optional>
#include <vector>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// How far a value is from a type: 0 is there already; nothing: it does not become one by itself.
std::optional<int> conversion_cost(const Kernel& value, Type to) noexcept;

/// The value as that type. Requires a conversion_cost. Null where a literal text is no such date or
/// timestamp.
KernelPtr converted(KernelPtr value, Type to);

/// The type that all values can become; nothing: there is none. Of bare NULLs alone: string.
std::optional<Type> common_type(const Arguments& values) noexcept;

/// The form that the values fit with the least conversion; null: none.
const Function* best_form(const std::vector<const Function*>& forms, const Arguments& values) noexcept;

/// Computes a kernel whose arguments are all known, once and for all. The kernel itself where it fails.
KernelPtr folded(KernelPtr kernel);

}  // namespace weir::expressions
