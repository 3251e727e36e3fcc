#include "weir/memory_budget.hpp"

#include "stages/memory/size_text.hpp"
#include "weir/error.hpp"

namespace weir {

MemoryClaim& MemoryClaim::operator=(MemoryClaim&& other) noexcept {
  if (this != &other) {
    set(0);
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

void MemoryClaim::set(std::size_t bytes) noexcept {
  if (!budget_ || bytes == bytes_) return;
  // Wraps around where less is held than before, which adds up all the same.
  budget_->claimed_bytes_.fetch_add(bytes - bytes_, std::memory_order_relaxed);
  bytes_ = bytes;
}

void MemoryClaim::require_within(const char* what) const {
  if (!budget_ || !budget_->is_exceeded()) return;
  throw Error(ErrorClass::resource,
              "out of memory: this stage holds " + std::string(what) + " in " + size_text(bytes_) +
                  ", and all stages together hold " + size_text(budget_->claimed_bytes()) + " of " +
                  size_text(budget_->limit_bytes()) + "; give the run more by `runtime: {memory: ...}`");
}

}  // namespace weir
