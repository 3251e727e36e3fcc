// `cast` and `try_cast`.
#pragma once

#include "stages/expressions/kernel.hpp"

namespace weir::expressions {

/// What a value that cannot be cast becomes.
enum class CastFailure : unsigned char { error, null };

/// The value as another type; the value itself where it has that type. Null where no such cast exists.
KernelPtr make_cast(KernelPtr value, Type to, CastFailure on_failure);

}  // namespace weir::expressions
