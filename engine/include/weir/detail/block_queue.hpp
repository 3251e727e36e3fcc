// What a weir::Channel is made of, whatever its items: lanes, a queue of blocks, a front, and room.
//
//     senders        lanes (one a thread, if it can be)     queue of blocks     front        receivers
//     send(item) ->  [ unfinished block | room ]  ------->  [] [] [] [] ----->  [ block ] -> receive()
//
// A sender puts its item into the unfinished block of its lane; a block that is full goes to the end of the
// queue. Receivers take from the one block at the front. So an item costs each side one lock that nobody
// else wants, and all else is paid once a block.
//
// - No item waits for company: a receiver that finds the queue empty sweeps the unfinished blocks of all
//   lanes into it. So it does once the blocks that the last sweep left in the queue are through, so that a
//   lane which has fallen silent is not forgotten while others keep the queue busy.
// - Order: the blocks of a lane enter the queue in order, and there is one front.
// - Room is counted in items: `room_` is what nobody has claimed. A lane claims room for what is left of its
//   block, and the front gives room back a block at a time. A sender that finds none looks for what lies
//   unused in other lanes and at the front. While a sender waits, nobody claims more than it uses at once.
// - Waiting: who is about to wait enlists in a waiting room, then takes each lock behind which a change could
//   happen, leaves a mark there, and looks; only then it waits. Whoever makes that change later finds the
//   mark under the same lock, and wakes one waiter for each item or room. The marks cost the fast path
//   nothing but a look at a line that it holds anyway. There is no fence, as the locks order all of it.
//
// Locks are taken in this order: front, lane, waiting room. Self-synchronised but for what says that a lock
// is to be held. Not for use other than by Channel.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "weir/channel_options.hpp"
#include "weir/clock.hpp"
#include "weir/detail/brief_lock.hpp"

namespace weir::detail {

/// Keeps what different threads write apart, adjacent-line prefetch included.
inline constexpr std::size_t kApart = 128;

/// Head of some memory for items, of which those in [begin, end) are there. Channel lays them out behind it.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
  Block* next = nullptr;  ///< where blocks are chained
};

/// What the queue has to know of the items.
struct ItemType {
  std::size_t block_bytes;  ///< of a block with its items
  std::size_t block_alignment;
  void (*destroy)(Block&) noexcept;  ///< the items that are there
};

/// Where one thread, or few, send.
struct alignas(kApart) Lane {
  BriefLock lock;
  bool closed = false;          ///< guarded by lock, as is all below
  bool receivers_wait = false;  ///< a mark: wake one for each item
  bool senders_wait = false;    ///< a mark: claim no room that is not used at once
  std::size_t room = 0;         ///< items that may be put into `block`; fits into what is left of it
  Block* block = nullptr;       ///< unfinished
};

/// Where all receive.
struct alignas(kApart) Front {
  BriefLock lock;
  bool ended = false;         ///< guarded by lock, as is all below
  bool senders_wait = false;  ///< a mark: wake one for each room
  Block* block = nullptr;     ///< the oldest; holds an item at least
  std::size_t freed = 0;      ///< room to be given back with the block
  std::size_t blocks_until_sweep = 0;
};

enum class Received : unsigned char { received, empty, ended };

/// How long to wait.
struct Patience {
  std::optional<Duration> timeout = {};
  std::stop_token stop = {};
};

/// A Channel's attempt at sending or receiving, to be made again and again.
template <class Outcome>
class Attempt {
 public:
  /// `callable` is not kept, and must live as long.
  template <class Callable>
  static Attempt of(Callable& callable) noexcept {
    return Attempt(&callable, [](void* erased, bool leave_marks) {
      return (*static_cast<Callable*>(erased))(leave_marks);
    });
  }
  Outcome operator()(bool leave_marks = false) const { return call_(callable_, leave_marks); }

 private:
  using Call = Outcome (*)(void*, bool);
  Attempt(void* callable, Call call) noexcept : callable_(callable), call_(call) {}

  void* callable_;
  Call call_;
};

