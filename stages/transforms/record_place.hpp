// Where a record stood in the input, for orders that must not depend on which worker saw it when.
#pragma once

#include <compare>
#include <cstdint>

#include "weir/transform.hpp"

namespace weir {

/// A batch's place and the physical row: parts of a batch share its place, but have rows of their own.
struct RecordPlace {
  Place place;
  std::uint32_t row = 0;
  friend auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

}  // namespace weir
