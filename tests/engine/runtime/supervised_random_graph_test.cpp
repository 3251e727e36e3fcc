// Random graphs with random faults under random policies: where the policy lets the run live, what comes out
// is what comes out undisturbed; and however it ends, it ends, publishes all or nothing, and accounts for
// every record. Each seed makes the same graph, faults and policies again; the scheduling differs.
//
// WEIR_SEEDS="FIRST COUNT" tries others than the usual ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/testing/faulty_stage.hpp"
#include "tests/engine/testing/random_graph.hpp"
#include "tests/engine/testing/run_fixture.hpp"
#include "tests/engine/testing/timing_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;
using ::testing::IsEmpty;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
  bool one_in(std::size_t chances) { return below(chances) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return all.begin()[below(all.size())];
  }
  Duration delay() { return one_of<Duration>({0us, 0us, 10us, 50us}); }

 private:
  std::mt19937_64 random_;
};

/// How a run of it is to end.
enum class Fate : unsigned char {
  survives,
  may_fail,  ///< some stage has too short a chain, or a group too few restarts
  is_stopped,
};

/// A random graph whose stages fail, with policies that fit its fate.
class SupervisedGraph {
 public:
  explicit SupervisedGraph(std::uint64_t seed)
      : dice_(seed), random_([this](std::size_t limit) { return dice_.below(limit); }) {
    fate_ = dice_.one_of({Fate::survives, Fate::survives, Fate::survives, Fate::may_fail, Fate::is_stopped});
    add_chaos();
    for (StageSpec& stage : random_.graph().stages)
      add_faults(stage);
    add_groups();
    if (fate_ == Fate::may_fail) doom();
  }

  testing::RandomGraph& random() noexcept { return random_; }
  Dice& dice() noexcept { return dice_; }
  Fate fate() const noexcept { return fate_; }
  /// The faults are used up by a run, and whole again in a copy of it.
  RunOptions options() const { return options_; }

  std::string to_text() const {
    std::ostringstream text;
    text << (fate_ == Fate::survives   ? "survives"
             : fate_ == Fate::may_fail ? "may fail"
                                       : "is stopped")
         << "\n";
    for (const StageSpec& stage : random_.graph().stages) {
      text << stage.name << (stage.group.empty() ? "" : " in " + stage.group) << ":";
      for (const RecoveryStep& step : stage.on_error.of(ErrorClass::other).steps)
        text << (step.kind == RecoveryStep::Kind::retry ? " retry " : " restart ") << step.times;
      text << (stage.io_threads > 0 ? ", io" : "") << (stage.circuit_breaker ? ", breaker" : "")
           << (stage.rate.records > 0 ? ", rate" : "") << "\n";
    }
    showValue(random_, text);
    return text.str();
  }

