#include "engine/runtime/job_ring.hpp"

#include <bit>
#include <utility>

namespace weir::runtime {

JobRing::JobRing(std::size_t capacity)
    : capacity_(capacity),
      is_power_of_two_(std::has_single_bit(capacity)),
      places_(std::make_unique<Place[]>(capacity)) {
  for (std::size_t position = 0; position < capacity; ++position)
    places_[position].turn.store(free_for(position), std::memory_order_relaxed);
}

bool JobRing::put(Job& job) noexcept {
  std::uint64_t end = end_.load(std::memory_order_relaxed);
  while (true) {
    if (end % 2 != 0) return false;
    const std::uint64_t position = end / 2;
    Place& there = place(position);
    const std::uint64_t turn = there.turn.load(std::memory_order_acquire);
    if (turn == free_for(position)) {
      if (!end_.compare_exchange_weak(end, end + 2)) continue;
      there.job = std::move(job);
      there.turn.store(filled_at(position), std::memory_order_release);
      return true;
    }
    if (turn < free_for(position)) return false;
    end = end_.load(std::memory_order_relaxed);
  }
}

bool JobRing::take(Job& job) noexcept {
  std::uint64_t position = begin_.load(std::memory_order_relaxed);
  while (true) {
    Place& there = place(position);
    const std::uint64_t turn = there.turn.load(std::memory_order_acquire);
    if (turn == filled_at(position)) {
      if (!begin_.compare_exchange_weak(position, position + 1)) continue;
      job = std::move(there.job);
      there.turn.store(free_for(position + capacity_), std::memory_order_release);
      return true;
    }
    if (turn < filled_at(position)) return false;
    position = begin_.load(std::memory_order_relaxed);
  }
}

void JobRing::close() noexcept { end_.fetch_or(1); }

}  // namespace weir::runtime
