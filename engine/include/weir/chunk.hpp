// What a typed flow carries: some items, one after another, as one payload.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "weir/buffer_pool.hpp"
#include "weir/byte_size.hpp"
#include "weir/copyable_item.hpp"
#include "weir/error.hpp"
#include "weir/item_buffer.hpp"
#include "weir/item_text.hpp"
#include "weir/payload.hpp"

namespace weir {

/// Items are shared and must not be changed, save by a stage that takes them away: of items that cannot be
/// copied there is one such stage, since a stream of them cannot branch.
template <class T>
class Chunk final : public Payload, public std::enable_shared_from_this<Chunk<T>> {
 public:
  /// `origin`: of the first item, where the items were read as they are, one a line.
  explicit Chunk(ItemBuffer<T> items, Origin origin = {})
      : owned_(std::move(items)), begin_(owned_.begin()), rows_(owned_.size()), origin_(std::move(origin)) {}
  /// Keeps the items.
  explicit Chunk(std::vector<T> items) : Chunk(std::make_shared<std::vector<T>>(std::move(items))) {}
  /// Items that somebody else keeps: they live as long as `keeper`; null: as long as the run.
  Chunk(T* begin, std::size_t rows, std::shared_ptr<const void> keeper, Origin origin = {})
      : keeper_(std::move(keeper)), begin_(begin), rows_(rows), origin_(std::move(origin)) {}

  std::span<const T> items() const noexcept { return {begin_, rows_}; }
  /// For the stage that takes the item away.
  T& item_to_take(std::size_t row) const noexcept { return begin_[row]; }

  std::size_t rows() const noexcept override { return rows_; }
  std::size_t bytes() const noexcept override {
    if constexpr (detail::ByteSize::fixed<T>) return rows_ * sizeof(T);
    std::size_t bytes = 0;
    for (const T& item : items())
      bytes += byte_size(item);
    return bytes;
  }
  Batch slice(std::size_t offset, std::size_t count) const override {
    return std::make_shared<Chunk>(begin_ + offset, count, keeper_ ? keeper_ : this->shared_from_this(),
                                   origin_of(offset));
  }
  std::shared_ptr<Payload> clone() const override {
    if constexpr (CopyableItem<T>) {
      ItemBuffer<T> copies(rows_);
      for (const T& item : items())
        copies.emplace_unchecked(item);
      return std::make_shared<Chunk>(std::move(copies));
    } else {
      throw UsageError("items of type " + type_name(typeid(T)) +
                       " cannot be copied; pass them on by std::shared_ptr<const ...>");
    }
  }
  Origin origin_of(std::size_t row) const override {
    Origin origin = origin_;
    if (origin.input) origin.line += row;
    return origin;
  }
  std::string describe(std::size_t row) const override { return item_text(begin_[row]); }

 private:
  explicit Chunk(std::shared_ptr<std::vector<T>> items) : Chunk(items->data(), items->size(), items) {}

  ItemBuffer<T> owned_;                 ///< empty where somebody else keeps the items
  std::shared_ptr<const void> keeper_;  ///< of the items, where they are not its own
  T* const begin_;
  const std::size_t rows_;
  const Origin origin_;
};

/// A chunk whose own memory is used again, as its items' is. Takes what its constructors take.
template <class T, class... Args>
std::shared_ptr<Chunk<T>> make_chunk(Args&&... args) {
  return std::allocate_shared<Chunk<T>>(BufferAllocator<Chunk<T>>(), std::forward<Args>(args)...);
}

/// The kind of payload that ports of items of type T carry.
template <class T>
PayloadType chunk_type() {
  return {type_name(typeid(T))};
}

template <class T>
const Chunk<T>& chunk_of(const Batch& batch) noexcept {
  return static_cast<const Chunk<T>&>(*batch);
}

namespace flow {

/// How a stage hands an item over to what it keeps: by move where it cannot be copied.
template <class T>
decltype(auto) taken(const Chunk<T>& chunk, std::size_t row) {
  if constexpr (CopyableItem<T>)
    return chunk.items()[row];
  else
    return std::move(chunk.item_to_take(row));
}

}  // namespace flow
}  // namespace weir
