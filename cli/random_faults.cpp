#include "cli/random_faults.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace weir {
namespace {

using Kind = RecoveryStep::Kind;

/// The last record at which a stage may throw: most inputs have as many.
constexpr std::uint64_t kThrowAtMax = 1000;
constexpr std::uint32_t kThrowsPerRecordMax = 3;

// How the stages that can recover do so from an error of class `other`, which faults throw.
struct Recovery {
  std::uint32_t retries = kThrowsPerRecordMax;  ///< before anything else, the fewest of all
  std::uint32_t restarting = 0;                 ///< stages that are restarted at the first failure
  bool any = false;
};

Recovery recovery_of(const Graph& graph) {
  Recovery recovery;
  for (const StageSpec& stage : graph.stages) {
    const auto& steps = stage.on_error.of(ErrorClass::other).steps;
    if (steps.empty()) continue;
    recovery.any = true;
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

bool can_recover(const Graph& graph) { return recovery_of(graph).any; }

ChaosOptions random_faults(const Graph& graph, std::uint64_t seed) {
  Dice dice(seed);
  ChaosOptions faults;
  faults.seed = seed;
  faults.delay = std::chrono::microseconds(100 + dice.roll(900));
  faults.delay_share = dice.pick({0, 0.01, 0.05});
  const Recovery recovery = recovery_of(graph);
  if (!recovery.any) {
    faults.delay_share = dice.pick({0.01, 0.05, 0.2});
  } else if (recovery.restarting == 0) {
    faults.throw_share = dice.pick({0.001, 0.01, 0.05});
    faults.throws_per_record = 1 + static_cast<std::uint32_t>(dice.roll(recovery.retries));
    faults.finish_share = dice.pick({0, 0.5, 1});
  } else if (const std::uint32_t each = restarts_allowed(graph) / recovery.restarting; each > 0) {
    // An opening that fails counts as a restart, too.
    faults.throw_at = 1 + dice.roll(kThrowAtMax);
    faults.failed_opens = static_cast<std::uint32_t>(dice.roll(each));
    if (each >= 2 * (1 + faults.failed_opens)) faults.finish_share = dice.pick({0, 0.5, 1});
  } else {
    faults.delay_share = dice.pick({0.01, 0.05, 0.2});
  }
  return faults;
}

}  // namespace weir
