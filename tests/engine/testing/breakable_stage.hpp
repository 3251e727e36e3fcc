// A stage that breaks when a test says so, and works again only once it has been rebuilt.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weir/graph.hpp"

namespace weir::testing {

/// The life of a stage that breaks: each incarnation has a number, and some calls and openings throw.
struct Life {
  std::mutex mutex;
  int made = 0;
  int opened = 0;
  int failed_opens = 0;                 ///< so many openings after the first throw
  std::map<std::int64_t, int> crashes;  ///< how often the stage breaks at a number
  std::vector<std::string> log;         ///< "name opens", "name closes"
};
using LifePtr = std::shared_ptr<Life>;

LifePtr life_with(std::map<std::int64_t, int> crashes);

/// Passes its input on, and is rebuilt when it fails: at most `restarts` times for one record.
StageSpec breakable(std::string name, const LifePtr& life, std::uint32_t restarts = 3);

}  // namespace weir::testing
