// A channel: producers put items in, consumers take them out, and neither runs away from the other.
//
//     weir::Channel<Line> lines({.capacity = 10'000});
//     std::jthread producer([&] {
//       while (auto line = read_line()) lines.send(std::move(*line));
//       lines.close();
//     });
//     for (Line& line : lines) count(line);
//
// Any number of threads may send and receive, and close, at once; only the destructor must be alone. Items
// belong to the channel from the send that took them to the receive that gives them. It holds at most
// `capacity` items, whatever happens. Inside, they travel in blocks, so that an item costs as little as in a
// queue of a single thread; but none waits for a block to fill: a receiver that would wait takes it as it is.
//
// Order: what one thread has sent is received in that order, so that with one producer and one consumer it is
// a queue. Of different producers, an item may be overtaken by some that were sent later, but by no more than
// twice the capacity. Waiting threads are woken in the order in which they came; those that come just then
// may be quicker.
//
// Do not wait in a task of oneTBB, such as a stage: its worker would be missing to those who are waited for.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/channel_options.hpp"
#include "weir/detail/block_queue.hpp"

namespace weir {

/// What an item can be made of: another item, moved or copied, or what T's constructor takes.
template <class U, class T>
concept MakesItem = std::constructible_from<T, U&&>;

/// T: any object type that can be moved. It is moved and destroyed under a lock of the channel, so its move
/// should be quick, and must not use the same channel. A move that throws throws out of the call: of a send,
/// the item is then not in the channel; of a receive, it stays the next to be received, as that move left it.
template <class T>
class Channel {
  static_assert(std::move_constructible<T>, "items must be objects that can be moved");

 public:
  class Producer;
  class Iterator;

  /// Throws UsageError for a capacity of 0.
  explicit Channel(ChannelOptions options = {});
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // --- Sending. The item is moved from only if it was taken: one that was not is still the caller's. Once
  // closed, the answer is `closed`. ---

  /// Waits while the channel is full, or does what `when_full` says instead.
  template <MakesItem<T> U = T>
  SendResult send(U&& item);
  /// Also ends with `stopped`, when `stop` is requested before there is room.
  template <MakesItem<T> U = T>
  SendResult send(U&& item, std::stop_token stop);
  /// Also ends with `timed_out`, when there was no room for so long.
  template <MakesItem<T> U = T>
  SendResult send_for(U&& item, Duration timeout);
  /// Never waits: `full` instead.
  template <MakesItem<T> U = T>
  SendResult try_send(U&& item);

  /// Sends them one after another, for less than one by one. Answers how many were taken, or dropped as
  /// `when_full` says: less than all when it was closed or, with WhenFull::fail, full. Moves from those that
  /// were taken. If a move throws, those before it were sent.
  std::size_t send_all(std::span<T> items);

  // --- Receiving. Nothing once it is closed and all was received, or it was aborted. ---

  /// Waits while the channel is empty.
  std::optional<T> receive();
  /// Nothing also when `stop` is requested before there is an item.
  std::optional<T> receive(std::stop_token stop);
  /// Nothing also when there was no item for so long.
  std::optional<T> receive_for(Duration timeout);
  /// Nothing also when there is no item now.
  std::optional<T> try_receive();

  /// Waits for an item, and takes those that are there with it, up to a block: for less than one by one.
  /// Empty where `receive` gives nothing. If a move throws, the rest of the block is dropped, and counted.
  std::vector<T> receive_block();

  /// Receives until there is nothing more: `for (T& item : channel)`. Any number of threads may, each with
  /// items of its own.
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

  // --- Ending. Once and for all; to do so again does nothing. ---

  /// Lets nothing more in; what is inside can still be received. Wakes all who wait.
  void close() { queue_.close(); }
  /// Closes, and drops what is inside, which is counted. Wakes all who wait.
  void abort() { queue_.abort(); }
  /// Whether it was closed or aborted.
  bool is_closed() const noexcept { return queue_.is_closed(); }
  /// A share in producing: when the last one is gone, the channel is closed. Make all of them before any may
  /// go.
  Producer producer() { return Producer(*this); }

  // --- Looking. ---

  std::size_t capacity() const noexcept { return queue_.capacity(); }
  /// Items inside. Others may change it at any time; exact when they do not.
  std::size_t size() const noexcept { return queue_.size(); }
  /// Items that were dropped: by abort(), as `when_full` says, or by a move that threw in receive_block().
  std::uint64_t dropped() const noexcept { return queue_.dropped(); }

 private:
  static constexpr std::size_t kAlignment = std::max(alignof(T), detail::kApart);
  static constexpr std::size_t kItemsOffset =
      (sizeof(detail::Block) + alignof(T) - 1) / alignof(T) * alignof(T);

  static void* place(detail::Block& block, std::size_t index) noexcept {
    return reinterpret_cast<std::byte*>(&block) + kItemsOffset + index * sizeof(T);
  }
  static T* item(detail::Block& block, std::size_t index) noexcept {
    return std::launder(static_cast<T*>(place(block, index)));
  }
  static void destroy_items(detail::Block& block) noexcept {
    for (std::size_t i = block.begin; i < block.end; ++i)
      std::destroy_at(item(block, i));
  }
  static detail::ItemType type_for(std::size_t block_items) noexcept {
    return {kItemsOffset + block_items * sizeof(T), kAlignment, &destroy_items};
  }

  template <class U>
  SendStatus overflow(U&& item, const detail::Patience* patience);
  template <class U>
  SendStatus wait_for_room(U&& item, const detail::Patience& patience);
  template <class U>
  SendStatus send_now(U&& item);
  template <class U>
  SendStatus send_into_lane(U&& item);
  std::size_t send_some(std::span<T> items);
  void drop_oldest();

  detail::Received receive_now(std::optional<T>& item, bool leave_marks);
  void wait_for_item(std::optional<T>& item, const detail::Patience& patience);
  detail::Received detach_now(detail::Block*& block, bool leave_marks);
  void unpack(detail::Block& block, std::vector<T>& items);

  const WhenFull when_full_;
  detail::BlockQueue queue_;
};

/// A share in producing. Copies are shares of their own; one that was moved from has none. Used by one thread
/// at a time; the channel must outlive it.
template <class T>
class Channel<T>::Producer {
 public:
  Producer(const Producer& other) noexcept : Producer(*other.channel_) {}
  Producer(Producer&& other) noexcept : channel_(std::exchange(other.channel_, nullptr)) {}
  Producer& operator=(Producer other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~Producer() {
    if (channel_ != nullptr) channel_->queue_.remove_producer();
  }

  Channel& operator*() const noexcept { return *channel_; }
  Channel* operator->() const noexcept { return channel_; }

 private:
  friend class Channel;
  explicit Producer(Channel& channel) noexcept : channel_(&channel) { channel.queue_.add_producer(); }

  Channel* channel_;
};

/// Receives where it is made and where it is advanced; holds what it has received.
template <class T>
class Channel<T>::Iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  T& operator*() const noexcept { return *item_; }
  T* operator->() const noexcept { return &*item_; }
  Iterator& operator++() {
    item_.reset();  // before it waits: what an item holds should not be held for nothing
    item_ = channel_->receive();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const noexcept { return !item_; }

 private:
  friend class Channel;
  explicit Iterator(Channel& channel) : channel_(&channel), item_(channel.receive()) {}

  Channel* channel_;
  mutable std::optional<T> item_;
};

}  // namespace weir

#include "weir/detail/channel_receiving.hpp"
#include "weir/detail/channel_sending.hpp"