class BlockQueue {
 public:
  /// Both numbers are 1 at least; `clock` must outlive the queue.
  BlockQueue(std::size_t capacity_items, std::size_t block_items, const ItemType& type, const Clock& clock);
  ~BlockQueue();
  BlockQueue(const BlockQueue&) = delete;
  BlockQueue& operator=(const BlockQueue&) = delete;

  std::size_t capacity() const noexcept { return capacity_items_; }
  std::size_t block_items() const noexcept { return block_items_; }

  // --- Sending. With the lane's lock held: where it has no room, `prepare` it; then put items behind its
  // block's end, and say so with `sent`. ---

  /// The lane of the calling thread.
  Lane& lane() noexcept { return lanes_[this_thread_number() & (lane_count_ - 1)]; }
  /// Gets a lane without room some: `sent` says that it has. Throws std::bad_alloc.
  SendStatus prepare(Lane& lane);
  /// `count` items were put in, at least one.
  void sent(Lane& lane, std::size_t count = 1) noexcept {
    lane.block->end += count;
    lane.room -= count;
    if (lane.room == 0 || lane.receivers_wait) [[unlikely]]
      settle(lane, count);
  }
  /// An item threw instead of getting in: gives back the room that was claimed for it.
  void not_sent(Lane& lane) noexcept;

  /// Looks for room that was claimed and is not used, or was freed and not given back. No lock may be held.
  bool find_room(bool leave_marks = false);
  /// Attempts until the outcome is not `full`, or patience ends.
  SendStatus send_patiently(const Attempt<SendStatus>& attempt, const Patience& patience);

  // --- Receiving. With the front's lock held: where it has no block, `load` one; then take items from its
  // block's begin, and say so with `received`. ---

  Front& front() noexcept { return front_; }
  /// Gets a front without a block one. Throws std::bad_alloc.
  Received load(bool leave_marks);
  /// `count` items were taken out, at least one.
  void received(std::size_t count = 1) noexcept {
    front_.block->begin += count;
    front_.freed += count;
    if (front_.block->begin == front_.block->end || front_.senders_wait) [[unlikely]]
      settle_front(count);
  }
  /// An item threw instead of getting out: it stays, so another receiver may try.
  void not_received() noexcept;
  /// Takes the whole block. No lock need be held to recycle it.
  Block* detach() noexcept;
  void recycle(Block* block) noexcept;

  /// Attempts until the outcome is not `empty`, or patience ends; then says `empty`.
  Received receive_patiently(const Attempt<Received>& attempt, const Patience& patience);

  // --- Ending, and looking. No lock may be held. ---

  void close();
  void abort();
  bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  bool is_aborted() const noexcept { return aborted_.load(std::memory_order_acquire); }
  std::size_t size() const noexcept;
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  void count_dropped(std::size_t items) noexcept { dropped_.fetch_add(items, std::memory_order_relaxed); }

  void add_producer() noexcept { producers_.fetch_add(1, std::memory_order_relaxed); }
  /// The last one closes.
  void remove_producer();

 private:
  class Inside;

  static std::size_t this_thread_number() noexcept {
    thread_local std::size_t number = 0;
    if (number == 0) [[unlikely]]
      number = next_thread_number();
    return number;
  }
  static std::size_t next_thread_number() noexcept;

  std::size_t claim_room(std::size_t wanted) noexcept;
  void give_back(std::size_t& room) noexcept;
  void settle(Lane& lane, std::size_t count) noexcept;
  void settle_front(std::size_t count) noexcept;
  void sweep(bool leave_marks);
  void flush(Lane& lane);
  void close_lanes();

  const std::size_t capacity_items_;
  const std::size_t block_items_;
  const std::size_t lane_count_;  ///< a power of two
  const std::unique_ptr<Lane[]> lanes_;
  const std::unique_ptr<Inside> inside_;
  std::atomic<bool> closed_{false};  ///< no lane takes anything any more
  std::atomic<bool> aborted_{false};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::size_t> producers_{0};
  mutable Front front_;
  alignas(kApart) std::atomic<std::size_t> room_;
};

}  // namespace weir::detail
