#include "weir/detail/block_queue.hpp"

#include <oneapi/tbb/concurrent_queue.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "engine/runtime/waiting_room.hpp"

namespace weir::detail {
namespace {

using runtime::WaitingRoom;
using runtime::WakeReason;
using Visit = WaitingRoom::Visit;

constexpr std::size_t kLanesMin = 8;
constexpr std::size_t kLanesMax = 64;
constexpr std::size_t kLanesPerHardwareThread = 2;

/// How often, and for how long at most, a thread lets others run and looks again, before it goes to sleep. To
/// be woken costs both sides some microseconds, and a peer on the same core gets all of it meanwhile. Where
/// many want the core, one yield may take long: then a sleeper is back sooner.
constexpr int kYieldsMax = 16;
constexpr Duration kYieldingMax = std::chrono::microseconds(20);

std::size_t lanes_for(std::size_t capacity_items) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t lanes = std::clamp(kLanesPerHardwareThread * threads, kLanesMin, kLanesMax);
  return std::bit_floor(std::min(lanes, capacity_items));
}

std::optional<TimePoint> deadline_of(const Patience& patience, const Clock& clock) {
  if (!patience.timeout) return std::nullopt;
  const TimePoint now = clock.now();
  return *patience.timeout < TimePoint::max() - now ? now + *patience.timeout : TimePoint::max();
}

/// The moment before a thread goes to sleep.
class BriefWait {
 public:
  explicit BriefWait(const Clock& clock) noexcept : clock_(clock), end_(clock.now() + kYieldingMax) {}
  /// False: it is over.
  bool yield() noexcept {
    if (yields_ == kYieldsMax || (yields_ != 0 && clock_.now() >= end_)) return false;
    ++yields_;
    std::this_thread::yield();
    return true;
  }

 private:
  const Clock& clock_;
  const TimePoint end_;
  int yields_ = 0;
};

/// Emptied blocks, for the next to come: the one that was used last is warm.
class Spares {
 public:
  explicit Spares(const ItemType& type) : type_(type) {}
  ~Spares() {
    while (first_ != nullptr)
      free(std::exchange(first_, first_->next));
  }
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;

  Block* get() {
    {
      const std::lock_guard lock(lock_);
      if (first_ != nullptr) return std::exchange(first_, first_->next);
    }
    return ::new (::operator new(type_.block_bytes, std::align_val_t(type_.block_alignment))) Block;
  }
  void put(Block* block) noexcept {
    block->begin = block->end = 0;
    const std::lock_guard lock(lock_);
    block->next = std::exchange(first_, block);
  }
  void free(Block* block) noexcept { ::operator delete(block, std::align_val_t(type_.block_alignment)); }

 private:
  const ItemType type_;
  BriefLock lock_;
  Block* first_ = nullptr;  ///< guarded by lock_
};

}  // namespace

/// What needs oneTBB, or is not for the fast path.
class BlockQueue::Inside {
 public:
  Inside(const ItemType& item_type, const Clock& the_clock, std::size_t capacity_items)
      : type(item_type), clock(the_clock), spares(item_type) {
    blocks.set_capacity(static_cast<std::ptrdiff_t>(capacity_items));  // a block holds one item at least
  }

  const ItemType type;
  const Clock& clock;
  Spares spares;
  WaitingRoom receivers;
  WaitingRoom senders;
  /// Only tried, never waited on: its waits know neither time nor stop, and its abort() wakes only those who
  /// wait already. Pushed to with the lock of the block's lane held, popped with the front's.
  tbb::concurrent_bounded_queue<Block*> blocks;
};

BlockQueue::BlockQueue(std::size_t capacity_items, std::size_t block_items, const ItemType& type,
                       const Clock& clock)
    : capacity_items_(capacity_items),
      block_items_(block_items),
      lane_count_(lanes_for(capacity_items)),
      lanes_(std::make_unique<Lane[]>(lane_count_)),
      inside_(std::make_unique<Inside>(type, clock, capacity_items)),
      room_(capacity_items) {}

