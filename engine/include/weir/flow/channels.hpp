// Channels at the ends of typed flows: threads of your own feed one, or take what comes out of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/channel.hpp"
#include "weir/flow/sinks.hpp"
#include "weir/flow/sources.hpp"
#include "weir/flow/stream.hpp"

namespace weir {
namespace flow {

/// Waits for an item, and hands it out with those that are there besides.
template <class T>
class ChannelSource final : public CountingSource {
 public:
  ChannelSource(std::shared_ptr<const std::string> name, Channel<T>& channel, std::size_t chunk_items)
      : CountingSource(std::move(name)), channel_(channel), chunk_items_(chunk_items) {}
  std::optional<Work> next() override {
    std::optional<T> item = channel_.receive(stop_token());
    if (!item) return std::nullopt;
    ItemBuffer<T> items(chunk_items_);
    do {
      items.emplace_unchecked(*std::move(item));
    } while (items.size() < chunk_items_ && (item = channel_.try_receive()));
    return work(std::move(items));
  }

 private:
  Channel<T>& channel_;
  const std::size_t chunk_items_;
};

/// Waits while the channel is full, and closes it at the end, however the run has ended.
template <class T>
class ChannelSink final : public Sink {
 public:
  explicit ChannelSink(Channel<T>& channel) : channel_(channel) {}
  void write(const Batch& batch, Emitter& out) override {
    const auto& chunk = chunk_of<T>(batch);
    for (std::size_t row = 0; row < chunk.rows(); ++row) {
      const SendResult result = channel_.send(taken(chunk, row));
      if (result == SendStatus::closed) return out.enough();  // nobody will ever receive it
      if (result == SendStatus::full) throw Error(ErrorClass::resource, "the channel is full");
    }
  }
  void commit() override { channel_.close(); }
  void abort() noexcept override { channel_.close(); }

 private:
  Channel<T>& channel_;
};
/// What weir::to gives for a channel, to be put behind a stream.
template <class T>
class [[nodiscard]] ChannelSinkStage {
 public:
  /// `channel` outlives the run.
  ChannelSinkStage(std::string name, Channel<T>& channel) : settings_(std::move(name)), channel_(&channel) {}

  template <class Item, class... Stages>
  friend Flow operator|(Stream<Item, Stages...> stream, ChannelSinkStage sink) {
    static_assert(std::is_same_v<typename Stream<Item, Stages...>::value_type, T>,
                  "the channel carries another type than the stage before gives out");
    StageSpec spec = sink.settings_.spec("to", chunk_type<T>(), {});
    spec.body =
        SinkSpec{.make = [channel = sink.channel_] { return std::make_unique<ChannelSink<T>>(*channel); },
                 .traits = {.blocking = true, .encodes = false}};
    Ends ends = std::move(stream).settle();
    continue_with(ends, std::move(spec));
    return Flow(std::move(ends.builder));
  }

 private:
  StageSettings settings_;
  Channel<T>* channel_;
};

}  // namespace flow

/// The items that come by a channel, until it is closed. An item waits for no other: those travel together
/// that are there. The channel must outlive the run; a run that drains leaves in it what it has not received.
template <class T>
Stream<T> from(std::string name, Channel<T>& channel, SourceSettings settings = {}) {
  settings.blocking = true;
  return flow::stream_from<T>(
      std::move(name), settings,
      [&channel, items = flow::chunk_items<T>(settings)](std::shared_ptr<const std::string> label) {
        return std::make_unique<flow::ChannelSource<T>>(std::move(label), channel, items);
      });
}

/// Ends a stream: sends each item into a channel, in order, on a thread of its own, and closes the channel
/// when the flow has ended, however it has. Once the channel is closed by another, the flow stops. The
/// channel must outlive the run. A run that is to end at once while the channel is full waits for room:
/// abort() the channel as well.
template <class T>
auto to(std::string name, Channel<T>& channel) {
  return flow::ChannelSinkStage<T>(std::move(name), channel);
}

}  // namespace weir
