#include "weir/pool_calls.hpp"

namespace weir::calls {

void Settlement::failed(std::size_t number, std::exception_ptr failure) noexcept {
  const std::lock_guard lock(mutex_);
  if (failure_ && first_ < number) return;
  first_ = number;
  failure_ = std::move(failure);
}

void Settlement::settle() noexcept {
  if (unsettled_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  const std::lock_guard lock(mutex_);  // who waits goes on, and this object away, only once it is let go
  done_ = true;
  all_settled_.notify_one();
}

void Settlement::wait() noexcept {
  settle();
  std::unique_lock lock(mutex_);
  all_settled_.wait(lock, [this] { return done_; });
}

void Settlement::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace weir::calls
