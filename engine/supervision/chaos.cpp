#include "engine/supervision/chaos.hpp"

#include <algorithm>
#include <string>

namespace weir {
namespace {

/// S. Vigna's splitmix64: spreads any input evenly over 64 bits.
std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

std::uint64_t name_of(std::uint64_t seed, StageIndex stage, const Chaos::Records& records) noexcept {
  std::uint64_t name = mix(seed);
  for (const std::uint64_t part : {std::uint64_t{stage}, static_cast<std::uint64_t>(records.call),
                                   records.flow, records.sequence, records.batch})
    name = mix(name ^ part);
  return name;
}

double share_of(std::uint64_t name) noexcept { return static_cast<double>(name >> 11) * 0x1p-53; }

/// Whether the stage's policy lets every record live that throws so often.
bool survives(const StageSpec& stage, std::uint32_t throws) {
  if (const auto* transform = std::get_if<TransformSpec>(&stage.body)) {
    const TransformTraits& traits = transform->traits;
    if (traits.concurrency != Concurrency::stateless && traits.state_after_throw == StateAfterThrow::spoilt)
      return false;
  }
  const ErrorInfo thrown{.error_class = ErrorClass::other,
                         .cause = std::make_exception_ptr(Error(ErrorClass::other, "chaos"))};
  std::uint64_t retries = 0;
  for (const RecoveryStep& step : stage.on_error.chain_for(thrown).steps) {
    if (step.kind == RecoveryStep::Kind::retry) retries += step.times;
  }
  return retries >= throws;
}

}  // namespace

Chaos::Chaos(const ChaosOptions& options, const Graph& graph)
    : options_(options), arrived_(graph.stages.size()), opens_(graph.stages.size()) {
  for (const StageSpec& stage : graph.stages) {
    concerned_.push_back(options.stages.empty()
                             ? survives(stage, options.throws_per_record)
                             : std::ranges::find(options.stages, stage.name) != options.stages.end());
  }
}

void Chaos::before_call(StageIndex stage, const Records& records, std::uint32_t attempt) {
  if (!concerned_[stage]) return;
  const bool finishes = records.call == Call::finish;
  if (options_.throw_at && !finishes && attempt == 0) {
    const std::uint64_t came = arrived_[stage].fetch_add(records.count);
    if (came < *options_.throw_at && *options_.throw_at <= came + records.count)
      throw Error(ErrorClass::other,
                  "chaos: thrown on purpose at record " + std::to_string(*options_.throw_at));
  }
  const double share = finishes ? options_.finish_share : options_.throw_share;
  if (share <= 0 || attempt >= options_.throws_per_record) return;
  const std::uint64_t name = name_of(options_.seed, stage, records);
  for (std::uint64_t row = records.first; row < records.first + records.count; ++row) {
    if (share_of(mix(name ^ row)) < share)
      throw Error(ErrorClass::other, "chaos: thrown on purpose (seed " + std::to_string(options_.seed) + ")");
  }
}

std::optional<Duration> Chaos::delay(StageIndex stage, const Records& records) const {
  if (options_.delay_share <= 0 || !concerned_[stage]) return std::nullopt;
  const std::uint64_t name = mix(name_of(options_.seed, stage, records) ^ ~records.first);
  if (share_of(name) >= options_.delay_share) return std::nullopt;
  return Duration(
      static_cast<Duration::rep>(share_of(mix(name)) * static_cast<double>(options_.delay.count())));
}

bool Chaos::admits_open(StageIndex stage, ErrorInfo& error) {
  if (!concerned_[stage] || opens_[stage].fetch_add(1) >= options_.failed_opens) return true;
  error = {ErrorClass::other, "chaos: did not open, on purpose", "weir::Error", nullptr};
  return false;
}

}  // namespace weir
