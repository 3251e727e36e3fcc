#include "weir/channel_options.hpp"

#include <algorithm>

#include "weir/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockItemsMax = 256;
constexpr std::size_t kBlockBytesMax = 16 * 1024;
/// So that the sides work on different blocks, and room comes back before the channel is empty.
constexpr std::size_t kBlocksInCapacity = 4;

}  // namespace

std::string_view to_string(SendStatus status) noexcept {
  switch (status) {
    case SendStatus::sent:
      return "sent";
    case SendStatus::dropped:
      return "dropped";
    case SendStatus::full:
      return "full";
    case SendStatus::closed:
      return "closed";
    case SendStatus::timed_out:
      return "timed_out";
    case SendStatus::stopped:
      break;
  }
  return "stopped";
}

std::size_t detail::block_items_for(const ChannelOptions& options, std::size_t item_bytes) {
  if (options.capacity == 0)
    throw UsageError(
        "a channel of capacity 0 could never take an item: give it a capacity of 1 or more "
        "(with 1, a sender is at most one item ahead)");
  if (options.block_items != 0) return std::min(options.block_items, options.capacity);
  const std::size_t fitting = std::clamp<std::size_t>(kBlockBytesMax / item_bytes, 1, kBlockItemsMax);
  return std::clamp<std::size_t>(options.capacity / kBlocksInCapacity, 1, fitting);
}

}  // namespace weir
