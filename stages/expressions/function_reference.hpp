// What the function table says of itself, as a page: docs/functions.md is this text.
#pragma once

#include <string>

#include "stages/expressions/function_table.hpp"

namespace weir::expressions {

/// Markdown: a table a section, a line a form, each with its example and what that comes to.
std::string function_reference(const FunctionTable& table);

}  // namespace weir::expressions
