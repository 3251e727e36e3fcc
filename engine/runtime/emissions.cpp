#include "engine/runtime/emissions.hpp"

#include <utility>

namespace weir::runtime {

ItemVerdict Emissions::failed(std::size_t row, ErrorInfo error) {
  if (row >= input_rows_) refuse("failed", "row", row, input_rows_);
  if (later) throw UsageError("a stage went on after it was told `later`; return the cursor of that record");
  const std::uint32_t failures = failing_item && failing_item->row == row ? failing_item->failures + 1 : 1;
  const Decision decision = policy_ ? policy_->decide(error, failures) : Decision{};
  const bool retries = decision.kind == Decision::Kind::retry;
  if (!retries && decision.kind != Decision::Kind::restart) {
    failing_item.reset();
    rejected.push_back({nullptr, row, failures, std::move(error)});
    return ItemVerdict::left_out;
  }
  const bool at_once = retries && decision.step->backoff.initial == Duration::zero();
  failing_item = {row, failures, std::move(error)};
  if (!at_once) {
    later = decision;
    return ItemVerdict::later;
  }
  ++retried_items;
  return ItemVerdict::again;
}

}  // namespace weir::runtime
