#include "weir/detail/brief_lock.hpp"

#include <thread>

namespace weir::detail {
namespace {

constexpr int kLooksBeforeYielding = 64;

}  // namespace

void BriefLock::lock_contended() noexcept {
  do {
    for (int looks = 0; held_.load(std::memory_order_relaxed); ++looks) {
      if (looks >= kLooksBeforeYielding) std::this_thread::yield();
    }
  } while (held_.exchange(true, std::memory_order_acquire));
}

}  // namespace weir::detail
