// The one place from which user code is called: whatever it throws becomes data here, and no exception ever
// leaves a node's body. Nothing else in the runtime has a catch clause.
#pragma once

#include <utility>

#include "weir/error.hpp"

namespace weir::runtime {

/// Calls `call()`. True when it returned; false when it threw, and then `error` describes what. `error` is an
/// ErrorInfo or, where nothing is to be built unless something is thrown, a std::optional of one.
template <class Error, class Call>
bool guarded(Error& error, Call&& call) noexcept {
  try {
    std::forward<Call>(call)();
    return true;
  } catch (...) {
    error = describe_current_exception();
    return false;
  }
}

}  // namespace weir::runtime
