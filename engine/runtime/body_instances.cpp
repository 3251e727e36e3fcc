#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <bit>
#include <thread>

#include "weir/supervised_bodies.hpp"

namespace weir::detail {

/// On a cache line of its own: each worker has one that it tries first.
struct alignas(128) BodyInstances::Slot {
  std::atomic<BodyInstance*> instance{nullptr};
};

BodyInstances::BodyInstances()
    : slots_(std::bit_ceil(std::max<std::size_t>(2, std::thread::hardware_concurrency()))) {}

BodyInstances::~BodyInstances() {
  for (Slot& slot : slots_)
    delete slot.instance.load();
}

namespace {

/// Where a thread looks first. Any number will do.
std::size_t first_slot() noexcept {
  return static_cast<std::size_t>(tbb::this_task_arena::current_thread_index());
}

}  // namespace

std::unique_ptr<BodyInstance> BodyInstances::take(std::uint64_t incarnation) noexcept {
  const std::size_t first = first_slot(), last_index = slots_.size() - 1;
  for (std::size_t i = 0; i <= last_index; ++i) {
    std::atomic<BodyInstance*>& slot = slots_[(first + i) & last_index].instance;
    if (!slot.load(std::memory_order_relaxed)) continue;
    std::unique_ptr<BodyInstance> taken(slot.exchange(nullptr, std::memory_order_acquire));
    if (taken && taken->incarnation == incarnation) return taken;
  }
  return nullptr;
}

void BodyInstances::give_back(std::unique_ptr<BodyInstance> instance) noexcept {
  const std::size_t first = first_slot(), last_index = slots_.size() - 1;
  for (std::size_t i = 0; i <= last_index; ++i) {
    BodyInstance* none = nullptr;
    if (slots_[(first + i) & last_index].instance.compare_exchange_strong(
            none, instance.get(), std::memory_order_release, std::memory_order_relaxed)) {
      instance.release();
      return;
    }
  }
}

}  // namespace weir::detail
