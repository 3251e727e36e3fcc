#include "engine/runtime/emissions.hpp"

#include <utility>

namespace weir::runtime {

ItemVerdict Emissions::failed(std::size_t row, ErrorInfo error) {
  if (row >= input_rows_) refuse("failed", "row", row, input_rows_);
  if (!failed_items) failed_items = std::make_unique<Items>();
  Items& items = *failed_items;
  if (items.later) throw UsageError("a stage went on after it was told `later`; return instead");
  ++items.throws;
  const std::uint32_t failures = items.failing.row == row ? items.failing.failures + 1 : 1;
  const Decision decision = policy_ ? policy_->decide(error, failures) : Decision{};
  const bool retries = decision.kind == Decision::Kind::retry;
  if (!retries && decision.kind != Decision::Kind::restart) {
    items.failing = {};
    rejected.push_back({nullptr, row, failures, std::move(error)});
    return ItemVerdict::left_out;
  }
  const bool at_once = retries && decision.step->backoff.initial == Duration::zero();
  items.failing = {row, failures, std::move(error)};
  if (!at_once) {
    items.later = decision;
    return ItemVerdict::later;
  }
  ++items.retried;
  return ItemVerdict::again;
}

}  // namespace weir::runtime
