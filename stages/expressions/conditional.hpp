// `case`: values chosen row by row.
#pragma once

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// `parts`: condition, value, condition, value ... and the value of `else`. Values have the type `type`.
KernelPtr make_case(Type type, Arguments parts);

}  // namespace weir::expressions
