// How weir::Channel receives: it takes items from the block at the front, all else being the BlockQueue's.
#pragma once

#include <mutex>

#include "weir/channel.hpp"

namespace weir {

template <class T>
detail::Received Channel<T>::receive_now(std::optional<T>& item, bool leave_marks) {
  detail::Front& front = queue_.front();
  const std::lock_guard lock(front.lock);
  if (front.block == nullptr) [[unlikely]] {
    const detail::Received outcome = queue_.load(leave_marks);
    if (outcome != detail::Received::received) return outcome;
  }
  T* const oldest = this->item(*front.block, front.block->begin);
  if constexpr (std::is_nothrow_move_constructible_v<T>) {
    item.emplace(std::move(*oldest));
  } else {
    try {
      item.emplace(std::move(*oldest));
    } catch (...) {
      queue_.not_received();
      throw;
    }
  }
  std::destroy_at(oldest);
  queue_.received();
  return detail::Received::received;
}

template <class T>
std::optional<T> Channel<T>::try_receive() {
  std::optional<T> item;
  receive_now(item, false);
  return item;
}

template <class T>
std::optional<T> Channel<T>::receive() {
  std::optional<T> item;
  if (receive_now(item, false) == detail::Received::empty) [[unlikely]]
    wait_for_item(item, {});
  return item;
}

template <class T>
std::optional<T> Channel<T>::receive(std::stop_token stop) {
  std::optional<T> item;
  if (receive_now(item, false) == detail::Received::empty) [[unlikely]]
    wait_for_item(item, {.stop = std::move(stop)});
  return item;
}

template <class T>
std::optional<T> Channel<T>::receive_for(Duration timeout) {
  std::optional<T> item;
  if (receive_now(item, false) == detail::Received::empty) [[unlikely]]
    wait_for_item(item, {.timeout = timeout});
  return item;
}

template <class T>
void Channel<T>::wait_for_item(std::optional<T>& item, const detail::Patience& patience) {
  auto attempt = [&](bool leave_marks) { return receive_now(item, leave_marks); };
  queue_.receive_patiently(detail::Attempt<detail::Received>::of(attempt), patience);
}

template <class T>
std::vector<T> Channel<T>::receive_block() {
  std::vector<T> items;
  items.reserve(queue_.block_items());  // before anything is taken: so it cannot fail later
  detail::Block* block = nullptr;
  if (detach_now(block, false) == detail::Received::empty) {
    auto attempt = [&](bool leave_marks) { return detach_now(block, leave_marks); };
    queue_.receive_patiently(detail::Attempt<detail::Received>::of(attempt), {});
  }
  if (block != nullptr) unpack(*block, items);
  return items;
}

template <class T>
detail::Received Channel<T>::detach_now(detail::Block*& block, bool leave_marks) {
  detail::Front& front = queue_.front();
  const std::lock_guard lock(front.lock);
  if (front.block == nullptr) {
    const detail::Received outcome = queue_.load(leave_marks);
    if (outcome != detail::Received::received) return outcome;
  }
  block = queue_.detach();
  return detail::Received::received;
}

/// Moves the items of a block that was detached, and recycles it.
template <class T>
void Channel<T>::unpack(detail::Block& block, std::vector<T>& items) {
  const auto recycle = [&] {
    destroy_items(block);
    queue_.recycle(&block);
  };
  try {
    for (std::size_t i = block.begin; i < block.end; ++i)
      items.push_back(std::move(*item(block, i)));
  } catch (...) {
    queue_.count_dropped(block.end - block.begin);
    recycle();
    throw;
  }
  recycle();
}

}  // namespace weir
