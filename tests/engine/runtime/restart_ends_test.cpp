// Sources and sinks that are rebuilt while the run goes on: they go on where the last incarnation stood.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/testing/observed_runs.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using ::testing::ElementsAreArray;

class RestartEndsTest : public ObservedRuns {};
WEIR_RUN_WITH_THREADS(RestartEndsTest);

TEST_P(RestartEndsTest, ASourceGoesOnWhereItStood) {
  for (const bool blocking : {false, true}) {
    out_->values.clear();
    std::atomic<int> opened{0};
    auto crashed = std::make_shared<std::atomic<bool>>(false);
    StageSpec source = count_up("source", 0);
    source.body = SourceSpec{.make =
                                 [&, crashed] {
                                   struct Counting final : Source {
                                     std::optional<Work> next() override {
                                       if (at == 30 && !crashed->exchange(true))
                                         throw IoError("the connection broke");
                                       if (at == 60) return std::nullopt;
                                       return work({at++});
                                     }
                                     std::string position() const override { return std::to_string(at); }
                                     void seek(const std::string& position) override {
                                       at = std::stoll(position);
                                     }
                                     std::int64_t at = 0;
                                     std::shared_ptr<std::atomic<bool>> crashed;
                                   };
                                   ++opened;
                                   auto made = std::make_unique<Counting>();
                                   made->crashed = crashed;
                                   return made;
                                 },
                             .traits = {.blocking = blocking}};
    source.on_error = ErrorPolicy::always({{restart()}, FailureAction::fail});
    const RunReport report = run(chain({source, collect("out", out_)}));
    expect_success(report);
    EXPECT_THAT(out_->values, ElementsAreArray(zero_to(60)));
    EXPECT_EQ(opened, 2);
  }
}

TEST_P(RestartEndsTest, ASinkThatBreaksWhenNoWorkerIsLeftIsRebuiltWithItsGroup) {
  // What is sorted never comes, as the run fails; what was kept for after it is written when all is at rest.
  bool crashed = false;
  StageSpec sink = scripted("sink",
                            SinkScript{.write =
                                           [&](const Batch&, Emitter&) {
                                             if (!std::exchange(crashed, true))
                                               throw std::runtime_error("broken");
                                           }},
                            {.ordered = true});
  sink.on_error = ErrorPolicy::always({{restart()}, FailureAction::fail});
  Graph graph;
  const auto source = graph.add(count_up("source", 5)), all = graph.add(sorted("sorted")),
             fails = graph.add(map("fails",
                                   [](std::int64_t value) {
                                     if (value == 4) throw std::runtime_error("fails");
                                     return value;
                                   })),
             out = graph.add(std::move(sink));
  graph.connect(source, all);
  graph.connect(source, fails);
  graph.connect(all, out);
  graph.connect(fails, out);
  graph.supervisor.strategy = Strategy::one_for_all;
  const RunReport report = run(graph, observed());
  EXPECT_EQ(report.status, RunStatus::failed);
  EXPECT_THAT(report.imbalances(), ::testing::IsEmpty());
  EXPECT_TRUE(crashed);
  EXPECT_EQ(told(EventKind::restarting).size(), 1u);
}

TEST_P(RestartEndsTest, ASinkIsAdoptedByItsNextIncarnation) {
  for (const bool blocking : {false, true}) {
    std::atomic<int> adopted{0};
    std::vector<std::int64_t> written;
    bool crashed = false;
    StageSpec sink =
        scripted("sink",
                 SinkScript{.adopt = [&] { ++adopted; },
                            .write =
                                [&](const Batch& batch, Emitter&) {
                                  if (values_of(batch).front() == 20 && !std::exchange(crashed, true))
                                    throw IoError("the disk went away");
                                  written.push_back(values_of(batch).front());
                                }},
                 {.blocking = blocking});
    sink.on_error = ErrorPolicy::always({{restart()}, FailureAction::fail});
    expect_success(run(chain({count_up("source", 50), sink})));
    EXPECT_EQ(adopted, 1);
    EXPECT_THAT(written, ElementsAreArray(zero_to(50)));
  }
}

TEST_P(RestartEndsTest, APermanentSourceIsBegunAgainWhenItEnds) {
  std::atomic<int> opened{0};
  StageSpec source = count_up("source", 0);
  source.body = SourceSpec{.make =
                               [&] {
                                 struct Short final : Source {
                                   std::optional<Work> next() override {
                                     return given++ < 5 ? std::optional(work({1})) : std::nullopt;
                                   }
                                   std::string position() const override { return {}; }
                                   void seek(const std::string&) override {}
                                   int given = 0;
                                 };
                                 ++opened;
                                 return std::make_unique<Short>();
                               },
                           .traits = {.bounded = false}};
  source.restart = RestartType::permanent;
  Graph graph = chain({source, first("few", 12), collect("out", out_)});
  graph.supervisor.backoff = {};
  const RunReport report = run(graph);
  expect_success(report);
  EXPECT_THAT(out_->values, ::testing::SizeIs(12));
  EXPECT_GE(opened, 3);
}

}  // namespace
}  // namespace weir