BlockQueue::~BlockQueue() {
  const auto clear = [this](Block* block) {
    if (block == nullptr) return;
    inside_->type.destroy(*block);
    inside_->spares.free(block);
  };
  clear(front_.block);
  for (Block* block = nullptr; inside_->blocks.try_pop(block);)
    clear(block);
  for (std::size_t i = 0; i < lane_count_; ++i)
    clear(lanes_[i].block);
}

std::size_t BlockQueue::next_thread_number() noexcept {
  static std::atomic<std::size_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// --- Sending ---

std::size_t BlockQueue::claim_room(std::size_t wanted) noexcept {
  std::size_t free = room_.load(std::memory_order_relaxed);
  while (free != 0) {
    const std::size_t claimed = std::min(free, wanted);
    if (room_.compare_exchange_weak(free, free - claimed, std::memory_order_relaxed)) return claimed;
  }
  return 0;
}

void BlockQueue::give_back(std::size_t& room) noexcept {
  if (room != 0) room_.fetch_add(std::exchange(room, 0), std::memory_order_relaxed);
}

SendStatus BlockQueue::prepare(Lane& lane) {
  if (lane.closed) return SendStatus::closed;
  if (lane.block != nullptr && lane.block->end == block_items_) flush(lane);
  if (lane.senders_wait) lane.senders_wait = inside_->senders.is_occupied();
  if (lane.block == nullptr) {
    if (room_.load(std::memory_order_relaxed) == 0) return SendStatus::full;
    lane.block = inside_->spares.get();
  }
  lane.room = claim_room(lane.senders_wait ? 1 : block_items_ - lane.block->end);
  return lane.room != 0 ? SendStatus::sent : SendStatus::full;
}

void BlockQueue::settle(Lane& lane, std::size_t count) noexcept {
  if (lane.block->end == block_items_) {
    try {
      flush(lane);
    } catch (const std::bad_alloc&) {
      // It stays where it is: the next who prepares the lane tries again, and a receiver finds it meanwhile.
    }
  }
  if (lane.receivers_wait) lane.receivers_wait = inside_->receivers.wake(count);
}

void BlockQueue::not_sent(Lane& lane) noexcept {
  if (!lane.senders_wait) return;
  give_back(lane.room);
  lane.senders_wait = inside_->senders.wake(1);
}

/// Moves the lane's block to the queue, and gives up the room that was claimed for the rest of it. The lane's
/// lock is held.
void BlockQueue::flush(Lane& lane) {
  give_back(lane.room);
  if (lane.block == nullptr || lane.block->end == 0) return;
  inside_->blocks.try_push(lane.block);  // holds as many blocks as there can be
  lane.block = nullptr;
}

bool BlockQueue::find_room(bool leave_marks) {
  {
    const std::lock_guard lock(front_.lock);
    give_back(front_.freed);
    if (leave_marks) front_.senders_wait = true;
  }
  for (std::size_t i = 0; i < lane_count_; ++i) {
    const std::lock_guard lock(lanes_[i].lock);
    give_back(lanes_[i].room);
    if (leave_marks) lanes_[i].senders_wait = true;
  }
  return room_.load(std::memory_order_relaxed) != 0;
}

SendStatus BlockQueue::send_patiently(const Attempt<SendStatus>& attempt, const Patience& patience) {
  for (BriefWait moment(inside_->clock); moment.yield();) {
    if (!find_room()) continue;
    if (const SendStatus outcome = attempt(); outcome != SendStatus::full) return outcome;
  }
  const std::optional<TimePoint> deadline = deadline_of(patience, inside_->clock);
  while (true) {
    Visit visit(inside_->senders);
    bool may_be_room;
    do {
      // In this order: the lanes may have been closed before we came.
      may_be_room = find_room(true);
      if (const SendStatus outcome = attempt(); outcome != SendStatus::full) return outcome;
    } while (may_be_room);
    switch (visit.wait(inside_->clock, deadline, patience.stop)) {
      case WakeReason::woken:
        break;
      case WakeReason::timed_out:
        return SendStatus::timed_out;
      case WakeReason::stopped:
        return SendStatus::stopped;
    }
  }
}

// --- Receiving ---

/// Moves the unfinished blocks of all lanes to the queue. The front's lock is held.
void BlockQueue::sweep(bool leave_marks) {
  for (std::size_t i = 0; i < lane_count_; ++i) {
    const std::lock_guard lock(lanes_[i].lock);
    flush(lanes_[i]);
    if (leave_marks) lanes_[i].receivers_wait = true;
  }
  front_.blocks_until_sweep = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, inside_->blocks.size()));
}

