// What becomes of a record that a stage could not process.
//
// A policy is plain data, and deciding is a pure function of policy and error: no clock, no state, any
// thread.
#pragma once

#include <array>
#include <string_view>

#include "weir/error.hpp"

namespace weir {

/// The end of the road for a failed record.
enum class FailureAction : unsigned char {
  fail,         ///< the run drains, ends, and its report names stage, record and cause
  skip,         ///< the record is dropped and counted
  dead_letter,  ///< the record leaves by the stage's `errors` port with all that is known of the failure
};

/// "fail", "skip" or "dead_letter": as a config writes them.
std::string_view to_string(FailureAction action) noexcept;

/// One action for each class of error.
struct ErrorPolicy {
  std::array<FailureAction, kErrorClasses> by_class{};  ///< `fail` throughout, unless said otherwise

  static ErrorPolicy always(FailureAction action) noexcept {
    ErrorPolicy policy;
    policy.by_class.fill(action);
    return policy;
  }
  FailureAction decide(ErrorClass error_class) const noexcept {
    return by_class[static_cast<std::size_t>(error_class)];
  }
  /// Whether some class of error ends in `action`.
  bool may(FailureAction action) const noexcept;
};

}  // namespace weir
