// Faults on purpose: to see that a policy holds what it promises before it must.
//
// What is injected is a pure function of seed, stage, record and attempt, so that it repeats whatever the
// scheduling. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/clock.hpp"

namespace weir {

/// How often what is made to fail, and where. By default nothing is.
struct ChaosOptions {
  std::uint64_t seed = 1;
  double throw_share = 0;  ///< of the records: their first `throws_per_record` attempts throw
  std::uint32_t throws_per_record = 1;
  std::optional<std::uint64_t> throw_at =
      {};                  ///< the call with each stage's so many'th record (from 1) throws once
  double delay_share = 0;  ///< of the calls begin later, by up to `delay`
  Duration delay{std::chrono::milliseconds(1)};
  std::uint32_t failed_opens = 0;  ///< of each stage, when it is rebuilt: so many fail before one succeeds
  double finish_share = 0;  ///< of the stages throw once when they finish: end of input, each output, absorb
  /// Only in these; none: in all whose policy retries often enough for every record to survive.
  std::vector<std::string> stages = {};

  friend bool operator==(const ChaosOptions&, const ChaosOptions&) = default;
};

}  // namespace weir
