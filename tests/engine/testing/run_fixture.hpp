// A fixture for tests of whole runs: each is run with 1, 2 and 8 threads, whatever the machine has, and what
// must hold after every run, however it ended, is checked after every run.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/run.hpp"

namespace weir::testing {

class RunFixture : public ::testing::TestWithParam<std::size_t> {
 protected:
  /// Runs to the end with the test's number of threads.
  RunReport run(const Graph& graph, RunOptions options = {}) {
    options.threads = GetParam();
    const std::int64_t alive_before = Numbers::alive;
    RunReport report = weir::run(graph, options);
    check(report, alive_before);
    return report;
  }
  RunHandle start(Graph graph, RunOptions options = {}) {
    options.threads = GetParam();
    return weir::start(std::move(graph), options);
  }
  /// The ledger balances, and no batch of the run's has outlived it.
  static void check(const RunReport& report, std::int64_t alive_before = 0) {
    EXPECT_THAT(report.imbalances(), ::testing::IsEmpty());
    EXPECT_EQ(Numbers::alive, alive_before);
  }
  /// The run must have come to its end by itself.
  static void expect_success(const RunReport& report) {
    EXPECT_TRUE(report.succeeded()) << to_string(report.status) << ": "
                                    << (report.failure
                                            ? report.failure->stage + " during " + report.failure->during +
                                                  ": " + report.failure->error.message
                                            : "");
  }

  /// What the report says of a stage.
  static const StageReport& stage(const RunReport& report, const std::string& name) {
    return *std::ranges::find(report.stages, name, &StageReport::name);
  }

  ThreadLimit limit_{GetParam()};
  CollectedPtr out_ = std::make_shared<Collected>();
};

/// Runs the tests of a fixture that is a RunFixture with every number of threads.
#define WEIR_RUN_WITH_THREADS(fixture) INSTANTIATE_TEST_SUITE_P(Threads, fixture, ::testing::Values(1, 2, 8))

}  // namespace weir::testing
