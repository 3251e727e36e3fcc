// A lock of one byte, for sections of some ten instructions that hardly ever meet.
//
// Taking it costs one locked instruction and giving it back none, where a std::mutex costs two. Who finds it
// held looks a few times again, and then gives its core away between looks, so that a holder that was
// descheduled gets on. Not for sections that wait or call what may take long.
#pragma once

#include <atomic>

namespace weir::detail {

class BriefLock {
 public:
  void lock() noexcept {
    if (held_.exchange(true, std::memory_order_acquire)) [[unlikely]]
      lock_contended();
  }
  void unlock() noexcept { held_.store(false, std::memory_order_release); }

 private:
  void lock_contended() noexcept;

  std::atomic<bool> held_{false};
};

}  // namespace weir::detail
