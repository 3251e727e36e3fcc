#include "cli/random_faults.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace weir {
namespace {

using Kind = RecoveryStep::Kind;

/// The last record at which a stage may throw: most inputs have as many.
constexpr std::uint64_t kThrowAtMax = 1000;
constexpr std::uint32_t kThrowsPerRecordMax = 3;

// Whether a call that throws leaves the stage fit for another.
bool keeps_its_state(const StageSpec& stage) {
  const auto* transform = std::get_if<TransformSpec>(&stage.body);
  return transform == nullptr || transform->traits.concurrency == Concurrency::stateless ||
         transform->traits.state_after_throw != StateAfterThrow::spoilt;
}

// How the stages that can recover do so from an error of class `other`, which faults throw.
struct Recovery {
  std::uint32_t retries = kThrowsPerRecordMax;  ///< before anything else, the fewest of all
  std::uint32_t restarting = 0;                 ///< stages that are restarted at the first failure
  std::vector<std::string> stages = {};
};

Recovery recovery_of(const Graph& graph) {
  Recovery recovery;
  for (const StageSpec& stage : graph.stages) {
    const auto& steps = stage.on_error.of(ErrorClass::other).steps;
    if (steps.empty() || !keeps_its_state(stage)) continue;
    recovery.stages.push_back(stage.name);
    if (steps.front().kind == Kind::restart) {
      ++recovery.restarting;
    } else {
      recovery.retries = std::min(recovery.retries, steps.front().times);
    }
  }
  return recovery;
}

// What every group allows: any of the stages may be in any of them.
std::uint32_t restarts_allowed(const Graph& graph) {
  std::uint32_t allowed = graph.supervisor.max_restarts;
  for (const SupervisionGroup& group : graph.groups)
    allowed = std::min(allowed, group.policy.max_restarts);
  return allowed;
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  /// From 0 to sides - 1. Not by a distribution: those are not the same everywhere.
  std::uint64_t roll(std::uint64_t sides) { return random_() % sides; }
  double pick(const std::array<double, 3>& values) { return values[roll(values.size())]; }

 private:
  std::mt19937_64 random_;
};

}  // namespace

bool can_recover(const Graph& graph) { return !recovery_of(graph).stages.empty(); }

ChaosOptions random_faults(const Graph& graph, std::uint64_t seed) {
  Dice dice(seed);
  ChaosOptions faults;
  faults.seed = seed;
  faults.delay = std::chrono::microseconds(100 + dice.roll(900));
  const Recovery recovery = recovery_of(graph);
  const std::uint32_t restarts_each =
      recovery.restarting > 0 ? restarts_allowed(graph) / recovery.restarting : 1;
  if (recovery.stages.empty() || restarts_each == 0) {
    faults.delay_share = dice.pick({0.01, 0.05, 0.2});
    for (const StageSpec& stage : graph.stages)
      faults.stages.push_back(stage.name);
    return faults;
  }
  faults.delay_share = dice.pick({0, 0.01, 0.05});
  faults.stages = recovery.stages;
  if (recovery.restarting == 0) {
    faults.throw_share = dice.pick({0.001, 0.01, 0.05});
    faults.throws_per_record = 1 + static_cast<std::uint32_t>(dice.roll(recovery.retries));
    faults.finish_share = dice.pick({0, 0.5, 1});
  } else {
    // An opening that fails counts as a restart, too.
    faults.throw_at = 1 + dice.roll(kThrowAtMax);
    faults.failed_opens = static_cast<std::uint32_t>(dice.roll(restarts_each));
  }
  return faults;
}

}  // namespace weir
