#include "engine/runtime/io_call.hpp"

#include "engine/runtime/guard.hpp"

namespace weir::runtime {

bool IoCall::make() {
  guarded(error, [this] {
    if (before) before();
    next = incarnation_->process({.batch = batch_, .port = port_, .place = place_, .at = next}, nullptr, out);
  });
  State expected = State::under_way;
  if (!state_.compare_exchange_strong(expected, State::ended)) return false;
  on_end();
  return true;
}

bool IoCall::abandon() {
  State expected = State::under_way;
  if (!state_.compare_exchange_strong(expected, State::abandoned)) return false;
  on_end();
  return true;
}

}  // namespace weir::runtime
