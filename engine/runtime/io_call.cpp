#include "engine/runtime/io_call.hpp"

#include "engine/runtime/guard.hpp"

namespace weir::runtime {

bool IoCall::make(const std::function<void()>& before_end) {
  guarded(error, [this] {
    if (before) before();
    next = incarnation_->process({.batch = request_.batch,
                                  .port = request_.port,
                                  .place = request_.place,
                                  .at = request_.at,
                                  .failures = request_.failures,
                                  .run = request_.run.get()},
                                 nullptr, out);
  });
  State expected = State::under_way;
  if (!state_.compare_exchange_strong(expected, State::ended)) return false;
  if (before_end) before_end();
  on_end();
  return true;
}

bool IoCall::abandon(const std::function<void()>& before_end) {
  State expected = State::under_way;
  if (!state_.compare_exchange_strong(expected, State::abandoned)) return false;
  before_end();
  on_end();
  return true;
}

}  // namespace weir::runtime
