// A fixture for tests of typed flows: each is run with 1, 2 and 8 threads, and its ledger must balance.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/engine/testing/run_fixture.hpp"
#include "weir/flow.hpp"

namespace weir::flow_testing {  // where `map` is a flow's

class FlowFixture : public testing::RunFixture {
 protected:
  /// Runs to the end with the test's number of threads.
  RunReport run(Flow& flow, RunOptions options = {}) {
    options.threads = GetParam();
    RunReport report = flow.run(options);
    check(report);
    return report;
  }
  RunReport run(Flow&& flow, RunOptions options = {}) { return run(flow, std::move(options)); }
  /// The same of one that must succeed. What it answers is valid until the next run.
  const RunReport& run_well(Flow& flow, RunOptions options = {}) {
    report_ = run(flow, std::move(options));
    expect_success(report_);
    return report_;
  }
  const RunReport& run_well(Flow&& flow, RunOptions options = {}) {
    return run_well(flow, std::move(options));
  }

 private:
  RunReport report_;
};

/// Rebuilds what it likes, at once.
inline RestartPolicy rebuilding(Strategy strategy = Strategy::one_for_one) {
  return {.strategy = strategy, .max_restarts = 1'000'000, .backoff = {}};
}

/// 0 .. count-1.
inline std::vector<int> up_to(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// Few items a chunk, so that there are many chunks.
inline SourceSettings chunks_of(std::size_t items) { return {.chunk_items = items}; }

}  // namespace weir::flow_testing