 private:
  void add_chaos() {
    options_.fuse = !dice_.one_in(4);
    options_.credit_tokens = dice_.one_of<std::size_t>({0, 0, 1, 2, 5});
    options_.seed = dice_.below(1'000);
    if (dice_.one_in(3)) return;
    options_.chaos = {.seed = dice_.below(1'000),
                      .throw_share = dice_.one_of({0.0, 0.05, 0.3}),
                      .throws_per_record = static_cast<std::uint32_t>(dice_.between(1, 2)),
                      .delay_share = dice_.one_of({0.0, 0.2}),
                      .delay = 50us,
                      .failed_opens = static_cast<std::uint32_t>(dice_.below(3)),
                      .finish_share = dice_.one_of({0.0, 0.5})};
  }

  void add_faults(StageSpec& stage) {
    add_limits(stage);
    const auto faults = std::make_shared<Faults>();
    const bool sound = dice_.one_in(3);
    int throws = 0;
    for (std::size_t i = dice_.below(4); i > 0 && !sound; --i) {
      const std::size_t place = dice_.below(60);
      const auto more = static_cast<std::uint32_t>(dice_.between(1, 2));
      if (stage.is_source() && dice_.one_in(2))
        faults->at_piece(place + 1, more);
      else
        faults->at_value(std::to_string(place), more);
      throws += static_cast<int>(more);
    }
    const bool breaks = !sound && dice_.one_in(3);
    if (breaks) faults->breaking_it();
    if (!sound) {
      faults->in_open(2, static_cast<std::uint32_t>(dice_.below(3)));
      const std::size_t failed_finishes = dice_.below(3);
      faults->in_finish(static_cast<std::uint32_t>(failed_finishes));
      throws += static_cast<int>(failed_finishes);
    }
    // A record fails at most so often: at each fault once, whether it was its own or broke the stage under
    // it.
    const int most = throws + (options_.chaos ? static_cast<int>(options_.chaos->throws_per_record) : 0);
    stage.on_error = ErrorPolicy::always({steps(most, breaks), FailureAction::fail});
    const auto* transform = std::get_if<TransformSpec>(&stage.body);
    if (transform && stage.type == "map" && dice_.one_in(2))
      stage = faulty_by_record(std::move(stage), faults);
    else
      stage = faulty(std::move(stage), faults);
  }

  /// A chain by which a record may fail `most` times.
  std::vector<RecoveryStep> steps(int most, bool breaks) {
    const auto all = static_cast<std::uint32_t>(most);
    const Backoff backoff{.initial = dice_.delay(), .max = 100us, .jitter = 0.5};
    // Retries in vain on a broken stage must leave enough restarts.
    if (breaks) {
      std::vector<RecoveryStep> steps;
      if (dice_.one_in(2)) steps.push_back(retry(static_cast<std::uint32_t>(dice_.between(1, 2)), backoff));
      steps.push_back(restart(all));
      return steps;
    }
    const auto first = static_cast<std::uint32_t>(dice_.below(all + 1));
    switch (dice_.below(4)) {
      case 0:
        return {restart(all)};
      case 1:
        return {retry(first, backoff), restart(all - first)};
      case 2:
        return {restart(first), retry(all - first)};
      default:
        return {retry(all, backoff)};
    }
  }

  void add_limits(StageSpec& stage) {
    if (stage.is_source()) return;
    if (dice_.one_in(6)) stage.rate = {.records = 1e6};
    if (dice_.one_in(6)) {
      stage.circuit_breaker = {.window = static_cast<std::uint32_t>(dice_.between(1, 4)),
                               .failure_share = 0.5,
                               .open_for = 20us,
                               .probes = static_cast<std::uint32_t>(dice_.between(1, 2))};
    }
    const auto* transform = std::get_if<TransformSpec>(&stage.body);
    if (!transform || transform->traits.concurrency != Concurrency::stateless) return;
    if (dice_.one_in(5)) stage.io_threads = dice_.between(1, 3);
  }

  RestartPolicy restart_policy() {
    return {.strategy = dice_.one_of({Strategy::one_for_one, Strategy::rest_for_one, Strategy::one_for_all}),
            .max_restarts = 1'000'000,
            .within = 10s,
            .backoff = {.initial = dice_.delay(), .max = 50us, .jitter = 0.5},
            .healthy_after = 1ms};
  }

  void add_groups() {
    Graph& graph = random_.graph();
    graph.supervisor = restart_policy();
    std::vector<std::string> names = {""};
    for (std::size_t i = dice_.below(4); i > 0; --i) {
      const std::string name = "group" + std::to_string(names.size());
      graph.groups.push_back(
          {.name = name, .parent = names[dice_.below(names.size())], .policy = restart_policy()});
      names.push_back(name);
    }
    for (StageSpec& stage : graph.stages) {
      stage.group = names[dice_.below(names.size())];
      const bool restarts = stage.on_error.may(RecoveryStep::Kind::restart);
      if (!restarts && dice_.one_in(8)) stage.restart = RestartType::temporary;
    }
    // Groups that escalate often are begun again by those above them, which may do so for ever.
    for (SupervisionGroup& group : graph.groups) {
      if (dice_.one_in(3)) group.policy.max_restarts = static_cast<std::uint32_t>(dice_.below(3));
    }
  }

  void doom() {
    Graph& graph = random_.graph();
    if (dice_.one_in(2)) graph.supervisor.max_restarts = static_cast<std::uint32_t>(dice_.below(3));
    for (StageSpec& stage : graph.stages) {
      if (!dice_.one_in(3)) continue;
      auto& steps = stage.on_error.of(ErrorClass::other).steps;
      if (!steps.empty()) steps.pop_back();
    }
  }

  Dice dice_;
  testing::RandomGraph random_;
  Fate fate_ = Fate::survives;
  RunOptions options_;
};

class SupervisedRandomGraph : public RunFixture {
 protected:
  static std::pair<std::uint64_t, std::uint64_t> seeds() {
    std::uint64_t first = 1, count = 150;
    if (const char* asked = std::getenv("WEIR_SEEDS")) std::istringstream(asked) >> first >> count;
    return {first, count};
  }

  RunReport run_to_its_end(SupervisedGraph& graph, std::uint64_t seed) {
    RunOptions options = graph.options();
    if (seed % 4 == 0) options.observers = {[](const Event&) {}};
    const std::size_t moment = graph.dice().below(3'000);
    const bool at_once = graph.dice().one_in(2);
    RunHandle handle = start(graph.random().graph(), options);
    if (graph.fate() == Fate::is_stopped) {
      dawdle(moment);
      at_once ? handle.stop_now() : handle.request_stop();
    }
    if (!handle.wait_for(60s)) {
      std::cerr << "seed " << seed << " with " << GetParam() << " threads does not end:\n" << graph.to_text();
      std::abort();  // waiting for it would take for ever
    }
    return handle.wait();
  }
};
WEIR_RUN_WITH_THREADS(SupervisedRandomGraph);

TEST_P(SupervisedRandomGraph, GivesWhatItGivesUndisturbedWhereverItsPolicySurvives) {
  std::uint64_t restarts = 0, retried = 0;
  int failed = 0, stopped = 0;
  const auto [first, count] = seeds();
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    SupervisedGraph graph(seed);
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ":\n" << graph.to_text());
    ASSERT_THAT(graph.random().graph().validate(), IsEmpty());
    const RunReport report = run_to_its_end(graph, seed);
    ASSERT_THAT(report.imbalances(), IsEmpty());
    ASSERT_EQ(Numbers::alive, 0);
    if (graph.fate() == Fate::survives) {
      expect_success(report);
      ASSERT_TRUE(report.succeeded());
    }
    if (graph.fate() != Fate::may_fail) {
      ASSERT_FALSE(report.failure) << report.failure->stage << " during " << report.failure->during << ": "
                                   << report.failure->error.message;
    }
    if (report.succeeded()) {
      ASSERT_EQ(graph.random().wrong_output(), std::nullopt);
      ASSERT_EQ(graph.random().aborted(), 0);
      for (const StageReport& stage : report.stages)
        ASSERT_EQ(stage.abandoned, 0u) << stage.name;
    } else {
      ASSERT_EQ(graph.random().committed(), 0);
    }
    restarts += report.restarts;
    for (const StageReport& stage : report.stages)
      retried += stage.retried;
    failed += report.status == RunStatus::failed;
    stopped += report.status == RunStatus::stopped || report.status == RunStatus::drained;
  }
  RecordProperty("restarts", std::to_string(restarts));
  EXPECT_GT(restarts, count) << "the faults must be worth it";
  EXPECT_GT(retried, count);
  EXPECT_GT(failed, 0);
  EXPECT_GT(stopped, 0);
}

}  // namespace
}  // namespace weir
