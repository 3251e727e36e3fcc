#include "engine/runtime/loop_emissions.hpp"

#include <utility>

namespace weir::runtime {

ItemVerdict LoopEmissions::failed(std::size_t stage, std::size_t row, ErrorInfo error) {
  if (later) throw UsageError("a loop went on after it was told `later`; return instead");
  Stage& its = stages_.at(stage);
  ++its.failures;
  const bool again = failing_ && failing_->stage == stage && failing_->row == row;
  failing_ = Left{
      .stage = stage, .row = row, .failures = again ? failing_->failures + 1 : 1, .error = std::move(error)};
  const Decision next = its.policy->decide(failing_->error, failing_->failures);
  const bool retries = next.kind == Decision::Kind::retry;
  if (retries && next.step->backoff.initial == Duration::zero()) {
    ++its.retried;
    return ItemVerdict::again;
  }
  if (!retries && next.kind != Decision::Kind::restart) return ItemVerdict::left_out;
  decision = next;
  return ItemVerdict::later;
}

void LoopEmissions::leave(Batch record, std::size_t place) {
  if (!failing_) throw UsageError("a loop left a record that had not failed; call `failed` first");
  failing_->record = std::move(record);
  failing_->place = place;
  ++stages_.at(failing_->stage).left;
  const bool waits = decision.kind == Decision::Kind::retry || decision.kind == Decision::Kind::restart;
  if (waits)
    later = std::move(failing_);
  else
    refused.push_back(std::move(*failing_));
  failing_.reset();
}

}  // namespace weir::runtime
