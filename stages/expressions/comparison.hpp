// Comparisons, for others to build on.
#pragma once

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// `left = right`; both have one type.
KernelPtr make_equal(KernelPtr left, KernelPtr right);

}  // namespace weir::expressions
