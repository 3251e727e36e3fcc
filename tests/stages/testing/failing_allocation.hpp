// Lets one allocation of the calling thread fail, to test what is left behind when something throws in the
// middle.
#pragma once

#include <cstddef>

namespace weir::testing {

/// While it lives, allocation number `countdown` from now (0: the next one) throws std::bad_alloc. Once.
class FailingAllocation {
 public:
  explicit FailingAllocation(std::size_t countdown) noexcept;
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  /// Whether it came to that.
  bool has_failed() const noexcept;
};

}  // namespace weir::testing
