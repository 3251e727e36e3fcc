// How a weir::Channel is to be, and how sending into it ended. Plain data.
#pragma once

#include <cstddef>
#include <string_view>

#include "weir/clock.hpp"

namespace weir {

/// Items of a channel that says no other.
inline constexpr std::size_t kChannelCapacityDefault = 1024;

/// What becomes of an item that is sent while the channel is full.
enum class WhenFull : unsigned char {
  block,        ///< its sender waits for room
  fail,         ///< its sender keeps it, and is told `full`
  drop_newest,  ///< it is not taken, counted as dropped, and its sender goes on
  drop_oldest,  ///< it is taken; that which would have been received next is dropped instead, and counted
};
/// How a channel is to be.
struct ChannelOptions {
  /// Items that may be inside at most, those in unfinished blocks included.
  std::size_t capacity = kChannelCapacityDefault;
  /// Items that travel together at most; 0: chosen by the capacity and the size of an item.
  std::size_t block_items = 0;
  WhenFull when_full = WhenFull::block;
  const Clock* clock = nullptr;  ///< for timeouts; null: the machine's; else it must outlive the channel
};

enum class SendStatus : unsigned char {
  sent,
  dropped,    ///< not taken, as WhenFull::drop_newest says
  full,       ///< not taken, as it was full: try_send, or WhenFull::fail
  closed,     ///< not taken, as the channel is closed or aborted
  timed_out,  ///< not taken: there was no room in time
  stopped,    ///< not taken: a stop was requested before there was room
};
std::string_view to_string(SendStatus status) noexcept;

/// True: go on sending. `if (!channel.send(item)) break;`
struct SendResult {
  SendStatus status = SendStatus::sent;

  explicit operator bool() const noexcept {
    return status == SendStatus::sent || status == SendStatus::dropped;
  }
  friend bool operator==(SendResult, SendResult) = default;
  friend bool operator==(SendResult result, SendStatus status) noexcept { return result.status == status; }
};

namespace detail {

/// The items of a block, where they have `item_bytes` each. Throws UsageError for options that cannot be.
std::size_t block_items_for(const ChannelOptions& options, std::size_t item_bytes);

}  // namespace detail
}  // namespace weir
