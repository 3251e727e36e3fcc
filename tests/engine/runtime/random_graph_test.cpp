// Random graphs: whatever the number of threads, the credits and the fusing, a graph gives out what a naive
// model of it gives out, in the same order, with a balanced ledger and nothing left alive.
#include "tests/engine/testing/random_graph.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "weir/run.hpp"

namespace weir {
namespace {

using namespace weir::testing;

RC_GTEST_PROP(RandomGraph, GivesWhatItsModelGivesWhateverTheScheduling, ()) {
  testing::RandomGraph random([](std::size_t limit) { return *rc::gen::inRange<std::size_t>(0, limit); });
  RC_LOG(rc::toString(random));
  RC_ASSERT(random.graph().validate().empty());
  const ThreadLimit limit(8);
  const RunOptions all_options[] = {
      {.threads = 1},
      {.threads = 2, .credit_tokens = 1},
      {.threads = 8, .credit_tokens = *rc::gen::inRange<std::size_t>(1, 20), .fuse = false},
      {.threads = 8, .credit_bytes = *rc::gen::inRange<std::size_t>(1, 400)},
  };
  for (const RunOptions& options : all_options) {
    random.forget_outputs();
    const RunReport report = run(random.graph(), options);
    RC_LOG("threads " + std::to_string(options.threads) + ", credits " +
           std::to_string(options.credit_tokens));
    if (report.failure) RC_FAIL(report.failure->stage + ": " + report.failure->error.message);
    RC_ASSERT(report.succeeded());
    RC_ASSERT(report.imbalances() == std::vector<std::string>());
    RC_ASSERT(Numbers::alive.load() == 0);
    RC_ASSERT(random.wrong_output() == std::nullopt);
  }
}

}  // namespace
}  // namespace weir
