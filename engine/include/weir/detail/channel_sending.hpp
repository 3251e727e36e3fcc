// How weir::Channel sends: it puts items into the unfinished block of a lane, all else being the
// BlockQueue's.
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
template <MakesItem<T> U>
SendResult Channel<T>::send(U&& item) {
  SendStatus status = send_into_lane(std::forward<U>(item));
  if (status == SendStatus::full) [[unlikely]] {
    const detail::Patience patience;
    status = overflow(std::forward<U>(item), &patience);
  }
  return {status};
}

template <class T>
template <MakesItem<T> U>
SendResult Channel<T>::send(U&& item, std::stop_token stop) {
  SendStatus status = send_into_lane(std::forward<U>(item));
  if (status == SendStatus::full) [[unlikely]] {
    const detail::Patience patience{.stop = std::move(stop)};
    status = overflow(std::forward<U>(item), &patience);
  }
  return {status};
}

template <class T>
template <MakesItem<T> U>
SendResult Channel<T>::send_for(U&& item, Duration timeout) {
  SendStatus status = send_into_lane(std::forward<U>(item));
  if (status == SendStatus::full) [[unlikely]] {
    const detail::Patience patience{.timeout = timeout};
    status = overflow(std::forward<U>(item), &patience);
  }
  return {status};
}

template <class T>
template <MakesItem<T> U>
SendResult Channel<T>::try_send(U&& item) {
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
  auto attempt = [&](bool) { return send_into_lane(std::forward<U>(item)); };
  return queue_.send_patiently(detail::Attempt<SendStatus>::of(attempt), patience);
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

}  // namespace weir
