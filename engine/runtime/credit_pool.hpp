// Credits of one flow: how many tokens, and how many bytes, may be in flight at once.
//
// One thread at a time acquires (the flow's turn); any thread gives back. Self-synchronised. Giving back
// never waits.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace weir::runtime {

class CreditPool {
 public:
  /// `wake` is called, from the thread that gives back, when a credit can be had after `sleep` answered true.
  CreditPool(std::size_t limit_tokens, std::size_t limit_bytes, std::function<void()> wake)
      : limit_tokens_(limit_tokens), limit_bytes_(limit_bytes), wake_(std::move(wake)) {}

  /// Takes a credit. A lone token is always admitted, whatever the bytes.
  bool try_acquire() noexcept;

  /// Says that the acquirer goes away until `wake`. False: a credit came back meanwhile; try again instead.
  bool sleep() noexcept;

  /// Gives back a credit and the bytes that its last token held.
  void release() noexcept;

  /// Bytes held by tokens; growth may overdraw, which pauses the flow and nobody else.
  void add_bytes(std::size_t bytes) noexcept { bytes_.fetch_add(bytes); }
  void remove_bytes(std::size_t bytes) noexcept {
    bytes_.fetch_sub(bytes);
    wake_sleeper();
  }

  std::size_t in_flight() const noexcept { return tokens_.load(); }
  std::size_t bytes() const noexcept { return bytes_.load(); }
  std::size_t peak_tokens() const noexcept { return peak_tokens_.load(std::memory_order_relaxed); }

 private:
  bool admits() const noexcept;
  void wake_sleeper() noexcept;

  const std::size_t limit_tokens_;
  const std::size_t limit_bytes_;
  const std::function<void()> wake_;
  std::atomic<std::size_t> tokens_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> peak_tokens_{0};
  std::atomic<bool> asleep_{false};
};

}  // namespace weir::runtime
