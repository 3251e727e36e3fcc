// What a thread that is alone sees, whatever it does in whatever order, against a std::deque.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <optional>
#include <vector>

#include "weir/channel.hpp"

namespace weir {
namespace {

struct Model {
  std::size_t capacity;
  WhenFull when_full;
  std::deque<int> inside = {};
  bool closed = false;
  std::uint64_t dropped = 0;

  SendStatus try_send(int item) {
    if (closed) return SendStatus::closed;
    if (inside.size() == capacity) {
      if (when_full == WhenFull::drop_newest) return ++dropped, SendStatus::dropped;
      if (when_full != WhenFull::drop_oldest) return SendStatus::full;
      inside.pop_front();
      ++dropped;
    }
    inside.push_back(item);
    return SendStatus::sent;
  }
  std::optional<int> try_receive() {
    if (inside.empty()) return std::nullopt;
    const int item = inside.front();
    inside.pop_front();
    return item;
  }
};

/// Takes items that are inside, in order, and at least one; how many it takes is the channel's affair.
void receive_block(Channel<int>& channel, Model& model) {
  if (model.inside.empty() && !model.closed) return;
  const std::vector<int> block = channel.receive_block();
  RC_ASSERT(block.empty() == model.inside.empty());
  RC_ASSERT(block.size() <= model.inside.size());
  for (const int item : block)
    RC_ASSERT(model.try_receive() == item);
}

/// Sends as long as there is room, so that it waits for nobody.
void send_all(Channel<int>& channel, Model& model, int first) {
  std::vector<int> items(*rc::gen::inRange<std::size_t>(0, 12));
  std::size_t taken = 0;
  for (int& item : items) {
    item = first++;
    if (model.when_full == WhenFull::block && model.inside.size() + items.size() > model.capacity) return;
  }
  for (const int item : items) {
    const SendStatus status = model.try_send(item);
    if (status != SendStatus::sent && status != SendStatus::dropped) break;
    ++taken;
  }
  RC_ASSERT(channel.send_all(items) == taken);
}

RC_GTEST_PROP(ChannelModel, BehavesAsADequeOfThatCapacity, ()) {
  Model model{
      *rc::gen::inRange<std::size_t>(1, 40),
      *rc::gen::element(WhenFull::block, WhenFull::fail, WhenFull::drop_newest, WhenFull::drop_oldest)};
  Channel<int> channel({.capacity = model.capacity,
                        .block_items = *rc::gen::inRange<std::size_t>(0, 20),
                        .when_full = model.when_full});
  int next = 0;
  const int steps = *rc::gen::inRange(0, 300);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::weightedElement<int>({{40, 0}, {30, 1}, {5, 2}, {5, 3}, {1, 4}, {1, 5}})) {
      case 0:
        RC_ASSERT(channel.try_send(next) == model.try_send(next));
        ++next;
        break;
      case 1:
        RC_ASSERT(channel.try_receive() == model.try_receive());
        break;
      case 2:
        receive_block(channel, model);
        break;
      case 3:
        send_all(channel, model, next);
        next += 12;
        break;
      case 4:
        channel.close();
        model.closed = true;
        break;
      default:
        channel.abort();
        model.closed = true;
        model.dropped += model.inside.size();
        model.inside.clear();
    }
    RC_ASSERT(channel.size() == model.inside.size());
    RC_ASSERT(channel.dropped() == model.dropped);
    RC_ASSERT(channel.is_closed() == model.closed);
  }
}

}  // namespace
}  // namespace weir
