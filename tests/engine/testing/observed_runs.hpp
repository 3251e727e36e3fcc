// Runs whose events a test looks at.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"

namespace weir::testing {

class ObservedRuns : public RunFixture {
 protected:
  Graph around(StageSpec stage, std::int64_t count = 50) {
    return chain({count_up("source", count), std::move(stage), collect("out", out_)});
  }
  static std::vector<std::uint64_t> incarnations(const RunReport& report) {
    std::vector<std::uint64_t> all;
    for (const StageReport& stage : report.stages)
      all.push_back(stage.incarnation);
    return all;
  }
  RunOptions observed(RunOptions options = {}) {
    options.observers.push_back([this](const Event& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    });
    return options;
  }
  std::vector<Event> told(EventKind kind) {
    const std::lock_guard lock(mutex_);
    std::vector<Event> found;
    for (const Event& event : events_) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }

  std::mutex mutex_;
  std::vector<Event> events_;
};

}  // namespace weir::testing
