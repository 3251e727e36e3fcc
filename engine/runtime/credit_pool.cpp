#include "engine/runtime/credit_pool.hpp"

namespace weir::runtime {

bool CreditPool::admits() const noexcept {
  const std::size_t tokens = tokens_.load();
  return tokens == 0 || (tokens < limit_tokens_ && bytes_.load() < limit_bytes_);
}

bool CreditPool::try_acquire() noexcept {
  if (!admits()) return false;
  const std::size_t tokens = tokens_.fetch_add(1) + 1;
  if (tokens > peak_tokens_.load(std::memory_order_relaxed))
    peak_tokens_.store(tokens, std::memory_order_relaxed);
  return true;
}

bool CreditPool::sleep() noexcept {
  // Either the one who gives back sees `asleep_`, or we see what was given back: both are sequentially
  // consistent.
  asleep_.store(true);
  if (!admits()) return true;
  return !asleep_.exchange(false);
}

void CreditPool::release() noexcept {
  tokens_.fetch_sub(1);
  wake_sleeper();
}

void CreditPool::wake_sleeper() noexcept {
  if (asleep_.load() && admits() && asleep_.exchange(false)) wake_();
}

}  // namespace weir::runtime
