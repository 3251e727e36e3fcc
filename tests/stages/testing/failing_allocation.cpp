#include "tests/stages/testing/failing_allocation.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local bool armed = false;
thread_local std::size_t allocations_left = 0;

bool fails_now() noexcept {
  if (!armed) return false;
  if (allocations_left > 0) {
    --allocations_left;
    return false;
  }
  armed = false;
  return true;
}

void* allocate(std::size_t size) {
  void* memory = fails_now() ? nullptr : std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// The program's own; aligned ones stay the library's.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return fails_now() ? nullptr : std::malloc(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return fails_now() ? nullptr : std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace weir::testing {

FailingAllocation::FailingAllocation(std::size_t countdown) noexcept {
  allocations_left = countdown;
  armed = true;
}
FailingAllocation::~FailingAllocation() { armed = false; }
bool FailingAllocation::has_failed() const noexcept { return !armed; }

}  // namespace weir::testing
