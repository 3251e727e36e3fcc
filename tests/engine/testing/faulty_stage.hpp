// Any stage, with faults: it throws where a test says so, and does otherwise what it did.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "weir/graph.hpp"

namespace weir::testing {

/// The faults of one stage, over all its incarnations. They are used up as they happen, so that what is tried
/// again often enough goes through.
struct Faults {
  std::mutex mutex;
  /// How often a call throws that is given this number: a source's `next` of the so many'th piece, else one
  /// with the number in its batch. It throws before it does anything, so no state is spoilt and nothing
  /// written twice.
  std::map<std::int64_t, int> throws;
  /// Whether such a throw breaks the incarnation: all its calls throw then, until it is rebuilt.
  bool breaks = false;
  int failed_opens = 0;     ///< so many rebuilds throw
  int failed_finishes = 0;  ///< so many calls of `absorb`, `end_of_input` and `next_output` do
  int opened = 0;
  std::int64_t pieces = 0;  ///< that a source has given
};
using FaultsPtr = std::shared_ptr<Faults>;

StageSpec faulty(StageSpec spec, FaultsPtr faults);

/// The same of a stateless stage, which then takes its records one by one and tells of each that throws.
StageSpec faulty_by_record(StageSpec spec, FaultsPtr faults);

}  // namespace weir::testing
