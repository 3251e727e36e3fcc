// Room for items that are made one after another: a vector without what a tight loop pays for, the check for
// room at each item and the initialisation of what will be overwritten.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "weir/buffer_pool.hpp"

namespace weir {

/// Owns its items. For one thread.
template <class T>
class ItemBuffer {
 public:
  ItemBuffer() = default;
  /// With room for so many.
  explicit ItemBuffer(std::size_t capacity) { reserve(capacity); }
  ItemBuffer(ItemBuffer&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ItemBuffer& operator=(ItemBuffer&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~ItemBuffer() {
    std::destroy_n(begin_, size_);
    if (begin_) deallocate(begin_, capacity_);
  }

  T* begin() const noexcept { return begin_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }

  /// Makes an item where there is room. Requires size() < capacity().
  template <class... Args>
  void emplace_unchecked(Args&&... args) {
    std::construct_at(begin_ + size_, std::forward<Args>(args)...);
    ++size_;
  }
  /// Makes `count` items where there is room: the i'th is what `make(i)` gives. When that throws, those
  /// before it are there.
  template <class Make>
  void generate_unchecked(std::size_t count, const Make& make) {
    T* const to = begin_ + size_;
    Made made{size_};
    for (; made.count < count; ++made.count)
      ::new (static_cast<void*>(to + made.count)) T(make(made.count));
  }
  /// Makes an item, and room for it where there is none.
  template <class... Args>
  void emplace(Args&&... args) {
    if (size_ == capacity_) reserve(capacity_ < kFirstCapacity ? kFirstCapacity : capacity_ * 2);
    emplace_unchecked(std::forward<Args>(args)...);
  }
  /// Drops the items from `size` on.
  void truncate(std::size_t size) noexcept {
    std::destroy_n(begin_ + size, size_ - size);
    size_ = size;
  }
  /// Makes room for so many items in all.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    ItemBuffer grown;
    grown.begin_ = allocate(capacity);
    grown.capacity_ = capacity;
    for (T& item : *this)
      grown.emplace_unchecked(std::move_if_noexcept(item));
    *this = std::move(grown);
  }

 private:
  static constexpr std::size_t kFirstCapacity = 16;

  /// Adds to a size what was made, at its end.
  struct Made {
    std::size_t& size;
    std::size_t count = 0;
    ~Made() { size += count; }
  };

  T* end() const noexcept { return begin_ + size_; }

  static T* allocate(std::size_t capacity) {
    if constexpr (alignof(T) > alignof(std::max_align_t))
      return std::allocator<T>().allocate(capacity);
    else
      return static_cast<T*>(allocate_buffer(capacity * sizeof(T)));
  }
  static void deallocate(T* items, std::size_t capacity) noexcept {
    if constexpr (alignof(T) > alignof(std::max_align_t))
      std::allocator<T>().deallocate(items, capacity);
    else
      free_buffer(items, capacity * sizeof(T));
  }

  T* begin_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace weir
