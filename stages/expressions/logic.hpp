// Three-valued `and`, `or` and `not`, for others to build on.
#pragma once

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// The arguments are bools.
KernelPtr make_and(KernelPtr left, KernelPtr right);
KernelPtr make_or(KernelPtr left, KernelPtr right);
/// `or` over any number of arguments, at least one.
KernelPtr make_any(Arguments arguments);

}  // namespace weir::expressions
