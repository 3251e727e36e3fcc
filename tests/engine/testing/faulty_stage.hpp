// A stage with faults that takes its records one by one, and tells the engine of each that throws.
#pragma once

#include "weir/testing/faults.hpp"

namespace weir::testing {

/// What `faulty` makes of a stateless stage over numbers, record by record.
StageSpec faulty_by_record(StageSpec spec, FaultsPtr faults);

}  // namespace weir::testing
