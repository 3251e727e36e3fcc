// A record that left the flow, with all that is known of why.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

/// One record; see above.
struct DeadLetter {
  std::string stage;
  std::uint64_t incarnation = 0;
  std::uint32_t attempts = 0;
  ErrorInfo error;
  Origin origin;  ///< empty after a breaker: there `ordinal` says which of the stage's records it was
  std::uint64_t ordinal = 0;
  Batch record;           ///< one row
  std::string port = {};  ///< the input port by which the record came; empty: the stage's only one
};

/// Turns dead letters into a payload that stages downstream of an `errors` port understand. Called from any
/// thread. Never given an empty list.
using DeadLetterEncoder = std::function<Batch(std::vector<DeadLetter>&&)>;

}  // namespace weir
