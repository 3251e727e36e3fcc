// What the members of weir::Channel do: they put items into blocks and take them out, and leave all else to
// the BlockQueue.
#pragma once

#include <mutex>

#include "weir/channel.hpp"

namespace weir {

template <class T>
Channel<T>::Channel(ChannelOptions options)
    : when_full_(options.when_full),
      queue_(options.capacity, detail::block_items_for(options, sizeof(T)),
             type_for(detail::block_items_for(options, sizeof(T))),
             options.clock != nullptr ? *options.clock : Clock::steady()) {}

// --- Sending ---

template <class T>
template <class U>
SendStatus Channel<T>::send_into_lane(U&& item) {
  detail::Lane& lane = queue_.lane();
  const std::lock_guard lock(lane.lock);
  if (lane.room == 0) [[unlikely]] {
    const SendStatus outcome = queue_.prepare(lane);
    if (outcome != SendStatus::sent) return outcome;
  }
  void* const place = this->place(*lane.block, lane.block->end);
  if constexpr (std::is_nothrow_constructible_v<T, U&&>) {
    ::new (place) T(std::forward<U>(item));
  } else {
    try {
      ::new (place) T(std::forward<U>(item));
    } catch (...) {
      queue_.not_sent(lane);
      throw;
    }
  }
  queue_.sent(lane);
  return SendStatus::sent;
}

template <class T>
template <class U>
SendStatus Channel<T>::send_now(U&& item) {
  SendStatus outcome;
  do
    outcome = send_into_lane(std::forward<U>(item));
  while (outcome == SendStatus::full && queue_.find_room());
  return outcome;
}

template <class T>
template <class U>
SendResult Channel<T>::send_patiently(U&& item, const detail::Patience& patience) {
  SendStatus status = send_into_lane(std::forward<U>(item));
  if (status == SendStatus::full) [[unlikely]]
    status = overflow(std::forward<U>(item), &patience);
  return {status};
}

template <class T>
template <class U>
requires std::constructible_from<T, U&&> SendResult Channel<T>::try_send(U&& item) {
  SendStatus status = send_into_lane(std::forward<U>(item));
  if (status == SendStatus::full) [[unlikely]]
    status = overflow(std::forward<U>(item), nullptr);
  return {status};
}

/// Sends an item for which its lane had no room. Without `patience` it does not wait.
template <class T>
template <class U>
SendStatus Channel<T>::overflow(U&& item, const detail::Patience* patience) {
  SendStatus status = send_now(std::forward<U>(item));
  if (status != SendStatus::full) return status;
  switch (when_full_) {
    case WhenFull::block:
      if (patience != nullptr) status = wait_for_room(std::forward<U>(item), *patience);
      break;
    case WhenFull::fail:
      break;
    case WhenFull::drop_newest:
      queue_.count_dropped(1);
      return SendStatus::dropped;
    case WhenFull::drop_oldest:
      do {
        drop_oldest();
        status = send_now(std::forward<U>(item));
      } while (status == SendStatus::full);
      break;
  }
  return status;
}

template <class T>
template <class U>
SendStatus Channel<T>::wait_for_room(U&& item, const detail::Patience& patience) {
  auto attempt = [&] { return send_into_lane(std::forward<U>(item)); };
  return queue_.send_patiently(
      {&attempt, [](void* erased, bool) { return (*static_cast<decltype(attempt)*>(erased))(); }}, patience);
}

template <class T>
void Channel<T>::drop_oldest() {
  // Taken out, where that cannot fail, so that it goes without a lock.
  std::optional<T> oldest;
  if constexpr (std::is_nothrow_move_constructible_v<T>) {
    if (receive_now(oldest, false) == detail::Received::received) queue_.count_dropped(1);
  } else {
    detail::Front& front = queue_.front();
    const std::lock_guard lock(front.lock);
    if (front.block == nullptr && queue_.load(false) != detail::Received::received) return;
    std::destroy_at(item(*front.block, front.block->begin));
    queue_.received();
    queue_.count_dropped(1);
  }
}

template <class T>
std::size_t Channel<T>::send_all(std::span<T> items) {
  std::size_t done = 0;
  while (done < items.size()) {
    const std::size_t sent = send_some(items.subspan(done));
    done += sent;
    if (sent != 0) continue;
    if (!send(std::move(items[done]))) break;
    ++done;
  }
  return done;
}

/// Sends as many as the lane has room for.
template <class T>
std::size_t Channel<T>::send_some(std::span<T> items) {
  detail::Lane& lane = queue_.lane();
  const std::lock_guard lock(lane.lock);
  if (lane.room == 0 && queue_.prepare(lane) != SendStatus::sent) return 0;
  const std::size_t count = std::min(items.size(), lane.room);
  std::size_t done = 0;
  try {
    for (; done < count; ++done)
      ::new (place(*lane.block, lane.block->end + done)) T(std::move(items[done]));
  } catch (...) {
    if (done != 0) queue_.sent(lane, done);
    queue_.not_sent(lane);
    throw;
  }
  queue_.sent(lane, count);
  return count;
}

// --- Receiving ---

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
std::optional<T> Channel<T>::receive_patiently(const detail::Patience& patience) {
  std::optional<T> item;
  if (receive_now(item, false) == detail::Received::empty) [[unlikely]] {
    auto attempt = [&](bool leave_marks) { return receive_now(item, leave_marks); };
    queue_.receive_patiently(
        {&attempt, [](void* erased,
                      bool leave_marks) { return (*static_cast<decltype(attempt)*>(erased))(leave_marks); }},
        patience);
  }
  return item;
}

template <class T>
std::vector<T> Channel<T>::receive_block() {
  std::vector<T> items;
  items.reserve(queue_.block_items());  // before anything is taken: so it cannot fail later
  detail::Block* block = nullptr;
  auto attempt = [&](bool leave_marks) {
    detail::Front& front = queue_.front();
    const std::lock_guard lock(front.lock);
    detail::Received outcome = detail::Received::received;
    if (front.block == nullptr) outcome = queue_.load(leave_marks);
    if (outcome == detail::Received::received) block = queue_.detach();
    return outcome;
  };
  if (attempt(false) == detail::Received::empty)
    queue_.receive_patiently(
        {&attempt, [](void* erased,
                      bool leave_marks) { return (*static_cast<decltype(attempt)*>(erased))(leave_marks); }},
        {});
  if (block != nullptr) unpack(*block, items);
  return items;
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