Received BlockQueue::load(bool leave_marks) {
  if (front_.ended) return Received::ended;
  // Looked at before the lanes: what was sent before they closed is found in them or in the queue.
  const bool closed = is_closed();
  if (front_.blocks_until_sweep == 0) sweep(leave_marks);
  if (!inside_->blocks.try_pop(front_.block)) {
    front_.block = nullptr;
    front_.ended = closed;
    return closed ? Received::ended : Received::empty;
  }
  if (front_.blocks_until_sweep != 0) --front_.blocks_until_sweep;
  return Received::received;
}

void BlockQueue::settle_front(std::size_t count) noexcept {
  if (front_.block->begin == front_.block->end) inside_->spares.put(std::exchange(front_.block, nullptr));
  if (front_.block != nullptr && !front_.senders_wait) return;
  give_back(front_.freed);
  if (front_.senders_wait) front_.senders_wait = inside_->senders.wake(count);
}

void BlockQueue::not_received() noexcept { inside_->receivers.wake(1); }

Block* BlockQueue::detach() noexcept {
  Block* block = std::exchange(front_.block, nullptr);
  const std::size_t count = block->end - block->begin;
  front_.freed += count;
  give_back(front_.freed);
  if (front_.senders_wait) front_.senders_wait = inside_->senders.wake(count);
  return block;
}

void BlockQueue::recycle(Block* block) noexcept { inside_->spares.put(block); }

Received BlockQueue::receive_patiently(const Attempt<Received>& attempt, const Patience& patience) {
  for (BriefWait moment(inside_->clock); moment.yield();) {
    if (const Received outcome = attempt(); outcome != Received::empty) return outcome;
  }
  const std::optional<TimePoint> deadline = deadline_of(patience, inside_->clock);
  while (true) {
    Visit visit(inside_->receivers);
    if (const Received outcome = attempt(true); outcome != Received::empty) return outcome;
    if (visit.wait(inside_->clock, deadline, patience.stop) != WakeReason::woken) return Received::empty;
  }
}

// --- Ending ---

void BlockQueue::close_lanes() {
  for (std::size_t i = 0; i < lane_count_; ++i) {
    const std::lock_guard lock(lanes_[i].lock);
    lanes_[i].closed = true;
    give_back(lanes_[i].room);
  }
  closed_.store(true, std::memory_order_release);
}

void BlockQueue::close() {
  close_lanes();
  inside_->receivers.wake_all();
  inside_->senders.wake_all();
}

void BlockQueue::abort() {
  close_lanes();
  aborted_.store(true, std::memory_order_release);
  Block* rest = nullptr;
  {
    const std::lock_guard lock(front_.lock);
    front_.ended = true;
    sweep(false);
    while (front_.block != nullptr || inside_->blocks.try_pop(front_.block)) {
      Block* const block = detach();
      block->next = std::exchange(rest, block);
    }
  }
  inside_->receivers.wake_all();
  inside_->senders.wake_all();
  // Destroyed without a lock: what an item does when it goes is its own affair.
  while (rest != nullptr) {
    Block* const block = std::exchange(rest, rest->next);
    count_dropped(block->end - block->begin);
    inside_->type.destroy(*block);
    recycle(block);
  }
}

void BlockQueue::remove_producer() {
  if (producers_.fetch_sub(1, std::memory_order_acq_rel) == 1) close();
}

std::size_t BlockQueue::size() const noexcept {
  std::size_t unused = room_.load(std::memory_order_relaxed);
  {
    const std::lock_guard lock(front_.lock);
    unused += front_.freed;
  }
  for (std::size_t i = 0; i < lane_count_; ++i) {
    const std::lock_guard lock(lanes_[i].lock);
    unused += lanes_[i].room;
  }
  return capacity_items_ - std::min(unused, capacity_items_);
}

}  // namespace weir::detail
